"""Metric Insights: the Privilege and Privilege Set API.

A SCIM Group is a privilege set, and its privileges are an attribute of the group. There is no call for users.
The vendor promises neither an id in the answer to a create nor that names are unique, so every create looks first.
https://help.metricinsights.com/m/API_Access
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import mappings
from mappings import (
    Applied,
    Attribute,
    Call,
    Change,
    Conflict,
    Document,
    Entry,
    Flow,
    Group,
    Intent,
    Login,
    NotFound,
    Readers,
    Rejected,
    Setting,
    Unknown,
    User,
    VendorError,
    unsupported,
)
from mappings.answers import identifier, text
from mappings.metric_insights import steps
from mappings.metric_insights.privileges import Privileges, natural
from mappings.metric_insights.steps import Assignments, Steps
from mappings.operations import Calls
from mappings.readers import display_name

PRIVILEGES = ("api", "privilege")
SETS = ("api", "privilege_set")
ASSIGNMENTS = ("api", "privilege_set_privilege")
NO_USERS = "Metric Insights documents no call for users, nor for who holds a privilege set"
BUILT_IN = ("Regular User", "Power User")
BUILT_IN_IDS = frozenset({"1", "2"})

BEFORE, STEPS = "sets before", "steps"
"""What an intent notes beside the fields: the ids of all sets there were, and what will be assigned, in order."""


class MetricInsights(mappings.Mapping):
    """Privilege sets of one Metric Insights installation."""

    vendor = "metric_insights"
    title = "Metric Insights"
    documents = "https://help.metricinsights.com/m/API_Access"
    group_word = "privilege set"
    passwords = "none"
    needs_email = False
    tier = "gold"
    no_users = NO_USERS
    credentials = (
        (Setting("token", "a personal API token of an administrator, from Admin > System > API Tokens"),),
        (
            Setting("app_id", "the application id of an External Application"),
            Setting("app_key", "its application key"),
        ),
    )
    options = (
        Setting(
            "users",
            "what becomes of users and members, which the API does not know: reject: they are refused; directory: "
            "the bridge keeps them, and nothing reaches the vendor",
            default="reject",
            choices=("reject", "directory"),
        ),
        Setting(
            "prerequisites",
            "add: a privilege brings along those that it requires; refuse: the identity provider has to name them",
            default="add",
            choices=("add", "refuse"),
        ),
        Setting("protected_groups", "the privilege sets that are never touched", list, default=list(BUILT_IN)),
        Setting(
            "delete_leftovers",
            "look for assignments that outlived their privilege set, and remove them",
            bool,
            default=False,
        ),
    )
    group_attributes = (
        Attribute(
            "privileges",
            "The privileges of the set; what they require is added or asked for, as the target is configured.",
            "complex",
            multi_valued=True,
            parts=(
                Attribute("value", "The id of the privilege, as /Entitlements shows it."),
                Attribute("display", "Its name, for people to read: kept as it is sent."),
            ),
        ),
    )
    catalogues = frozenset({"Roles", "Entitlements"})
    user_fields: ClassVar[Readers] = {}
    group_fields: ClassVar[Readers] = {"name": display_name}
    calls: ClassVar[Calls] = {
        "create user": NO_USERS,
        "change name": NO_USERS,
        "change e-mail": NO_USERS,
        "set password": NO_USERS,
        "deactivate": NO_USERS,
        "reactivate": NO_USERS,
        "delete user": NO_USERS,
        "create group": ("list privilege sets", "create privilege set", "list privilege sets"),
        "create group with a member": NO_USERS,
        "rename group": ("rename privilege set",),
        "add member": NO_USERS,
        "remove member": NO_USERS,
        "delete group": ("delete privilege set",),
        "delete group with a member": NO_USERS,
    }

    def user_key(self, document: Document) -> str:
        return str(document["userName"])  # kept in the directory at most

    def group(self, document: Document) -> Group:
        group = super().group(document)
        entries = self.extension(document).get("privileges", ())
        return replace(group, fields={**group.fields, "privileges": natural(map(_privilege, entries))})

    def protection(self, account: User | Group) -> str | None:
        if account.vendor_id in BUILT_IN_IDS and isinstance(account, Group):
            return f"{account.key} is one of {self.title}'s own privilege sets (id {account.vendor_id})"
        return super().protection(account)

    def login(self) -> Flow[Login]:
        if "token" in self.secrets:
            return Login({"Authorization": f"Bearer {self.secrets['token']}"})
        body = {name: self.secrets[name] for name in ("app_id", "app_key")}
        answer = yield Call("POST", ("api", "get_token"), "get token", json=body, planned={"token": "(token)"})
        return Login({"Token": text(answer, "token")})

    def check(self) -> Flow[str]:
        sets = yield from self._sets()
        return f"{len(sets)} privilege sets"

    # -- users

    create_user = unsupported(NO_USERS)
    update_user = unsupported(NO_USERS)
    delete_user = unsupported(NO_USERS)
    find_user = unsupported(NO_USERS)

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        plan = yield from self._steps("(new)", Change(group.fields, before={"privileges": []}))
        sets = yield from self._sets()
        if _named(sets, group.key):
            raise Conflict(f"{self.title} already has a privilege set {group.key}")
        yield Intent(replace(group, fields={**group.fields, BEFORE: natural(sets), STEPS: plan.add}))
        answer = yield Call(
            "POST",
            SETS,
            "create privilege set",
            json={"name": group.fields["name"]},
            repeatable=False,
            answer="nothing",
            planned={"id": "(new)"},
        )
        vendor_id = _new_id(answer)
        if vendor_id is None or vendor_id in sets:  # one that was there before is not the new set's
            vendor_id = yield from self._look_up(group, sets)
        yield Applied(vendor_id, {**group.fields, "privileges": []})
        yield from self._follow(vendor_id, plan)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        vendor_id = str(group.vendor_id)
        plan = (yield from self._steps(vendor_id, change)) if "privileges" in change.fields else None
        if "name" in change.fields:
            body = {"name": change.fields["name"]}
            yield Call("PUT", (*SETS, "id", vendor_id), "rename privilege set", json=body, answer="nothing")
            yield Applied(vendor_id, body)
        if plan is not None:
            yield from self._follow(vendor_id, plan)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        missing = None
        try:
            yield Call("DELETE", (*SETS, "id", vendor_id), "delete privilege set", answer="nothing")
        except NotFound as error:  # perhaps because the answer to the first try was lost
            missing = error
        if self.option["delete_leftovers"]:
            for assignments in (yield from self._assigned(vendor_id)).values():
                yield from self._remove(vendor_id, assignments)
        if missing is not None:
            raise missing

    def find_group(self, group: Group) -> Flow[Group | None]:
        sets = yield from self._sets()
        known = [str(group.vendor_id)] if group.vendor_id in sets else _named(sets, group.key)
        fresh = [id_ for id_ in known if id_ not in group.fields.get(BEFORE, ())]
        if len(fresh) > 1 and group.vendor_id is None:
            raise Conflict(
                f"{self.title} has {len(fresh)} privilege sets {group.key}: rename all but the right one"
            )
        if not known:
            return None
        id_ = (fresh or known)[0]
        assigned = yield from self._assigned(id_)
        return Group(sets[id_], {"name": sets[id_], "privileges": natural(assigned)}, vendor_id=id_)

    def created_group(self, sent: Group, found: Group) -> bool:
        """Whether ``found`` was not there before, and holds what has been assigned to it up to some step."""
        if BEFORE not in sent.fields or found.vendor_id in sent.fields[BEFORE]:
            return False  # without what was there before, the create was never sent
        held = found.fields["privileges"]
        return found.key == sent.key and set(held) == set(sent.fields[STEPS][: len(held)])

    # -- the catalogue

    def roles(self) -> Flow[Sequence[Entry]]:
        sets = yield from self._sets()
        assignments = yield from self._listed(ASSIGNMENTS, "list assignments", "privilege_set_privileges")
        contents: dict[str, list[str]] = {id_: [] for id_ in sets}
        for one in assignments:
            contents.setdefault(identifier(one, "privilege_set_id"), []).append(identifier(one, "privilege_id"))
        return [
            Entry(id_, name, supported=False, contains=tuple(natural(contents[id_]))) for id_, name in sets.items()
        ]

    def entitlements(self) -> Flow[Sequence[Entry]]:
        listed = yield from self._listed(PRIVILEGES, "list privileges", "privileges")
        return [
            Entry(identifier(one), str(one.get("name") or ""), one.get("class"), supported=False) for one in listed
        ]

    # -- the privileges of a set

    def _steps(self, vendor_id: str, change: Change) -> Flow[Steps]:
        """Plan a change. The set is read where something has to go, or where nobody knows what was given."""
        wanted: list[str] = change.fields["privileges"]
        before: list[str] | None = change.before.get("privileges")
        known = [*wanted, *(before or ())]
        if before is not None and not known:
            return Steps(wanted)
        privileges = yield from self._privileges(known)
        privileges.check(set(wanted).difference(before or ()), wanted, adds=self.option["prerequisites"] == "add")
        only_added = None if before is None else steps.added(privileges, wanted, before)
        if only_added is not None:
            return only_added
        return steps.changed(privileges, wanted, before, (yield from self._assigned(vendor_id, before or ())))

    def _follow(self, vendor_id: str, plan: Steps) -> Flow[None]:
        """Assign, prerequisites first; then remove, dependents first."""
        held = set(plan.held)
        for privilege in plan.add:
            yield from self._assign(vendor_id, privilege)
            held.add(privilege)
            yield Applied(vendor_id, {"privileges": natural(held)})
        for privilege in plan.remove:
            yield from self._remove(vendor_id, plan.assignments[privilege])
            held.discard(privilege)
            yield Applied(vendor_id, {"privileges": natural(held)})
        yield Applied(vendor_id, {"privileges": plan.wanted})

    def _assign(self, vendor_id: str, privilege: str) -> Flow[None]:
        body = {"privilege_set_id": vendor_id, "privilege_id": privilege}
        try:
            yield Call("POST", ASSIGNMENTS, "assign privilege", json=body, repeatable=False, answer="nothing")
        except (Rejected, Conflict) as refusal:  # because it is assigned, perhaps; not documented: look
            if privilege not in (yield from self._assigned(vendor_id)):
                raise Rejected(refusal.detail, status=refusal.status) from refusal

    def _remove(self, vendor_id: str, assignments: Iterable[str]) -> Flow[None]:
        for id_ in assignments:
            try:
                yield Call("DELETE", (*ASSIGNMENTS, "id", id_), "remove privilege", answer="nothing")
            except NotFound as missing:  # gone already, it should mean: look
                if any(id_ in ids for ids in (yield from self._assigned(vendor_id)).values()):
                    raise Rejected(missing.detail, status=missing.status) from missing

    # -- what the vendor lists

    def _sets(self) -> Flow[dict[str, str]]:
        """Return the names of all privilege sets by id."""
        listed = yield from self._listed(SETS, "list privilege sets", "privilege_sets")
        return {identifier(one): str(one["name"]) for one in listed}

    def _privileges(self, ids: Iterable[str]) -> Flow[Privileges]:
        planned = [{"id": id_} for id_ in natural(ids)]
        return Privileges.read((yield from self._listed(PRIVILEGES, "list privileges", "privileges", planned)))

    def _assigned(self, vendor_id: str, planned: Iterable[str] = ()) -> Flow[Assignments]:
        """Return the ids of the assignments of each privilege that one set holds."""
        entries = [
            {"id": f"(assignment of {id_})", "privilege_set_id": vendor_id, "privilege_id": id_} for id_ in planned
        ]
        listed = yield from self._listed(ASSIGNMENTS, "list assignments", "privilege_set_privileges", entries)
        found: dict[str, list[str]] = {}
        for one in listed:
            if identifier(one, "privilege_set_id") == vendor_id:
                found.setdefault(identifier(one, "privilege_id"), []).append(identifier(one))
        return found

    def _listed(
        self, path: tuple[str, ...], meaning: str, name: str, planned: Sequence[Any] = ()
    ) -> Flow[list[dict[str, Any]]]:
        answer = yield Call("GET", path, meaning, planned={name: list(planned)})
        listed: list[dict[str, Any]] = answer[name]
        return listed

    def _look_up(self, group: Group, before: Mapping[str, str]) -> Flow[str]:
        """Return the id of a set that has just been created: it is there under its name, and was not before."""
        try:
            sets = yield from self._sets()
        except VendorError as error:  # the create itself is done, whatever has become of this call
            said = f"{self.title} created {group.key}, but did not say its id: {error.detail}"
            raise Unknown(said, status=error.status, retry_after=error.retry_after) from error
        fresh = [id_ for id_ in _named(sets, group.key) if id_ not in before]
        if len(fresh) != 1:
            raise Unknown(f"{self.title} said that it created {group.key}, but lists {len(fresh)} new ones")
        return fresh[0]


def _named(sets: Mapping[str, str], name: str) -> list[str]:
    return [id_ for id_, each in sets.items() if each.casefold() == name.casefold()]


def _new_id(answer: Any) -> str | None:
    """Return the id of an answer of which nothing is documented: bare, wrapped as in a read, or not at all."""
    inner = answer.get("privilege_set", answer) if isinstance(answer, dict) else None
    return identifier(inner) if isinstance(inner, dict) and inner.get("id") is not None else None


def _privilege(entry: Any) -> str:
    """Return the id of one entry of ``privileges``: the ``value`` of an object, or a plain id."""
    value = entry.get("value") if isinstance(entry, dict) else entry
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise Rejected("Each of privileges needs the id of a privilege as its value")
    return str(value).strip()


MAPPING = MetricInsights
