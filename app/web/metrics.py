"""``/metrics``: what the tables say, so that every process and replica tells the same (Prometheus text format)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from app.assembly import Bridge
from app.directory import status
from app.directory.volatile import NotChanged

blueprint = Blueprint("metrics", __name__)

GAUGES = {
    "resources": ("scim_bridge_resources", "Resources in the directory."),
    "pending": ("scim_bridge_pending", "Changes not yet true at the vendor."),
    "refused": ("scim_bridge_refused", "Changes that the vendor refuses."),
    "oldest": ("scim_bridge_oldest_pending_seconds", "For how long the oldest pending change has been waiting."),
}


IN_FLIGHT = ("scim_bridge_calls_in_flight", "Vendor calls under way now, of all processes.")


class _Tables:
    """Collects the gauges at each scrape."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def collect(self) -> Iterator[Metric]:
        """Yield one gauge for each count, labelled by target and kind."""
        with self._bridge.database.read() as connection:
            counts = status.counts(connection, list(self._bridge.targets))
        for name, (metric, about) in GAUGES.items():
            gauge = GaugeMetricFamily(metric, about, labels=["target", "kind"])
            for count in counts:
                gauge.add_metric([count.target, count.kind], getattr(count, name))
            yield gauge
        yield self._in_flight()

    def _in_flight(self) -> Metric:
        metric, about = IN_FLIGHT
        gauge = GaugeMetricFamily(metric, about, labels=["target"])
        for target in self._bridge.targets.values():
            with suppress(NotChanged):
                gauge.add_metric([target.name], target.budget.in_flight())
        return gauge


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with every gauge."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Tables(current_app.extensions["bridge"]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
