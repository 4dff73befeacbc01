# One image for every role: `serve` by default, `worker`, `db upgrade` and the rest by their names.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY mappings mappings
RUN python -m venv /opt/bridge && /opt/bridge/bin/pip install --no-cache-dir '.[postgres]'

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/scim-bridge bridge
COPY --from=build /opt/bridge /opt/bridge
ENV PATH=/opt/bridge/bin:$PATH SCIM_BRIDGE_CONFIG=/etc/scim-bridge/bridge.toml
USER bridge
WORKDIR /var/lib/scim-bridge
EXPOSE 8080
# It drains for 5 s and takes up to 30 more: stop it with `docker stop --timeout 45`.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["scim-bridge"]
CMD ["serve", "--bind", "0.0.0.0:8080"]
