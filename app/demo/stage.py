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

from app.demo import bridge
from app.demo.entra import ENTRA
from app.demo.okta import OKTA
from app.demo.provider import Provider
from mappings import Mapping as VendorMapping
from mappings import discovery
from mappings.sandbox import Sandbox, create

PROVIDERS = (OKTA, ENTRA)


@dataclass(frozen=True, slots=True)
class Staged:
    """One target: a vendor of its own, and the identity provider that drives it."""

    name: str
    mapping: type[VendorMapping]
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


def vendors() -> dict[str, type[VendorMapping]]:
    """Return the vendors that can be emulated and have users to tell the story with, with their mappings."""
    found = {name: discovery.load(name) for name in discovery.names() if _sandbox(name) is not None}
    return {name: mapping for name, mapping in found.items() if _has_users(mapping)}


def _has_users(mapping: type[VendorMapping]) -> bool:
    """Whether the vendor's accounts follow unless an option says otherwise."""
    return all(option.default == "managed" for option in mapping.options if option.name == "users")


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
    return Staged(name, mapping, provider, sandbox, url, f"http://{bridge.HOST}:{port}/{name}/scim/v2")


def _sandbox(vendor: str) -> Sandbox | None:
    try:
        return create(vendor)
    except ValueError:
        return None


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
        lines += _table(f"{path}.options", target.sandbox.options)
    return "\n".join(lines)


def _table(path: str, values: Mapping[str, Any]) -> list[str]:
    """Write one table; strings, numbers, booleans and lists of them are spelt in TOML as in JSON."""
    return [f"[{path}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
