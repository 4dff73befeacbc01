"""Silver, too: ``scim-bridge plan`` shows what would be sent, and sends nothing."""

from __future__ import annotations

import time
from typing import Any

from app.contract.bench import TARGET, Bench
from app.contract.documents import GROUP, person
from app.contract.promises import expect
from app.contract.workshop import FINANCE, Workshop
from app.directory.resources import Resource, new_version
from app.provisioning.adopting import fresh_state
from app.provisioning.plan import plans


def plan_sends_nothing(shop: Workshop) -> None:
    """The plan of a user and a group that the vendor has not yet: the calls of a create, and none of them made."""
    bench = shop.hiring()
    offered = []
    if not isinstance(bench.mapping.costs.get("create user"), str):
        _wanted(bench, "User", person("ann"), "ann@acme.example")
        offered.append("create user")
    if not isinstance(bench.mapping.costs.get("create group"), str):
        _wanted(bench, "Group", {"schemas": [GROUP], "displayName": FINANCE}, FINANCE)
        offered.append("create group")
    before = bench.sandbox.state()
    for plan in plans(bench.parts.database, bench.parts.targets[TARGET]):
        expect(plan.error is None, f"the plan of a new {plan.kind.lower()} fails: {plan.error} (Call.planned)")
        declared = bench.mapping.costs.get(f"create {plan.kind.lower()}", ())
        odd = [step.meaning for step in plan.steps if step.meaning not in declared]
        expect(not odd, f"the plan of a new {plan.kind.lower()} holds what the table calls does not: {odd}")
    expect(bench.sandbox.state() == before, "a plan has changed something at the vendor")


def _wanted(bench: Bench, kind: str, document: dict[str, Any], key: str) -> None:
    """Store a resource as a create does before it calls the vendor."""
    now = time.time()
    new = Resource(f"{kind.lower()}-of-a-plan", TARGET, kind, document, new_version(), now, now)
    with bench.parts.database.write() as connection:
        fresh_state(connection, new, key)
