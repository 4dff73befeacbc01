"""Users of Prancer, by the calls of its public user page: for the option ``users = "managed"``.

A user is known by the e-mail address; the roles of one are written as a whole list of names.
https://docs.prancer.io/api/users
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

import mappings
from mappings import (
    EMPTY,
    Applied,
    Call,
    Change,
    Conflict,
    Definite,
    Document,
    Flow,
    Group,
    NotFound,
    Rejected,
    Unknown,
    Unsupported,
    User,
    Variable,
)
from mappings.prancer.reading import Account, Role, data, number


class Managing(mappings.Mapping):
    """The half of the mapping that is about users."""

    api: tuple[str, str]
    """How every path begins."""

    @abstractmethod
    def list_roles(self) -> Flow[list[Role]]:
        """Read all roles."""

    @property
    def _users_path(self) -> tuple[str | Variable, ...]:
        return (*self.api, "user", "manage", EMPTY)

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        """Return the account; it is ``stripped`` where deactivation takes all roles, those given by hand too."""
        user = super().user(document, roles, password)
        fields: dict[str, Any] = {"email": user.key.lower()}
        if self.option["deactivation"] == "strip_roles":
            fields["stripped"] = False
        return User(user.key, fields, roles, password)

    def inactive(self, user: User) -> User | None:
        """Return the account without any role, or nothing: see the option ``deactivation``."""
        if self.option["deactivation"] == "delete":
            return None
        return User(user.key, {**user.fields, "stripped": True}, vendor_id=user.vendor_id)

    def protection(self, account: User | Group) -> str | None:
        """Protect the bridge's own account too, where its address is known."""
        own = self.secrets.get("email", "")
        if isinstance(account, User) and account.key.casefold() == own.casefold():
            return f"{account.key} is the account that the bridge itself uses at {self.title}"
        return super().protection(account)

    # -- flows

    def create_user(self, user: User) -> Flow[None]:
        """Invite, and make sure that the account is a new one: how a known address is refused is not documented."""
        path, body = (*self.api, "user", "invite", EMPTY), {"email": user.key, "resend": False}
        new = {"id": "(new)", "email": user.key, "user_groups": []}
        planned = {"data": {"users": [new]}}
        try:
            answer = yield Call("POST", path, "invite user", json=body, repeatable=False, planned=planned)
        except Rejected as refusal:
            if (yield from self._account(user.key)) is None:
                raise
            raise Conflict(f"{self.title} already has {user.key}: {refusal.detail}") from refusal
        account = yield from self._invited(answer, user)
        yield Applied(account.email, user.fields)
        if user.roles:
            created = User(user.key, user.fields, user.roles, vendor_id=account.email, names=user.names)
            yield from self._write_roles(created, account, Change(roles_added=user.roles))

    def update_user(self, user: User, change: Change) -> Flow[None]:
        """Write the whole list of roles; nothing else can be changed."""
        if change.fields.get("email", str(user.vendor_id).lower()) != str(user.vendor_id).lower():
            raise Unsupported("Prancer knows a user by the e-mail address: it cannot be changed")
        writes = change.fields.get("stripped") or change.roles_added or change.roles_removed
        if writes or "email" in change.fields:  # not even the address is certain: it may have been deleted
            account = yield from self._account(str(user.vendor_id))
            if account is None:
                raise NotFound(f"{self.title} lists no user {user.vendor_id}")
            if writes:
                yield from self._write_roles(user, account, change)
        yield Applied(user.vendor_id, change.fields)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        """Delete the user of this address."""
        try:
            yield Call("DELETE", self._users_path, "delete user", json={"email": vendor_id})
        except Rejected:  # how an unknown address is refused is not documented: look
            if (yield from self._account(vendor_id)) is not None:
                raise

    def find_user(self, user: User) -> Flow[User | None]:
        """Look in the list, which holds everybody."""
        account = yield from self._account(user.vendor_id or user.key)
        if account is None:
            return None
        roles = (yield from self.list_roles()) if account.groups else []
        held = frozenset(role.id for role in roles if role.name in account.groups)
        fields = {"email": account.email.lower(), "is_pending": account.is_pending}
        return User(account.email, fields, held, vendor_id=account.email)

    def created_user(self, sent: User, found: User) -> bool:
        """Whether ``found`` was just invited: nobody has registered, it is no superuser and has no other role."""
        is_ours = bool(found.fields["is_pending"]) and found.roles <= sent.roles
        return is_ours and found.fields["email"] == sent.fields["email"]

    # -- after a rename

    def holders(self, name: str | None) -> Flow[list[Account]]:
        """Return who holds the role of this name; nobody, at no cost, if there are no users to care for."""
        if name is None or self.users != "managed":
            return []
        return [account for account in (yield from self._accounts()) if name in account.groups]

    def give_back(self, holders: list[Account], old: str, new: str) -> Flow[None]:
        """Give a renamed role to those who held it, in case they lost it: users refer to roles by name."""
        after = {account.id: account for account in (yield from self._accounts())} if holders else {}
        for account in (after[holder.id] for holder in holders if holder.id in after):
            if new not in account.groups or old in account.groups:
                yield self._give(account, (account.groups - {old}) | {new})

    # -- the whole list of a user's roles

    def _write_roles(self, user: User, account: Account, change: Change) -> Flow[None]:
        names = yield from self._names(user, account, change)
        groups = self._groups(account, change, names)
        if groups != account.groups:
            try:
                yield self._give(account, groups)
            except Rejected:  # a role may have been renamed, or deleted, since it was read: look at all of it again
                listed = yield from self._listed_names()
                is_now = (yield from self._account(account.email)) or account
                again = self._groups(is_now, change, listed)
                if again == groups:
                    raise
                yield self._give(is_now, again)
        yield Applied(user.vendor_id, {}, change.roles_added, change.roles_removed)

    def _groups(self, account: Account, change: Change, names: dict[str, str]) -> frozenset[str]:
        kept = frozenset() if change.fields.get("stripped") else account.groups
        missing = sorted(change.roles_added - names.keys())
        if missing:
            raise Rejected(f"{self.title} has no role {', '.join(missing)}")
        taken = {names[role] for role in change.roles_removed if role in names}
        return (kept - taken) | {names[role] for role in change.roles_added}

    def _names(self, user: User, account: Account, change: Change) -> Flow[dict[str, str]]:
        """Return the names of the changed roles; one to be taken that is not seen may have another name by now."""
        known = dict(user.names)
        taken = {known.get(role) for role in change.roles_removed}
        if change.roles_added <= known.keys() and (change.fields.get("stripped") or taken <= account.groups):
            return known
        return (yield from self._listed_names())

    def _listed_names(self) -> Flow[dict[str, str]]:
        return {role.id: role.name for role in (yield from self.list_roles())}

    def _give(self, account: Account, groups: Iterable[str]) -> Call:
        path = (*self.api, EMPTY, "user", "roles")
        body = {"user_id": number(account.id), "groups": sorted(groups)}
        return Call("POST", path, "set user's roles", json=body)

    # -- the list of users

    def _invited(self, answer: Any, user: User) -> Flow[Account]:
        """Return the account that an invitation has made. Until it is seen, nobody knows that there is one."""
        try:
            shown = "users" in data(answer)  # not documented
            account = _of(user.key, answer) if shown else (yield from self._account(user.key))
        except Definite as refusal:
            raise Unknown(refusal.detail, status=refusal.status, retry_after=refusal.retry_after) from refusal
        if account is None:
            raise Unknown(f"{self.title} said that it invited {user.key}, but does not list it")
        if not account.is_new:
            raise Conflict(f"{self.title} already has {user.key}")
        return account

    def _account(self, email: str) -> Flow[Account | None]:
        answer = yield self._list
        return _of(email, answer)

    def _accounts(self) -> Flow[list[Account]]:
        answer = yield self._list
        return _read(answer)

    @property
    def _list(self) -> Call:
        return Call("GET", self._users_path, "list users")


def _read(answer: Any) -> list[Account]:
    return [Account.of(each) for each in data(answer)["users"]]


def _of(email: str, answer: Any) -> Account | None:
    same = (account for account in _read(answer) if account.email.casefold() == email.casefold())
    return next(same, None)
