"""The verdict: directory against model, vendor against directory."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mappings import Mapping
from tests.chaos.model import Model, Person
from tests.chaos.provider import read_attributes
from tests.chaos.vendor import OUTSIDERS, BadDay


def judge(
    model: Model, users: list[dict[str, Any]], groups: list[dict[str, Any]], day: BadDay, mapping: Mapping
) -> list[str]:
    """Return everything that is wrong, in sentences.

    Where calls are carried out late, an old one may undo a newer one, which nobody can promise to prevent: what is
    judged then is that nobody has an account or a role too many.
    """
    return [
        *model.strange,
        *dict.fromkeys(day.dangers),
        *(f"undocumented: {entry.method} {entry.path} {entry.reason}" for entry in day.sandbox.undocumented),
        *_users(model, {user["id"]: user for user in users}),
        *_groups(model, {group["id"]: group for group in groups}),
        *_vendor(users, groups, day, mapping),
    ]


def _users(model: Model, users: dict[str, dict[str, Any]]) -> list[str]:
    wrong = [
        f"{person.name} {person.id}: exists={person.id in users}, {_only(person.alive.possible())}"
        for person in model.people.values()
        if (person.id in users) not in person.alive.possible()
    ]
    for id_, user in users.items():
        name = user["userName"].partition("@")[0]
        known = model.people.get(id_)
        if name in OUTSIDERS:
            continue
        if known is None:
            if not model.unanswered.get(name):
                wrong.append(f"{name} {id_} exists, but every create was refused")
            continue
        wrong += _attributes(known, user)
    return wrong


def _attributes(person: Person, user: dict[str, Any]) -> list[str]:
    possible = {name: register.possible() for name, register in person.attributes.items()}
    return [
        f"{person.name} {person.id}: {name} is {value}, {_only(possible[name])}"
        for name, value in read_attributes(user).items()
        if value not in possible[name]
    ]


def _groups(model: Model, groups: dict[str, dict[str, Any]]) -> list[str]:
    wrong = []
    for team in model.teams.values():
        there = groups.get(team.id)
        if (there is not None) not in team.alive.possible():
            wrong.append(f"{team.base} {team.id}: exists={there is not None}, {_only(team.alive.possible())}")
        if there is None:
            continue
        if there["displayName"] not in team.name.possible():
            wrong.append(f"{team.base}: named {there['displayName']}, {_only(team.name.possible())}")
        members = {member["value"] for member in there.get("members", ())}
        for person in model.people.values():
            possible = team.may_hold(person.id)
            gone = False in person.alive.possible() and person.id not in members
            if (person.id in members) not in possible and not gone:
                held = person.id in members
                wrong.append(f"{person.name} {person.id} in {team.base}: is {held}, {_only(possible)}")
    for id_, group in groups.items():
        if id_ not in model.teams and group["displayName"] not in model.unanswered:
            wrong.append(f"{group['displayName']} {id_} exists, but every create was refused")
    return wrong


def _vendor(users: list[dict[str, Any]], groups: list[dict[str, Any]], day: BadDay, mapping: Mapping) -> list[str]:
    accounts = [*users] if mapping.users == "managed" else []
    return _accounts(accounts, day, mapping) + _roles(groups, day)


def _accounts(users: list[dict[str, Any]], day: BadDay, mapping: Mapping) -> list[str]:
    there = [user for user in day.sandbox.users() if user["key"] not in day.strangers]
    wrong = [f"vendor: {n} accounts of {key}" for key, n in _counted(there, "key").items() if n > 1]
    strangers = {user["key"]: user for user in day.sandbox.users() if user["key"] in day.strangers}
    if strangers != day.strangers:
        wrong.append("vendor: somebody else's account was changed")
    accounts = {user["key"].casefold(): user for user in there}
    wanted = {mapping.user_key(user).casefold(): user for user in users if user["active"]}
    wanted = {key: user for key, user in wanted.items() if key not in day.strangers}
    if not day.lateness:
        wrong += [f"vendor: no account of {key}" for key in wanted.keys() - accounts.keys()]
    wrong += [f"vendor: {key} still has an account" for key in accounts.keys() - wanted.keys()]
    for key in wanted.keys() & accounts.keys():
        roles = {group["display"] for group in wanted[key].get("groups", ())}
        if day.offer is not None and wanted[key].get(day.offer.attribute):
            roles.add(day.offer.name)
        roles = roles or ({"Least Access"} if day.sandbox.vendor == "datasentinel" else set())
        held = [*accounts[key]["roles"], *accounts[key].get("grants", ())]
        if set(held) - roles or (Counter(held) != Counter(roles) and not day.lateness):
            wrong.append(f"vendor: {key} holds {sorted(held)}, wanted {sorted(roles)}")
        fields = mapping.user(wanted[key], frozenset()).fields
        shown = {name: accounts[key]["fields"][name] for name in fields}
        if shown != dict(fields) and not day.lateness:
            wrong.append(f"vendor: {key} is {shown}, wanted {dict(fields)}")
    return wrong


def _roles(groups: list[dict[str, Any]], day: BadDay) -> list[str]:
    there = [group for group in day.sandbox.groups() if group["name"] not in day.seeded]
    wrong = [f"vendor: {n} roles named {name}" for name, n in _counted(there, "name").items() if n > 1]
    wanted = {group["displayName"] for group in groups} - day.seeded
    has = {group["name"] for group in there}
    if not day.lateness:
        wrong += [f"vendor: no role {name}" for name in wanted - has]
    return wrong + [f"vendor: role {name} should be gone" for name in has - wanted]


def _counted(things: list[dict[str, Any]], key: str) -> Counter[str]:
    return Counter(thing[key].casefold() for thing in things)


def _only(possible: set[Any]) -> str:
    return f"only {sorted(possible)} may be"
