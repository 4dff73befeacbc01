"""Metric Insights under random pushes and faults: in the end each set holds what is wanted and requires."""

from random import Random

import pytest

from tests.bridge import GROUP

URN = "urn:ietf:params:scim:schemas:extension:metric_insights:2.0:Group"
REQUIRED = {"2": (), "6": ("12",), "12": (), "14": (), "15": ("14",), "20": ("12", "15"), "21": ()}
NAMES = ("Finance", "Engineering", "Sales")
FAULTS = (
    {"kind": "lose"},
    {"kind": "drop"},
    {"kind": "garbage"},
    {"kind": "status"},
    {"kind": "status", "status": 429},
)
WRITES = 40


def closure(ids):
    found = set(ids)
    while more := {required for id_ in found for required in REQUIRED[id_]} - found:
        found |= more
    return found


def body(random, name):
    chosen = random.sample(sorted(REQUIRED), random.randint(0, 4))
    return {"schemas": [GROUP, URN], "displayName": name, URN: {"privileges": [{"value": id_} for id_ in chosen]}}


@pytest.mark.parametrize(("seed", "on_outage"), [(0, "refuse"), (1, "queue"), (2, "refuse")])
def test_every_set_holds_what_is_wanted_and_what_that_requires(build, seed, on_outage):
    random = Random(seed)
    sandbox = {
        "created": random.choice(["nothing", "bare", "wrapped"]),
        "again": random.choice(["refuse", "ignore", "twice"]),
        "leftovers": random.random() < 0.5,
    }
    bridge = build("metric_insights", sandbox=sandbox, on_outage=on_outage)
    ids = {}
    for _ in range(WRITES):
        if random.random() < 0.4:
            bridge.fail(**random.choice(FAULTS), skip=random.randint(0, 5), count=random.randint(1, 3))
        name = random.choice(NAMES)
        if name not in ids:
            answer = bridge.post("/Groups", body(random, name))
            ids.update({name: answer.body["id"]} if answer.status == 201 else {})
        elif random.random() < 0.2:
            assert bridge.delete(f"/Groups/{ids.pop(name)}").status in (204, 400, 429, 503)
        else:
            assert bridge.put(f"/Groups/{ids[name]}", body(random, name)).status in (200, 429, 503)
        if random.random() < 0.3:
            bridge.round()
    bridge.recover()
    bridge.deliver()
    wanted = {
        group["displayName"]: closure(entry["value"] for entry in group.get(URN, {}).get("privileges", ()))
        for group in bridge.everything("/Groups")
    }
    there = bridge.sandbox.groups()[4:]
    assert {group["name"]: {str(id_) for id_ in group["privileges"]} for group in there} == wanted
    assert len(there) == len(wanted) == len(ids)
    assert bridge.due() == []
