"""One link in memory while its lease is held: what is wanted of it, what is true, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field, replace
from typing import Any

from app.directory.links import Link
from app.directory.members import Membership
from app.directory.resources import Resource
from app.provisioning.policy import Policy, group_wanted, user_wanted, values
from app.scim.types import Document
from mappings import Applied, Change, Gone, Group, Intent, User, VendorError, difference


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One vendor call as it went: for the trace. ``ms`` are milliseconds, ``at`` seconds since the epoch."""

    method: str
    path: str
    meaning: str
    status: int | None
    ms: int
    error: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Learned:
    """A fact of the bridge's own: which roles some values name. What is to be sent has changed with it."""

    references: MappingABC[str, str | None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A fact of the bridge's own: an account that was there before becomes the resource's.

    ``roles`` are those that it has and that are wanted. Whoever runs the flow refuses what another resource has.
    """

    account: User | Group
    roles: frozenset[str]


@dataclass(slots=True)
class State:
    """What the bridge knows of one account or role while it converges it.

    ``fields`` and ``roles`` are what was made true (``roles``: those that no group stands for, since
    memberships carry their own); of ``doubtful`` roles nobody knows whether they are held; ``late`` ones may
    still be given by a call that was never answered, so that they are taken twice. ``references`` are the
    values of the user's roles and entitlements with the vendor id that each names, ``None`` where it names
    nothing; ``accepted`` are those of an earlier request. ``unresolved`` is a create that was never answered,
    ``former`` the account that another one has taken the place of, ``intent`` one that is under way, and
    ``durable`` the one that is on disk, unless its account was ``refound`` and is there instead; ``sought``
    says that an earlier one was looked for and not found. ``carried`` are the members that a new group is
    created with, vendor id to user link; ``touched`` those of them it has got. ``holders`` are the users that
    have a role which is to end, and ``waiting`` says that they must lose it first. ``loaded`` are the
    memberships as they were read, ``undone`` those (by group) that a request takes back. ``left`` says that its
    turn did not come in time: it is neither delivered nor failed, and due. ``adopted`` are the roles that an
    account had which was at the vendor before the bridge (``None``: the bridge has made it), ``claimed`` says
    that it has just been adopted. ``repeated``: a call was answered only when it was sent again. ``ending``: nobody
    knows whether the account has ended; if it has not, it is as it was. ``foreign``: the vendor has said of an
    earlier create that somebody else has the account. ``unanswered`` is what the resource read before changes that
    nobody was answered for, ``base`` that or what it read before the request that is under way, and ``restored``
    says that it has been put back to ``unanswered``.
    """

    link_id: int
    kind: str
    resource: Resource | None
    resource_id: str | None
    name: str
    vendor_key: str
    vendor_id: str | None
    fields: dict[str, Any]
    roles: set[str]
    doubtful: set[str]
    late: set[str]
    references: dict[str, str | None]
    accepted: frozenset[str]
    unresolved: User | Group | None
    former: str | None
    wanted_version: int
    attempts: int
    due: bool
    memberships: list[Membership] = field(default_factory=list)
    carried: dict[str, int] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    intent: User | Group | None = None
    durable: dict[str, Any] | None = None
    sought: bool = False
    holders: set[int] = field(default_factory=set)
    waiting: bool = False
    gone: bool = False
    error: VendorError | None = None
    calls: list[CallRecord] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    refound: bool = False
    repeated: bool = False
    ending: bool = False
    foreign: bool = False
    unanswered: Document | None = None
    base: Document | None = None
    restored: bool = False
    left: bool = False
    adopted: frozenset[str] | None = None
    claimed: bool = False
    notes: list[str] = field(default_factory=list)
    loaded: dict[int, tuple[bool, bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, link: Link, memberships: list[Membership]) -> State:
        """Build the state of a loaded link."""
        return cls(
            link_id=link.id,
            kind=link.kind,
            resource=link.resource,
            resource_id=link.resource_id,
            name=link.name,
            vendor_key=link.vendor_key,
            vendor_id=link.vendor_id,
            fields=dict(link.snapshot.get("fields", {})),
            roles=set(link.snapshot.get("roles", ())),
            doubtful=set(link.snapshot.get("doubtful", ())),
            late=set(link.snapshot.get("late", ())),
            references=dict(link.snapshot.get("references", {})),
            accepted=frozenset(link.snapshot.get("references", {})),
            unresolved=read_intent(link.kind, link.intent),
            former=link.snapshot.get("former"),
            ending=link.snapshot.get("ending", False),
            foreign=link.snapshot.get("foreign", False),
            adopted=None if link.snapshot.get("adopted") is None else frozenset(link.snapshot["adopted"]),
            durable=link.intent,
            wanted_version=link.wanted_version,
            attempts=link.attempts,
            due=link.due_at is not None,
            unanswered=link.unanswered,
            memberships=memberships,
            loaded={m.group_link: (m.desired, m.applied) for m in memberships},
        )

    @property
    def held(self) -> frozenset[str]:
        """Every role that the bridge has given to this account, by vendor id."""
        by_group = {m.group_vendor_id for m in self.memberships if m.applied and m.group_vendor_id}
        return frozenset(self.roles | by_group)

    @property
    def given(self) -> frozenset[str]:
        """The roles that an adopted account has, or may have, of the bridge and not from before."""
        return (self.held | self.doubtful | self.late) - (self.adopted or frozenset())

    @property
    def lets_go(self) -> bool:
        """Whether it is an account from before that nobody has asked to end: a request that adopted it failed."""
        return self.adopted is not None and self.resource is None

    def ends_with_members(self, policy: Policy) -> bool:
        """Whether the end of this role at the vendor takes it from its users, too."""
        return not self.lets_go and policy.mapping.deletion_removes_members(str(self.vendor_id))

    @property
    def wanted_groups(self) -> list[Membership]:
        """The memberships that the IdP wants."""
        return [membership for membership in self.memberships if membership.desired]

    def desired(self, policy: Policy) -> User | Group | None:
        """Return the account or role that should exist now; ``None`` if none should."""
        if self.resource is None:
            return None
        document = {**self.resource.document, "id": self.resource.id}
        if self.kind == "Group":
            exists = self.vendor_id is not None or self.unresolved is not None
            group = group_wanted(policy, document, exists=exists)
            return group and replace(group, members=frozenset(self.carried), vendor_id=self.vendor_id)
        user = self._inactive(policy) if document.get("active") is False else self._user(policy, document)
        return user and replace(user, vendor_id=self.vendor_id)

    def _user(self, policy: Policy, document: Document) -> User | None:
        user = user_wanted(policy, document, self.wanted_groups, self.references, self.password)
        by_value = policy.catalogue.names({*self.roles, *filter(None, self.references.values())})
        by_group = {each.group_vendor_id: each.group_name for each in self.memberships if each.group_vendor_id}
        return user and replace(user, names={**by_value, **by_group})

    def _inactive(self, policy: Policy) -> User | None:
        """Return what is left of a leaver's account: nothing, too, where it cannot be said what it should be."""
        if self.vendor_id is None or self.resource is None:
            return None
        try:
            user = self._user(policy, {**self.resource.document, "id": self.resource.id})
        except VendorError:
            return None
        return user and policy.mapping.inactive(user)

    def values(self, policy: Policy) -> list[str]:
        """Return the values of roles and entitlements that this user should be given as roles."""
        if self.kind != "User" or self.resource is None or self.resource.document.get("active") is False:
            return []
        return values(policy, self.resource.document, self.wanted_groups)

    def unproven(self, policy: Policy) -> list[str]:
        """Return the wanted values that no earlier request was answered for."""
        return [value for value in self.values(policy) if value not in self.accepted]

    def forget_values(self) -> None:
        """Take nothing for granted that the user's values meant before: the document is a new one."""
        self.references, self.accepted = {}, frozenset()

    def learn(self, policy: Policy) -> None:
        """Take what is known of the wanted values without asking the vendor; forget the others."""
        wanted = self.values(policy)
        known = {value: self.references[value] for value in wanted if value in self.references}
        missing = [value for value in wanted if value not in known]
        self.references = {**known, **policy.catalogue.remembered(missing)}

    def change(self, desired: User | Group) -> Change:
        """Return what has to be done to an existing account."""
        return difference(self.fields, self.held, desired, frozenset(self.doubtful | self.late))

    def snapshot(self) -> dict[str, Any]:
        """Return what was made true, as it is stored; memberships have rows of their own."""
        return {
            "fields": self.fields,
            "roles": sorted(self.roles),
            "doubtful": sorted(self.doubtful),
            "references": self.references,
            **({"late": sorted(self.late)} if self.late else {}),
            **({"former": self.former} if self.former is not None else {}),
            **({"ending": True} if self.ending else {}),
            **({"foreign": True} if self.foreign else {}),
            **({"adopted": sorted(self.adopted)} if self.adopted is not None else {}),
        }

    def want(self) -> None:
        """Note that something new is wanted: failures of before say nothing about it."""
        self.wanted_version += 1
        self.attempts = 0

    def membership(self, group_link: int) -> Membership | None:
        """Return this user's membership in one group."""
        return next((m for m in self.memberships if m.group_link == group_link), None)

    def settled(self, policy: Policy) -> bool:
        """Whether what is true is what is wanted, passwords aside."""
        desired = self.desired(policy)
        if desired is not None and not self.references.keys() >= set(self.values(policy)):
            return False
        if self.intent is not None or self.unresolved is not None or self.former is not None or self.ending:
            return False
        if desired is None or self.vendor_id is None:
            return desired is None and self.vendor_id is None
        change = self.change(desired)
        return not (change.fields or change.roles_added or change.roles_removed)

    def takes_away(self, policy: Policy) -> bool:
        """Whether making it what is wanted takes access away from anybody: that is delivered first."""
        if self.resource is None or self.resource.document.get("active") is False:
            return True
        if any(each.applied and not each.desired for each in self.memberships):
            return True
        try:
            desired = self.desired(policy)
        except VendorError:
            return False
        return desired is not None and bool(self.change(desired).roles_removed)

    def share(self, roles: frozenset[str]) -> None:
        """Give each held role of those wanted to the membership that stands for it now, or to none.

        Several things may want one role: a group, a value, the fallback of a mapping. What no longer does lets go.
        """
        held = self.held & roles
        for membership in self.memberships:
            role = membership.group_vendor_id
            if role is not None and role in held:
                self.roles.add(role)
                membership.applied = False
        for membership in self.wanted_groups:
            if membership.group_vendor_id in held:
                membership.applied = True
                self.roles.discard(str(membership.group_vendor_id))

    # -- facts

    def record(self, fact: Applied | Gone | Intent | Learned | Claimed) -> None:
        """Take in what an answer has proved."""
        if isinstance(fact, Applied):
            self._applied(fact)
        elif isinstance(fact, Gone):
            self._gone()
        elif isinstance(fact, Learned):
            self.references.update(fact.references)
        elif isinstance(fact, Claimed):
            self._claimed(fact)
        else:
            self.intent = fact.account

    def doubt(self, change: Change) -> None:
        """Take in that ``change`` was sent and nobody knows what came of it; parts that were answered are known."""
        for name, value in change.fields.items():
            if self.fields.get(name) != value:
                self.fields.pop(name, None)
        self.doubtful |= change.roles_added - self.held
        self.late |= change.roles_added - self.held
        self.doubtful |= change.roles_removed & self.held

    def doubt_all(self) -> None:
        """Take in that its end was asked for and nobody knows what came of it.

        A user's account is looked at before it is used again; of a role nothing is known.
        """
        if self.kind == "User":
            self.ending = self.vendor_id is not None
        else:
            self.doubt(Change(dict.fromkeys(self.fields)))

    def doubted(self, change: Change | None) -> State:
        """Return a copy that doubts ``change``, or for ``None`` the end."""
        doubting = replace(self, fields=dict(self.fields), roles=set(self.roles))
        doubting.doubtful, doubting.late = set(self.doubtful), set(self.late)
        if change is None:
            doubting.doubt_all()
        else:
            doubting.doubt(change)
        return doubting

    def _applied(self, fact: Applied) -> None:
        if fact.vendor_id is not None and fact.vendor_id != self.vendor_id:
            self._move(fact.vendor_id)
        self.fields.update(fact.fields)
        self._give(fact.roles_added)
        self._take(fact.roles_removed)
        self.touched.update(self.carried[member] for member in fact.members if member in self.carried)

    def _claimed(self, fact: Claimed) -> None:
        account = fact.account
        members = account.members if isinstance(account, Group) else frozenset()
        self._applied(Applied(account.vendor_id, account.fields, roles_added=fact.roles, members=members))
        self.adopted, self.claimed = account.roles if isinstance(account, User) else frozenset(), True

    def release(self) -> None:
        """Know nothing of the account any more."""
        self._take(self.held | self.doubtful)
        self.late.clear()
        self.fields.clear()
        self.vendor_id = self.intent = self.unresolved = self.adopted = None
        self.ending = self.foreign = False

    def _move(self, vendor_id: str) -> None:
        """Take a vendor id for the account's; one that there was before is another account, and has to end."""
        if self.vendor_id is not None:
            self.former, self.adopted = self.vendor_id, None
            self._take(self.held | self.doubtful)
            self.fields.clear()
        self.vendor_id = vendor_id
        self.unresolved = self.intent = None
        self.ending = self.foreign = False

    def _gone(self) -> None:
        self._take(self.held | self.doubtful)
        self.late.clear()
        self.gone = self.vendor_id is not None
        if self.vendor_id is None:  # what a create may have made is not there either
            self.unresolved = self.intent = None
        self.vendor_id = self.adopted = None
        self.ending = self.foreign = False
        self.fields.clear()

    def _give(self, roles: frozenset[str]) -> None:
        self.doubtful -= roles
        self.late -= roles
        by_group = {m.group_vendor_id: m for m in self.memberships}
        for role in roles:
            if role in by_group:
                by_group[role].applied = True
            else:
                self.roles.add(role)

    def _take(self, roles: frozenset[str]) -> None:
        self.late -= roles - self.doubtful  # taken for the second time
        self.doubtful -= roles
        self.roles -= roles
        for membership in self.memberships:
            if membership.group_vendor_id in roles:
                membership.applied = False


def write_intent(account: User | Group | None) -> dict[str, Any] | None:
    """Return an intent as JSON; a password is not part of it."""
    if account is None:
        return None
    held = account.roles if isinstance(account, User) else account.members
    return {"key": account.key, "fields": dict(account.fields), "held": sorted(held)}


def read_intent(kind: str, intent: MappingABC[str, Any] | None) -> User | Group | None:
    """Return the account that an intent was about to create."""
    if intent is None:
        return None
    held = frozenset(intent["held"])
    if kind == "User":
        return User(intent["key"], intent["fields"], held)
    return Group(intent["key"], intent["fields"], held)
