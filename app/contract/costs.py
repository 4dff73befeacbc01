"""What each operation costs: carry it out as an identity provider would, and see which calls the vendor got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.contract.bench import Answer, Bench
from app.contract.documents import GROUP, add, person, refs, remove, replace
from app.contract.promises import Broken, expect
from app.contract.workshop import FINANCE, Workshop, join, said

PASSWORD = "Pa55-of-Ann-that-nobody-keeps"  # noqa: S105 -- it opens nothing


class Refused(Exception):
    """What an operation needs beforehand was refused, so it is not offered either; ``answer`` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(said(answer))
        self.answer = answer


@dataclass
class World:
    """Who is there before an operation; each is made when it is first asked for."""

    bench: Bench

    @cached_property
    def ann(self) -> str:
        """A user."""
        return self._made("/Users", person("ann"))

    @cached_property
    def leaver(self) -> str:
        """A user who is not active."""
        self.bench.patch(f"/Users/{self.ann}", replace("active", False))
        return self.ann

    @cached_property
    def finance(self) -> str:
        """A group without members."""
        return self._made("/Groups", _group([]))

    @cached_property
    def finance_of_ann(self) -> str:
        """A group whose member is Ann."""
        user, group = self.ann, self.finance
        join(self.bench, group, user)
        return group

    def _made(self, endpoint: str, body: dict[str, object]) -> str:
        answer = self.bench.post(endpoint, body)
        if answer.status != 201:
            raise Refused(answer)
        return str(answer.body["id"])


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation: which of the :class:`World` there has to be, and the one SCIM request that it is."""

    needs: tuple[str, ...]
    send: Callable[[World], Answer]


def _group(members: list[str]) -> dict[str, object]:
    return {"schemas": [GROUP], "displayName": FINANCE, "members": refs(members)}


def _user(*operations: dict[str, object]) -> Callable[[World], Answer]:
    return lambda world: world.bench.patch(f"/Users/{world.ann}", *operations)


_NEW_NAME = {"displayName": "Anna Ray", "name": {"givenName": "Anna", "familyName": "Ray"}}

DEEDS: Mapping[str, Deed] = {
    "create user": Deed((), lambda world: world.bench.post("/Users", person("ann"))),
    "change name": Deed(("ann",), _user({"op": "replace", "value": _NEW_NAME})),
    "change e-mail": Deed(("ann",), _user(replace('emails[type eq "work"].value', "ann.ray@acme.example"))),
    "set password": Deed(("ann",), _user({"op": "replace", "value": {"password": PASSWORD}})),
    "deactivate": Deed(("ann",), _user(replace("active", False))),
    "reactivate": Deed(("leaver",), _user(replace("active", True))),
    "delete user": Deed(("ann",), lambda world: world.bench.delete(f"/Users/{world.ann}")),
    "create group": Deed((), lambda world: world.bench.post("/Groups", _group([]))),
    "create group with a member": Deed(("ann",), lambda world: world.bench.post("/Groups", _group([world.ann]))),
    "rename group": Deed(
        ("finance",), lambda world: world.bench.patch(f"/Groups/{world.finance}", replace("displayName", "Money"))
    ),
    "add member": Deed(
        ("ann", "finance"), lambda world: world.bench.patch(f"/Groups/{world.finance}", add(world.ann))
    ),
    "remove member": Deed(
        ("finance_of_ann",), lambda world: world.bench.patch(f"/Groups/{world.finance}", remove(world.ann))
    ),
    "delete group": Deed(("finance",), lambda world: world.bench.delete(f"/Groups/{world.finance}")),
    "delete group with a member": Deed(
        ("finance_of_ann",), lambda world: world.bench.delete(f"/Groups/{world.finance}")
    ),
}


def check_cost(shop: Workshop, operation: str) -> str | None:
    """Check that an operation costs what the mapping's table ``calls`` says, or is refused if that says why.

    Where users are managed only by option, it is checked with that option, too.
    """
    remark = _check_on(shop, shop.unconfigured(), operation)
    if shop.manages_by_option:
        _check_on(shop, shop.hiring(), operation)
    return remark


def _check_on(shop: Workshop, bench: Bench, operation: str) -> str | None:
    world = World(bench)
    declared = bench.mapping.costs.get(operation)
    if declared is None:
        raise Broken(f"the table calls of the mapping has no row {operation!r}: name the calls, or say why not")
    if isinstance(declared, str):
        _expect_refusal(shop, world, operation, declared)
        return f"not offered: {declared}"
    answer = _carried_out(world, operation)
    if answer.status >= 400:
        raise Broken(f"{operation!r} is refused ({said(answer)}), but the table calls says that it is offered")
    made = tuple(world.bench.meanings)
    expect(made == declared, f"{operation!r} costs {_listed(made)}; the table calls says {_listed(declared)}")
    sent = world.bench.calls()
    expect(len(sent) == len(made), f"{operation!r} takes {len(sent)} requests to the vendor: {'; '.join(sent)}")
    return None


def _carried_out(world: World, operation: str) -> Answer:
    deed = DEEDS[operation]
    try:
        for name in deed.needs:
            getattr(world, name)
    except Refused as refused:
        return refused.answer
    world.bench.calls()
    world.bench.meanings.clear()
    return deed.send(world)


def _expect_refusal(shop: Workshop, world: World, operation: str, reason: str) -> None:
    answer = _carried_out(world, operation)
    expect(
        400 <= answer.status < 500,
        f"the table calls says that {operation!r} is not offered ({reason}), but it is answered {answer.status}",
    )
    detail = answer.body["detail"]
    expect(
        reason.casefold() in detail.casefold() or shop.mapping.title in detail,
        f"the refusal of {operation!r} does not say why: {detail!r} should hold {reason!r}, or name the product",
    )


def _listed(meanings: tuple[str, ...] | list[str]) -> str:
    return ", ".join(meanings) or "no call"
