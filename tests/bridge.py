"""A whole bridge in this process with its vendor beside it: what most tests stand on.

A test speaks SCIM to it, looks at what the vendor holds, and at which calls that took. Nothing here sleeps: the
worker's rounds are run by hand, and what is due later is pulled forward.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select
from werkzeug.datastructures import Headers

from app import create_app
from app.assembly import Bridge as Parts
from app.config import parse
from app.directory.tables import link, metadata
from app.provisioning.worker import Worker
from mappings.sandbox import Sandbox, create
from mappings.sandbox_calls import Entry
from tests.vendors import VENDORS

TOKEN = "the-idp-token-of-this-test"
TARGET = "main"
BASE = f"/{TARGET}/scim/v2"
MEDIA_TYPE = "application/scim+json"

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bridge answered; ``body`` is decoded, ``None`` where there was none."""

    status: int
    body: Any
    headers: Headers = field(repr=False)


class Bridge:
    """One target of a vendor, served through Flask's test client, with the vendor's sandbox on a real socket."""

    def __init__(
        self,
        vendor: str,
        database_url: str,
        *,
        sandbox: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        server: dict[str, Any] | None = None,
        **target: Any,
    ) -> None:
        self.vendor = vendor
        self.database_url = database_url
        self.sandbox: Sandbox = create(vendor, **(sandbox or {}))
        self.base_url = self.sandbox.start()
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
        self.app = create_app(self.config)
        self.parts: Parts = self.app.extensions["bridge"]
        self.secrets = [
            TOKEN,
            *(v for k, v in self.sandbox.credentials.items() if k not in ("user", "site", "customer")),
        ]
        self.strangers = {user["key"]: user for user in self.sandbox.users()}
        self._seen = 0
        self._dangers: list[str] = []
        self._watch()

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
        assert not [secret for secret in self.secrets if secret in text + str(response.headers)]
        answer = Answer(response.status_code, json.loads(text) if text else None, response.headers)
        if answer.status >= 400:
            assert_scim_error(answer)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Answer:
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Answer:
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, *operations: Any, **more: Any) -> Answer:
        return self.request("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)}, **more)

    def delete(self, path: str, **more: Any) -> Answer:
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
        assert len(found) <= 1, f"{email} has {len(found)} accounts"
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
        raise AssertionError(f"still due: {self.due()}")

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
        chosen = metadata.tables[table]
        with self.parts.database.read() as connection:
            ordered = select(chosen).order_by(*chosen.primary_key.columns)
            return [dict(row) for row in connection.execute(ordered).mappings()]

    # -- what is true of every test

    def assert_agreement(self) -> None:
        """What the IdP reads is what the vendor has: these accounts, with these properties and these roles."""
        self.check()
        mapping = self.parts.targets[TARGET].mapping
        wanted = {mapping.user_key(user): user for user in self.everything("/Users") if user["active"]}
        there = {user["key"]: user for user in self.sandbox.users() if user["key"] not in self.strangers}
        assert set(there) == set(wanted)
        for key, user in wanted.items():
            roles = {group["display"] for group in user.get("groups", ())} or VENDORS[self.vendor].nobody
            assert set(there[key]["roles"]) == roles, key
            fields = mapping.user(user, frozenset()).fields
            shown = {name: there[key]["fields"][name] for name in fields}
            shown["email"], fields = shown.get("email", key).casefold(), {"email": key.casefold(), **fields}
            assert shown == {**fields, "email": fields["email"].casefold()}
        groups = {group["displayName"] for group in self.everything("/Groups")}
        assert groups <= {group["name"] for group in self.sandbox.groups()}

    def everything(self, endpoint: str) -> list[dict[str, Any]]:
        """Return all resources of an endpoint, as the IdP reads them."""
        answer = self.get(endpoint)
        assert answer.status == 200
        resources: list[dict[str, Any]] = answer.body["Resources"]
        return resources

    def _watch(self) -> None:
        """Look at every account after every single call: what is dangerous for a moment is dangerous."""
        perform = self.sandbox.perform

        def watched(*arguments: Any) -> Any:
            try:
                return perform(*arguments)
            finally:
                self._look()

        self.sandbox.perform = watched  # type: ignore[method-assign]

    def _look(self) -> None:
        for user in self.sandbox.users():
            mine = user["key"] not in self.strangers
            if mine and user["fields"].get("privilege", user["fields"].get("role")) == "admin":
                self._dangers.append(f"{user['key']} is an administrator")
            if mine and not user["roles"] and VENDORS[self.vendor].nobody:
                self._dangers.append(f"{user['key']} has no role, and so sees everything")

    def check(self) -> None:
        """The vendor was only sent what it documents, nobody else's account was touched, no secret was kept."""
        assert not self.sandbox.undocumented
        dangers, self._dangers = self._dangers, []
        assert not dangers
        users = {user["key"]: user for user in self.sandbox.users()}
        assert {key: users.get(key) for key in self.strangers} == self.strangers
        kept = str({name: self.rows(name) for name in metadata.tables})
        if self.parts.database.is_sqlite:
            path = Path(str(make_url(self.database_url).database))
            files = [path, path.with_name(path.name + "-wal")]
            kept += "".join(file.read_bytes().decode("latin-1") for file in files if file.exists())
        assert not [secret for secret in [*self.secrets, *self._tokens()] if secret in kept]

    def _tokens(self) -> list[str]:
        tokens = getattr(self.sandbox, "tokens", None)
        return list(tokens._issued) if tokens else []

    def close(self) -> None:
        self.sandbox.stop()
        self.parts.database.close()


def person(name: str = "ann", /, **more: Any) -> dict[str, Any]:
    """Return a User as most providers send one: ann@acme.example is Ann Lee."""
    given = name.capitalize()
    email = f"{name}@acme.example"
    return {
        "schemas": [USER],
        "userName": email,
        "name": {"givenName": given, "familyName": "Lee"},
        "displayName": f"{given} Lee",
        "emails": [{"value": email, "type": "work", "primary": True}],
        "active": True,
        **more,
    }


def refs(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return members as SCIM writes them."""
    return [{"value": id_} for id_ in ids]


def add(*ids: str) -> dict[str, Any]:
    """Return the operation that adds members."""
    return {"op": "add", "path": "members", "value": refs(ids)}


def remove(id_: str) -> dict[str, Any]:
    """Return the operation that removes a member."""
    return {"op": "remove", "path": f'members[value eq "{id_}"]'}


def replace(path: str, value: Any) -> dict[str, Any]:
    """Return a replace operation."""
    return {"op": "replace", "path": path, "value": value}


on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def created(answer: Answer) -> str:
    """Return the id of what has just been created."""
    assert answer.status == 201, answer
    id_: str = answer.body["id"]
    return id_


def assert_scim_error(answer: Answer) -> None:
    """RFC 7644 §3.12, to the letter."""
    assert answer.headers["Content-Type"].partition(";")[0] == MEDIA_TYPE, answer
    assert answer.body["schemas"] == [ERROR], answer
    assert answer.body["status"] == str(answer.status), answer
    assert set(answer.body) <= {"schemas", "status", "scimType", "detail"}, answer
    assert answer.body["detail"], answer


def assert_calls(made: Sequence[str], expected: Sequence[str], *, in_any_order: bool = False) -> None:
    """Check calls against patterns in which ``*`` stands for one segment."""
    patterns = [re.escape(pattern).replace(r"\*", "[^/]+") for pattern in expected]
    ordered = _paired(made, patterns) if in_any_order else made
    same = len(ordered) == len(patterns) and all(map(re.fullmatch, patterns, ordered))
    assert same, f"calls: {list(made)}; documented minimum: {list(expected)}"


def _paired(made: Sequence[str], patterns: Sequence[str]) -> list[str]:
    rest, paired = list(made), []
    for pattern in patterns:
        found = next((call for call in rest if re.fullmatch(pattern, call)), None)
        if found is not None:
            rest.remove(found)
            paired.append(found)
    return paired + rest
