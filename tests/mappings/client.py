"""A client of one vendor's sandbox: how a call gets in, so that a test says only what it asks for."""

from __future__ import annotations

from typing import Any, ClassVar

import requests

from mappings.sandbox import Sandbox


class SandboxClient:
    """A test's ``Client`` gives the ``vendor``, the ``root`` of its paths and ``log_in``, which sets headers."""

    vendor: ClassVar[str]
    root: ClassVar[str] = ""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.base_url = sandbox.start() + self.root
        self.session = requests.Session()
        self.session.trust_env = False
        self.log_in()

    def log_in(self) -> None:
        raise NotImplementedError

    def __call__(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        return self.session.request(method, self.base_url + path, timeout=5, **kwargs)
