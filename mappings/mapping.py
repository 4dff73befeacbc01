"""The contract of a mapping: which documented calls make a desired account or role true at one vendor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingABC
from typing import Any, ClassVar, Literal

from mappings.accounts import Change, Group, User
from mappings.answers import stated_error
from mappings.attributes import Attribute, urn
from mappings.calls import Flow, Login, at_once
from mappings.catalogue import Entry
from mappings.errors import Rejected, Unsupported
from mappings.operations import NO_CALLS, Calls
from mappings.readers import primary_email
from mappings.settings import Setting, Settings

Document = MappingABC[str, Any]
Passwords = Literal["settable", "initial", "none"]
UserChoice = Literal["managed", "directory", "reject"]
Readers = MappingABC[str, Callable[[Document], Any]]


def unsupported(reason: str) -> Callable[..., Flow[Any]]:
    """Declare that the vendor documents no call for an operation; ``reason`` is told to the IdP."""

    def flow(*_: object) -> Flow[Any]:
        raise Unsupported(reason)
        yield

    flow.unsupported = reason  # type: ignore[attr-defined]
    return flow


class Mapping(ABC):
    """One vendor. A subclass is class attributes and a few flows; it never touches the network.

    A flow is a generator: it yields a :class:`~mappings.calls.Call` and receives the vendor's decoded JSON
    answer (``None`` where the documents promise no body), and yields :class:`~mappings.calls.Applied` after
    each call that changed something. A vendor error is raised at the ``yield``.
    """

    vendor: ClassVar[str]
    """The name in the configuration, and of the folder."""
    title: ClassVar[str]
    """The product's name as people know it."""
    documents: ClassVar[str]
    """Where the vendor documents these calls."""
    credentials: ClassVar[tuple[tuple[Setting, ...], ...]]
    """The alternative sets of credentials; a target gives exactly one of them."""
    options: ClassVar[tuple[Setting, ...]] = ()
    group_word: ClassVar[str]
    """What a SCIM Group is at this vendor, in the vendor's words."""
    passwords: Passwords
    """Whether a password can be set at any time, only with a new account, or never."""
    needs_email: ClassVar[bool] = True
    """Whether a user without an e-mail address is refused; ``/Schemas`` then says that ``emails`` is required."""
    no_users: ClassVar[str] = ""
    """Where the option ``users`` exists: why accounts cannot follow, as a plain fact without a full stop.

    The bridge adds what it means: the option's choices to a refusal, "kept in the bridge only" to a note.
    """
    user_attributes: tuple[Attribute, ...] = ()
    """The vendor's own attributes of a User, beyond the SCIM core."""
    group_attributes: tuple[Attribute, ...] = ()
    """The vendor's own attributes of a Group."""
    role_values: ClassVar[bool] = False
    """Whether the values of a User's ``roles`` can be assigned, beside those that groups stand for."""
    entitlement_values: ClassVar[bool] = False
    """Whether the values of a User's ``entitlements`` can be assigned."""
    catalogues: ClassVar[frozenset[Literal["Roles", "Entitlements"]]] = frozenset()
    """Which of :meth:`roles` and :meth:`entitlements` the vendor has."""
    calls: ClassVar[Calls] = NO_CALLS
    """What each of the ``OPERATIONS`` costs with the options' defaults: the documented minimum."""
    tier: ClassVar[Literal["bronze", "silver", "gold"]] = "bronze"
    """How much of the contract the mapping promises to pass."""
    unproven: ClassVar[frozenset[Literal["User", "Group"]]] = frozenset()
    """Of which kind nothing proves that the bridge made one: what is found under the name after a create whose
    answer was lost is taken for a stranger's, a 409, and somebody has to look; ``created_...`` is not asked."""
    equal_is_own: ClassVar[frozenset[Literal["Group"]]] = frozenset()
    """Of which kind one that equals all that a create sent, members included, counts as made by it: the vendor
    stores nothing that could tell a stranger's. The README says so, and what it risks."""
    concurrency: ClassVar[int] = 4
    """How many calls the vendor may be sent at one time, by all processes together; a target may say another."""
    rate: ClassVar[float | None] = None
    """How many calls the vendor may be sent a second, if its documents name a limit; a target may say another."""
    user_fields: ClassVar[Readers]
    """Which part of a SCIM User becomes which field of an account."""
    group_fields: ClassVar[Readers]
    """Which part of a SCIM Group becomes which field of a role."""

    def __init__(self, settings: Settings) -> None:
        self.secrets = settings.credentials
        self.option = settings.options

    @property
    def costs(self) -> Calls:
        """What each of the ``OPERATIONS`` costs with this target's options: ``calls``, unless they change it."""
        return self.calls

    @property
    def takes_roles(self) -> bool:
        """Whether a user can be given anything by a value of ``roles`` or ``entitlements``."""
        return self.users == "managed" and bool(self.role_attributes)

    @property
    def role_attributes(self) -> list[str]:
        """The attributes of a User whose values mean roles: ``roles``, ``entitlements``, both or neither."""
        means_roles = {"roles": self.role_values, "entitlements": self.entitlement_values}
        return [attribute for attribute, is_one in means_roles.items() if is_one]

    @property
    def users(self) -> UserChoice:
        """What becomes of Users: the vendor's accounts follow, the directory alone has them, or none are taken.

        The option ``users`` decides where a mapping has one.
        """
        choice: UserChoice = self.option.get("users", "managed")
        return choice

    # -- what the IdP wants, in the vendor's terms ---------------------------------------------------

    def user_key(self, document: Document) -> str:
        """Return what the vendor finds this user's account by: an e-mail address, unless overridden.

        Raises ``Rejected`` if the user has none.
        """
        email = primary_email(document)
        if email is None or "@" not in email.strip("@"):
            raise Rejected(f"{self.title} needs an e-mail address: send emails, or a userName that is one")
        return email

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        """Return the account that a SCIM User with these roles (vendor ids) should have."""
        fields = {name: read(document) for name, read in self.user_fields.items()}
        return User(self.user_key(document), fields, roles, password)

    def group(self, document: Document) -> Group:
        """Return the role that a SCIM Group should be."""
        fields = {name: read(document) for name, read in self.group_fields.items()}
        return Group(document["displayName"], fields)

    def extension(self, document: Document) -> Document:
        """Return the vendor's own attributes of a SCIM User or Group; empty if it has none."""
        given = (document.get(urn(self.vendor, kind)) for kind in ("User", "Group"))
        found: Document = next(filter(None, given), {})
        return found

    def inactive(self, user: User) -> User | None:
        """Return what ``user``'s account should be while the user is not active; ``None``: deleted.

        Whoever is activated again gets the account back as ``user`` says, roles included.
        """
        return None

    def protection(self, account: User | Group) -> str | None:
        """Return why an account or role must not be touched; ``None`` if it may be.

        The options ``protected_users`` and ``protected_groups`` name them, where a mapping has these.
        """
        option = "protected_users" if isinstance(account, User) else "protected_groups"
        names = {name.casefold() for name in self.option.get(option, ())}
        if account.key.casefold() not in names:
            return None
        return f"{account.key} is protected at {self.title} (option {option})"

    def objection(self, value: str) -> str | None:
        """Return why nobody can be given a value of ``roles`` or ``entitlements`` under these options.

        Asked of each row of a role table at the start, so without a call; ``None`` if nothing speaks against it.
        """
        protected = {name.casefold() for name in self.option.get("protected_groups", ())}
        return f"{value} is protected (option protected_groups)" if value.casefold() in protected else None

    def recreates(self, user: User, change: Change) -> bool:
        """Whether ``change`` can only be had by making the account anew, for vendors whose ids are the keys.

        Under another key the new account is made before the old one is deleted, else after.
        """
        return False

    def carries_members(self, group: Group) -> bool:
        """Whether ``create_group`` sends ``group.members`` along."""
        return False

    def deletion_removes_members(self, vendor_id: str) -> bool:
        """Whether deleting a role takes it from its users; if not, the bridge takes it from each of them first."""
        return True

    @property
    def rename_writes_users(self) -> bool:
        """Whether to rename a role writes the users who have it: nobody else writes them meanwhile."""
        return False

    @property
    def role_names_are_ids(self) -> bool:
        """Whether a role's name is its id and the vendor cannot list all roles: what a role table names counts."""
        return False

    def role_of(self, value: str) -> str | None:
        """Return the vendor id of the role that a value of ``roles`` or ``entitlements`` names by itself.

        ``None``: it has to be looked for in the catalogue, by value or by a display name that is unique.
        """
        return None

    def hidden_status(self, answer: Any) -> int | None:
        """Return the HTTP status that the decoded body of a 2xx answer says instead; ``None``: it is a success.

        By itself it knows :func:`stated_error`. Asked of every 2xx answer, ``None`` for one without a body. May
        raise ``LookupError``, ``TypeError``, ``ValueError`` or ``AttributeError`` for an answer that is not of the
        documented shape: nobody knows then whether the call was done, so it is ``Unknown``.
        """
        return stated_error(answer)

    # -- flows ---------------------------------------------------------------------------------------

    def roles(self) -> Flow[Sequence[Entry]]:
        """List the roles that a user can be given, in one call where the documents allow."""
        return at_once(())

    def entitlements(self) -> Flow[Sequence[Entry]]:
        """List what else a user can be given, in one call where the documents allow."""
        return at_once(())

    @abstractmethod
    def login(self) -> Flow[Login]:
        """Authenticate. Runs before the first call, and again when the vendor answers 401."""

    @abstractmethod
    def check(self) -> Flow[str]:
        """Prove with one harmless read that address and credentials work; return what was seen, in words."""

    @abstractmethod
    def create_user(self, user: User) -> Flow[None]:
        """Create the account with everything that ``user`` says."""

    @abstractmethod
    def update_user(self, user: User, change: Change) -> Flow[None]:
        """Change an existing account (``user.vendor_id``) by ``change``; ``user`` is the whole wanted state."""

    @abstractmethod
    def delete_user(self, vendor_id: str) -> Flow[None]:
        """Remove the account and with it all access. ``NotFound`` means it is done."""

    @abstractmethod
    def find_user(self, user: User) -> Flow[User | None]:
        """Look for the account under ``user.key``; return it as the vendor has it."""

    @abstractmethod
    def create_group(self, group: Group) -> Flow[None]:
        """Create the role, or bind to an existing one where the vendor documents no creation."""

    @abstractmethod
    def update_group(self, group: Group, change: Change) -> Flow[None]:
        """Change an existing role (``group.vendor_id``), leaving its members alone."""

    @abstractmethod
    def delete_group(self, vendor_id: str) -> Flow[None]:
        """Remove the role. ``NotFound`` means it is done."""

    @abstractmethod
    def find_group(self, group: Group) -> Flow[Group | None]:
        """Look for the role by name; return it as the vendor has it."""

    # -- proof of ownership --------------------------------------------------------------------------

    def created_user(self, sent: User, found: User) -> bool:
        """Whether ``found`` is what a create for ``sent`` leaves behind, had its answer been lost.

        A role may have ended since, and with it whoever held it: fewer are no sign of somebody else, more are.
        """
        return found.fields == sent.fields and found.roles <= sent.roles

    def created_group(self, sent: Group, found: Group) -> bool:
        """Whether ``found`` is what a create for ``sent`` leaves behind, had its answer been lost.

        A member's account may have ended since: fewer are no sign of somebody else, more are.
        """
        return found.fields == sent.fields and found.members <= sent.members
