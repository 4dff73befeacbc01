"""The contract's bench as tests use it: with what must be true after each of them, at every vendor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from app.contract.bench import BASE, TARGET, TOKEN, Answer, Bench, created
from app.contract.documents import ERROR, GROUP, MEDIA_TYPE, PATCH_OP, USER, add, person, refs, remove, replace
from tests.vendors import VENDORS

__all__ = [
    "BASE",
    "ERROR",
    "GROUP",
    "MEDIA_TYPE",
    "PATCH_OP",
    "TARGET",
    "TOKEN",
    "USER",
    "Answer",
    "Bridge",
    "add",
    "assert_calls",
    "created",
    "on_both_databases",
    "person",
    "refs",
    "remove",
    "replace",
]


class Bridge(Bench):
    """A bench that looks at every account after every call, and knows the facts of the vendors under test."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.settings = settings
        self._dangers: list[str] = []
        self._watch()

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
        """What must hold of every bench, and nobody was in danger for a moment."""
        dangers, self._dangers = self._dangers, []
        assert not dangers
        super().check()


on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


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
