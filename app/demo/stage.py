"""Everything that a demo needs, started and stopped together: emulators of the vendors, and the bridge."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.demo import bridge, casting
from app.demo.entra import ENTRA
from app.demo.okta import OKTA
from app.demo.provider import Provider
from app.demo.story import TITLE
from mappings import Mapping as VendorMapping
from mappings.sandbox import Sandbox, create

PROVIDERS = (OKTA, ENTRA)


@dataclass(frozen=True, slots=True)
class Staged:
    """One target: a vendor of its own, and the identity provider that drives it."""

    name: str
    mapping: VendorMapping
    provider: Provider
    sandbox: Sandbox
    sandbox_url: str
    scim_url: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What is running. ``token`` is the bearer token of every target, ``config`` the bridge's configuration."""

    targets: tuple[Staged, ...]
    token: str
    config: Path
    process: subprocess.Popen[bytes]


@contextmanager
def stage(
    mappings: Mapping[str, type[VendorMapping]], busy: Callable[[str], AbstractContextManager[object]]
) -> Iterator[Stage]:
    """Start two targets for each vendor and the bridge in front of them; leave nothing behind.

    ``busy`` shows that it takes a moment. Raises :class:`app.demo.bridge.StartError`.
    """
    port, token = bridge.free_port(), f"demo-{secrets.token_urlsafe(12)}"
    with ExitStack() as ends:
        folder = Path(ends.enter_context(TemporaryDirectory(prefix="scim-bridge-demo-")))
        pairs = [(vendor, mapping, provider) for vendor, mapping in mappings.items() for provider in PROVIDERS]
        targets = tuple(_staged(ends, *pair, port) for pair in pairs)
        config = folder / "bridge.toml"
        config.write_text(_toml(targets, folder / "bridge.db", token))
        with busy("Starting the bridge and the emulated vendors"):
            process = ends.enter_context(bridge.running(config, port))
        yield Stage(targets, token, config, process)


def _staged(ends: ExitStack, vendor: str, mapping: type[VendorMapping], provider: Provider, port: int) -> Staged:
    sandbox = create(vendor)
    url = sandbox.start()
    ends.callback(sandbox.stop)
    name = f"{vendor.replace('_', '-')}-{provider.idp}"
    played = casting.configured(mapping, sandbox)
    return Staged(name, played, provider, sandbox, url, f"http://{bridge.HOST}:{port}/{name}/scim/v2")


def _toml(targets: Sequence[Staged], database: Path, token: str) -> str:
    lines = _table("server", {"database_url": f"sqlite:///{database}"})
    for target in targets:
        path = f"targets.{target.name}"
        settings = {
            "vendor": target.mapping.vendor,
            "idp": target.provider.idp,
            "tokens": [token],
            "base_url": target.sandbox_url,
        }
        lines += _table(path, settings)
        lines += _table(f"{path}.credentials", target.sandbox.credentials)
        lines += _table(f"{path}.options", casting.options(type(target.mapping), target.sandbox))
        lines += _role_table(path, target)
    return "\n".join(lines)


def _role_table(path: str, target: Staged) -> list[str]:
    """Write one row of a role table: a title gives something, where users can be given anything by value."""
    offer = casting.for_leads(target.mapping, target.sandbox)
    if offer is None:
        return []
    header, *lines = _table(f"{path}.role_table", {"filter": f'title eq "{TITLE}"', offer.attribute: [offer.value]})
    return [f"[{header}]", *lines]


def _table(path: str, values: Mapping[str, Any]) -> list[str]:
    """Write one table; strings, numbers, booleans and lists of them are spelt in TOML as in JSON."""
    return [f"[{path}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
