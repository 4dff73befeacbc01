"""A whole bridge in this process with its vendor beside it: what the contract and most tests stand on.

It is spoken to in SCIM; what the vendor holds, and which calls that took, is seen from outside. Nothing here
sleeps: the worker's rounds are run by hand, and what is due later is pulled forward.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import make_url, select
from werkzeug.datastructures import Headers

from app import create_app
from app.assembly import Bridge as Parts
from app.assembly import assemble
from app.config import Config, ServerConfig, parse
from app.contract.documents import ERROR, GROUP, MEDIA_TYPE, PATCH_OP, person, refs
from app.contract.promises import Broken, expect
from app.directory.tables import link, metadata
from app.provisioning.worker import Worker
from mappings import Call, Mapping
from mappings.sandbox import Sandbox, create
from mappings.sandbox_calls import Entry

TOKEN = "the-idp-token-of-this-test"  # noqa: S105 -- it opens nothing but this bench
TARGET = "main"
BASE = f"/{TARGET}/scim/v2"

MOST_ROUNDS = 12
ROWS = {name: select(table).order_by(*table.primary_key.columns) for name, table in metadata.tables.items()}
"""What reads all rows of a table in order."""
NOT_SECRET = ("user", "site", "customer", "email", "app_id")
"""Credentials that may be told: they name who asks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bridge answered; ``body`` is decoded, ``None`` where there was none."""

    status: int
    body: Any
    headers: Headers = field(repr=False)


class Bench:
    """One target of a vendor, served through Flask's test client, with the vendor's sandbox on a real socket."""

    def __init__(
        self,
        vendor: str,
        database_url: str,
        *,
        sandbox: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        server: dict[str, Any] | None = None,
        beside: Bench | None = None,
        **target: Any,
    ) -> None:
        """Start it; ``beside`` is another bench whose vendor this one shares, as a second bridge would."""
        self.vendor = vendor
        self.database_url = database_url
        self.sandbox: Sandbox = beside.sandbox if beside else create(vendor, **(sandbox or {}))
        self._owns_sandbox = beside is None
        self.base_url: str = beside.base_url if beside else self.sandbox.start()
        self.config = parse(
            {
                "server": {"database_url": database_url, **(server or {})},
                "targets": {
                    TARGET: {
                        "vendor": vendor,
                        "base_url": self.base_url,
                        "tokens": [TOKEN],
                        "credentials": self.sandbox.credentials,
                        "options": {**self.sandbox.options, **(options or {})},
                        **target,
                    }
                },
            }
        )
        self.app = _application(self.config)
        self.parts: Parts = self.app.extensions["bridge"]
        self.secrets = [TOKEN, *(v for k, v in self.sandbox.credentials.items() if k not in NOT_SECRET)]
        self.strangers = {user["key"]: user for user in self.sandbox.users()}
        self.meanings: list[str] = []
        """What each call meant that a mapping has made, logins aside."""
        self._seen = len(self.sandbox.journal)
        self._listen()

    def _listen(self) -> None:
        sender = self.parts.targets[TARGET].sender
        send = sender.send

        def heard(call: Call, *rest: Any) -> Any:
            self.meanings.append(call.meaning)
            return send(call, *rest)

        sender.send = heard  # type: ignore[method-assign, assignment]

    @property
    def mapping(self) -> Mapping:
        """The mapping that is at work."""
        return self.parts.targets[TARGET].mapping

    # -- SCIM

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = TOKEN,
        headers: dict[str, str] | None = None,
        data: bytes | str | None = None,
        content_type: str | None = MEDIA_TYPE,
        base: str = BASE,
        environ: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request. Whatever the answer, an error has SCIM's form and nothing secret is in it."""
        sent = {"Authorization": f"Bearer {token}"} if token is not None else {}
        if body is not None:
            data = json.dumps(body)
        response = self.app.test_client().open(
            f"{base}{path}",
            method=method,
            data=data,
            headers={**sent, **(headers or {})},
            content_type=content_type if data is not None else None,
            environ_overrides=environ,
        )
        text = response.get_data(as_text=True)
        shown = [secret for secret in self.secrets if secret in text + str(response.headers)]
        expect(not shown, f"the answer to {method} {path} shows a password or a secret: {', '.join(shown)}")
        answer = Answer(response.status_code, json.loads(text) if text else None, response.headers)
        if answer.status >= 400 and method != "HEAD":
            expect_scim_error(answer)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        """Read."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Answer:
        """Create."""
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Answer:
        """Replace."""
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, *operations: Any, **more: Any) -> Answer:
        """Send one PATCH of these operations."""
        return self.request("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)}, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """Delete."""
        return self.request("DELETE", path, **more)

    # -- what every test begins with

    def hire(self, name: str = "ann", /, **more: Any) -> str:
        """Create a user and return the id."""
        return created(self.post("/Users", person(name, **more)))

    def found(self, name: str, members: Iterable[str] = ()) -> str:
        """Create a group and return the id."""
        return created(self.post("/Groups", {"schemas": [GROUP], "displayName": name, "members": refs(members)}))

    # -- the vendor

    def calls(self) -> list[str]:
        """Return the vendor calls since the last look, as ``METHOD path``; logins are set aside.

        So is what a token that had just expired was used for, since that call is made again.
        """
        logins = [each for each in self.sandbox.operations if each.admitted_by != "authenticate"]

        def is_login(entry: Entry) -> bool:
            return any(each.match(entry.path.split("/")) is not None for each in logins)

        real = [entry for entry in self.entries() if not is_login(entry) and entry.status != 401]
        return [f"{entry.method} {entry.path}" for entry in real]

    def entries(self) -> list[Entry]:
        """Return the journal since the last look."""
        journal = list(self.sandbox.journal)
        new, self._seen = journal[self._seen :], len(journal)
        return new

    def accounts(self) -> dict[str, set[str]]:
        """Return the names of the roles of each account that was not there from the start, by e-mail."""
        users = self.sandbox.users()
        return {user["key"]: set(user["roles"]) for user in users if user["key"] not in self.strangers}

    def account(self, email: str) -> dict[str, Any] | None:
        """Return the one account of an e-mail address; there are never two."""
        found = [user for user in self.sandbox.users() if user["key"].casefold() == email.casefold()]
        expect(len(found) <= 1, f"{email} has {len(found)} accounts at the vendor")
        return found[0] if found else None

    def fail(self, kind: str, **rule: Any) -> None:
        """Let the vendor fail, once unless a ``count`` is given; see the sandbox's faults."""
        self.sandbox.faults.add(kind, **rule)

    def outage(self) -> None:
        """Let the vendor answer 503 to everything until it recovers."""
        self.fail("status", status=503, count=10**9)

    def recover(self) -> None:
        """End all faults."""
        self.sandbox.faults.clear()

    # -- the worker, and time

    def deliver(self) -> int:
        """Run the worker's rounds until nothing is due, what is due later being due now; return how many."""
        worker = Worker(self.parts.database, self.parts.targets)
        for rounds in range(MOST_ROUNDS):
            self.hasten()
            if not worker.round():
                return rounds
        raise Broken(f"this is never delivered: {', '.join(self.due())}")

    def round(self) -> bool:
        """Run one round of the worker, what is due later being due now."""
        self.hasten()
        return Worker(self.parts.database, self.parts.targets).round()

    def hasten(self) -> None:
        """Make everything that is due later due now, and let leases of the dead run out."""
        with self.parts.database.write() as connection:
            connection.execute(link.update().where(link.c.due_at.is_not(None)).values(due_at=0.0, lease_until=0.0))

    def due(self) -> list[str]:
        """Return the names of what is still to be delivered."""
        with self.parts.database.read() as connection:
            return list(connection.execute(select(link.c.name).where(link.c.due_at.is_not(None))).scalars())

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table in order."""
        with self.parts.database.read() as connection:
            return [dict(row) for row in connection.execute(ROWS[table]).mappings()]

    def everything(self, endpoint: str) -> list[dict[str, Any]]:
        """Return all resources of an endpoint, as the IdP reads them."""
        answer = self.get(endpoint)
        expect(answer.status == 200, f"GET {endpoint} answers {answer.status}: {answer.body}")
        resources: list[dict[str, Any]] = answer.body["Resources"]
        return resources

    # -- what is true of every bench

    def check(self) -> None:
        """The vendor was only sent what it documents, nobody else's account was touched, no secret was kept."""
        odd = [f"{entry.method} {entry.path} ({entry.reason})" for entry in self.sandbox.undocumented]
        expect(not odd, f"these calls are not in the vendor's documents, as the sandbox has them: {'; '.join(odd)}")
        users = {user["key"]: user for user in self.sandbox.users()}
        touched = [key for key, user in self.strangers.items() if users.get(key) != user]
        expect(not touched, f"accounts that are not the bridge's were changed: {', '.join(touched)}")
        kept = self.kept()
        found = [secret for secret in [*self.secrets, *self._tokens()] if secret in kept]
        expect(not found, "a password or a secret is in the database")

    def kept(self) -> str:
        """Return all that is stored, as one text."""
        kept = str({name: self.rows(name) for name in metadata.tables})
        if not self.parts.database.is_sqlite:
            return kept
        path = Path(str(make_url(self.database_url).database))
        files = [path, path.with_name(path.name + "-wal")]
        return kept + "".join(file.read_bytes().decode("latin-1") for file in files if file.exists())

    def _tokens(self) -> list[str]:
        tokens = getattr(self.sandbox, "tokens", None)
        return tokens.issued() if tokens else []

    def close(self) -> None:
        """Stop everything."""
        if self._owns_sandbox:
            self.sandbox.stop()
        self.parts.database.close()
        if self.config.server == ServerConfig(self.database_url):
            _spare.append(self.app)


_spare: list[Flask] = []
"""Applications of closed benches, as they were built: to build one takes longer than most requests."""


def _application(config: Config) -> Flask:
    """Return an application with the parts of a configuration: a spare one where nothing else tells them apart."""
    if not _spare or config.server != ServerConfig(config.server.database_url):
        return create_app(config)
    application = _spare.pop()
    application.extensions["bridge"] = assemble(config)
    return application


def created(answer: Answer) -> str:
    """Return the id of what has just been created."""
    expect(answer.status == 201, f"nothing was created: {answer.status} {answer.body}")
    id_: str = answer.body["id"]
    return id_


def expect_scim_error(answer: Answer) -> None:
    """RFC 7644 §3.12, to the letter."""
    body = answer.body
    kept = (
        answer.headers["Content-Type"].partition(";")[0] == MEDIA_TYPE
        and body["schemas"] == [ERROR]
        and body["status"] == str(answer.status)
        and set(body) <= {"schemas", "status", "scimType", "detail"}
        and body["detail"]
    )
    expect(kept, f"this error has not the form of RFC 7644 §3.12: {answer}")
