"""The tables of a plain REST API: where things are, and in which of the usual dialects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mappings.answers import identifier
from mappings.calls import Call, Flow
from mappings.operations import Calls
from mappings.settings import Setting

MOST_PAGES = 10_000
"""Of one list; a vendor that has more is taken to go round in a circle."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Where a kind of resource is: ``path``, in segments below ``base_url``, holds all of them.

    ``noun`` is the vendor's word for one (the meanings of the calls are made of it), ``plural`` that for several if
    it is not the noun with an s, ``key`` the field that one is found by, ``id`` the field that the paths want.

    ``update`` is the method of a change: ``PATCH`` takes what changed, ``PUT`` takes everything; what it is
    answered with is left aside. ``listed`` is the member of the list's answer that holds the list (``""``: the
    answer is the list). A list in pages has ``next``, the member of its answer that says the next page (nothing: it
    was the last), and ``page``, the query parameter which that is sent as.

    With ``look_first`` each create lists them before, for one more call, and notes what is there: what a create
    made whose answer was lost is then not taken for a stranger's of the same key, nor the other way round. Without
    it, ``created_user`` and ``created_group`` compare all that the create sends.
    """

    path: tuple[str, ...]
    noun: str
    key: str = "name"
    listed: str = ""
    update: Literal["PATCH", "PUT"] = "PATCH"
    plural: str = ""
    id: str = "id"
    page: str = "page"
    next: str = ""
    look_first: bool = False

    @property
    def nouns(self) -> str:
        """The word for several."""
        return self.plural or f"{self.noun}s"

    def create(self, body: dict[str, Any]) -> Call:
        """Return the call that makes one; it may not be sent twice."""
        planned = {self.id: "(new)"}
        return Call("POST", self.path, f"create {self.noun}", json=body, repeatable=False, planned=planned)

    def change(self, vendor_id: str, wanted: dict[str, Any], changed: dict[str, Any]) -> Call:
        """Return the call that changes one: to ``wanted``, of which only ``changed`` differs."""
        body = changed if self.update == "PATCH" else {**wanted, **changed}
        return Call(self.update, (*self.path, vendor_id), f"update {self.noun}", json=body)

    def delete(self, vendor_id: str) -> Call:
        """Return the call that removes one."""
        return Call("DELETE", (*self.path, vendor_id), f"delete {self.noun}", answer="nothing")

    def list(self) -> Flow[list[dict[str, Any]]]:
        """Read all of them: one call, or one for each page."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        planned: Any = {self.listed: [], self.next: None} if self.listed else []
        for _ in range(MOST_PAGES):
            answer = yield Call("GET", self.path, f"list {self.nouns}", query=query, planned=planned)
            found += answer[self.listed] if self.listed else answer
            following = answer.get(self.next) if self.next else None
            if not following:
                return found
            query = {self.page: str(following)}
        raise ValueError(f"the list of {self.nouns} has no end")


@dataclass(frozen=True, slots=True)
class Membership:
    """How a user gets into a group: by calls below the group's path, in which ``word`` stands before the user.

    ``method`` adds one, DELETE of the same path removes one. ``listed`` is the field of a group's record, as the
    list of groups shows it, that has its members: ids, or records whose id is called ``id``; ``""``: there is none.
    """

    word: str = "members"
    method: Literal["POST", "PUT"] = "POST"
    listed: str = ""
    id: str = "id"

    def add(self, group: tuple[str, ...], user: str) -> Call:
        """Return the call that puts a user into the group of this path."""
        return Call(self.method, (*group, self.word, user), "add member", answer="nothing")

    def remove(self, group: tuple[str, ...], user: str) -> Call:
        """Return the call that takes a user out of it."""
        return Call("DELETE", (*group, self.word, user), "remove member", answer="nothing")

    def members(self, record: Mapping[str, Any]) -> frozenset[str] | None:
        """Return the vendor ids of who is in a group, as its record has them; ``None`` if it does not."""
        if not self.listed:
            return None
        shown = record[self.listed]
        return frozenset(identifier(one if isinstance(one, dict) else {self.id: one}, self.id) for one in shown)


@dataclass(frozen=True, slots=True)
class Switch:
    """Two calls that lock an account out and let it in again, so that a leaver's need not be deleted.

    ``off`` and ``on`` are the last segments of their paths, below the account's; ``shown`` is the field of a record
    that is true of whoever is locked out, ``least`` what else a leaver's fields are. Locking comes before
    everything else, and letting in after everything else.
    """

    off: str = "suspend"
    on: str = "resume"
    shown: str = "suspended"
    method: Literal["POST", "PUT"] = "POST"
    least: Mapping[str, Any] = field(default_factory=dict)

    def turn(self, accounts: Collection, vendor_id: str, *, locked: bool) -> Call:
        """Return the call that locks an account out, or lets it in."""
        word = self.off if locked else self.on
        return Call(self.method, (*accounts.path, vendor_id, word), f"{word} {accounts.noun}", answer="nothing")

    @property
    def option(self) -> Setting:
        """The option ``deactivation``: to lock out, or to delete."""
        return Setting("deactivation", "what becomes of a leaver", default=self.off, choices=(self.off, "delete"))


def usual_calls(accounts: Collection, teams: Collection, switch: Switch | None = None) -> Calls:
    """Return the table ``calls`` of a plain REST API: what its document promises, to be proved by the contract."""
    create, update, delete = (f"{verb} {accounts.noun}" for verb in ("create", "update", "delete"))
    make, rename, remove = (f"{verb} {teams.noun}" for verb in ("create", "update", "delete"))
    hired = (f"list {accounts.nouns}", create) if accounts.look_first else (create,)
    made = (f"list {teams.nouns}", make) if teams.look_first else (make,)
    return {
        "create user": hired,
        "change name": (update,),
        "change e-mail": (update,),
        "set password": (update,),
        "deactivate": (f"{switch.off} {accounts.noun}",) if switch else (delete,),
        "reactivate": (f"{switch.on} {accounts.noun}",) if switch else hired,
        "delete user": (delete,),
        "create group": made,
        "create group with a member": (*made, "add member"),
        "rename group": (rename,),
        "add member": ("add member",),
        "remove member": ("remove member",),
        "delete group": (remove,),
        "delete group with a member": (remove,),
    }
