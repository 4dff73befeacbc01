"""Every kind of SCIM write, on a small world, so that each can meet each fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.bridge import GROUP, Answer, Bridge, add, person, refs, remove, replace
from tests.provisioning.copies import Copy
from tests.vendors import VENDORS

NEVER_ENDS = 10**9
WRITES_ONLY = "[PD]*"
"""As the method of a fault: POST, PUT, PATCH and DELETE."""


@dataclass(frozen=True, slots=True)
class World:
    """Ann is in Finance, Bob in no group, Dora is deactivated; Engineering is not there yet."""

    bridge: Bridge
    ann: str
    bob: str
    dora: str
    finance: str

    @classmethod
    def on(cls, bridge: Bridge) -> World:
        """Make it on a new bridge: really for the first of a kind, for the others as a copy of what that made."""
        if not bridge.parts.database.is_sqlite:
            return cls._hired(bridge)
        kind = (bridge.vendor, repr(bridge.settings))
        if kind not in _made:
            world = cls._hired(bridge)
            _made[kind] = world, Copy.of(bridge)
            return world
        first, copy = _made[kind]
        copy.into(bridge)
        return dataclasses.replace(first, bridge=bridge)

    @classmethod
    def _hired(cls, bridge: Bridge) -> World:
        ann, bob, dora = (bridge.hire(name) for name in ("ann", "bob", "dora"))
        assert bridge.patch(f"/Users/{dora}", replace("active", False)).status == 200
        finance = bridge.found("Finance", [ann])
        bridge.calls()
        return cls(bridge, ann, bob, dora, finance)

    def read(self) -> tuple[Any, ...]:
        """Return everything that the IdP can read, versions included."""
        users, groups = self.bridge.everything("/Users"), self.bridge.everything("/Groups")
        return (
            users,
            [{**group, "members": sorted(m["value"] for m in group.get("members", ()))} for group in groups],
        )


_made: dict[tuple[str, str], tuple[World, Copy]] = {}
"""The first world of each vendor and its settings."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """``steps``: how many writing calls it takes, where that is more than one."""

    name: str
    send: Callable[[World], Answer]
    steps: dict[str, int]

    def __str__(self) -> str:
        return self.name


def _create(world: World) -> Answer:
    return world.bridge.post("/Users", person("carl"))


def _rename(world: World) -> Answer:
    _skip_without_names(world)
    value = {"displayName": "Anna Ray", "name.givenName": "Anna", "name.familyName": "Ray"}
    return world.bridge.patch(f"/Users/{world.ann}", {"op": "replace", "value": value})


def _put(world: World) -> Answer:
    _skip_without_names(world)
    name = {"givenName": "Anna", "familyName": "Ray"}
    return world.bridge.put(f"/Users/{world.ann}", person("ann", displayName="Anna Ray", name=name))


def _skip_without_names(world: World) -> None:
    if not VENDORS[world.bridge.vendor].stores_names:
        pytest.skip("the vendor stores no names, so this is no call")


def _reactivate(world: World) -> Answer:
    return world.bridge.patch(f"/Users/{world.dora}", replace("active", True))


def _add_member(world: World) -> Answer:
    return world.bridge.patch(f"/Groups/{world.finance}", add(world.bob))


def _create_group(world: World) -> Answer:
    body = {"schemas": [GROUP], "displayName": "Engineering", "members": refs([world.bob])}
    return world.bridge.post("/Groups", body)


def _rename_group(world: World) -> Answer:
    return world.bridge.patch(f"/Groups/{world.finance}", replace("displayName", "Money"))


def _deactivate(world: World) -> Answer:
    return world.bridge.patch(f"/Users/{world.ann}", replace("active", False))


def _remove_member(world: World) -> Answer:
    return world.bridge.patch(f"/Groups/{world.finance}", remove(world.ann))


def _delete_user(world: World) -> Answer:
    return world.bridge.delete(f"/Users/{world.ann}")


def _delete_group(world: World) -> Answer:
    return world.bridge.delete(f"/Groups/{world.finance}")


CREATE = Write("create a user", _create, {"squirro": 2})
RENAME = Write("rename a user", _rename, {})
PUT = Write("replace a user", _put, {})
REACTIVATE = Write("reactivate a user", _reactivate, {"squirro": 2})
ADD = Write("add a member", _add_member, {"datasentinel": 2})
CREATE_GROUP = Write(
    "create a group with a member", _create_group, {"datasentinel": 2, "periscope": 2, "prancer": 2}
)
RENAME_GROUP = Write("rename a group", _rename_group, {"datasentinel": 0})
GIVING = (CREATE, RENAME, PUT, REACTIVATE, ADD, CREATE_GROUP, RENAME_GROUP)

DEACTIVATE = Write("deactivate a user", _deactivate, {})
REMOVE = Write("remove a member", _remove_member, {"datasentinel": 2})
DELETE = Write("delete a user", _delete_user, {})
DELETE_GROUP = Write("delete a group", _delete_group, {"datasentinel": 2, "prancer": 2})
REVOKING = (DEACTIVATE, REMOVE, DELETE, DELETE_GROUP)


def each_step(writes: tuple[Write, ...]) -> list[Any]:
    """Pair vendors, writes and the number of writing calls that go well before the fault."""
    return [
        pytest.param(vendor, write, step, id=f"{vendor}-{write.name}-{step}")
        for vendor in VENDORS
        for write in writes
        for step in range(write.steps.get(vendor, 1))
    ]
