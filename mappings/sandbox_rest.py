"""The sandbox of a vendor whose API is plain REST: two tables in memory, and rows for the documented calls.

A vendor's sandbox gives the rows that its document has (`collection`, `membership`, `switch`, or its own) and says
in class attributes how its answers look; it overrides the handler of whatever differs in another way.
"""

from typing import Any, ClassVar, Literal

from werkzeug.wrappers import Request

from mappings.sandbox import Sandbox
from mappings.sandbox_calls import Operation, RefusedError
from mappings.sandbox_fields import TEXT, Fields


def collection(
    path: str,
    kind: Literal["user", "group"],
    body: Fields,
    *,
    update: Literal["PATCH", "PUT"] = "PATCH",
    without: tuple[Literal["get", "update", "delete"], ...] = (),
    page: str = "",
) -> tuple[Operation, ...]:
    """Document the usual five calls below `path`, `without` those that are not.

    `PATCH` takes any part of `body`, `PUT` takes all of it. `page` is the query parameter of the list that names a
    page, if it comes in pages.
    """
    one = f"{path}/{{{kind}}}"
    part = Fields(optional={**body.required, **body.optional})
    query = Fields(optional={page: TEXT} if page else {})
    rows = (
        Operation("GET", path, f"get_{kind}s", query=query),
        Operation("POST", path, f"create_{kind}", body=body, status=201),
        Operation("GET", one, f"get_{kind}"),
        Operation(update, one, f"update_{kind}", body=part if update == "PATCH" else body),
        Operation("DELETE", one, f"delete_{kind}", status=204),
    )
    left_out = {f"{verb}_{kind}" for verb in without}
    return tuple(row for row in rows if row.handler not in left_out)


def membership(
    path: str, word: str = "members", *, method: Literal["POST", "PUT"] = "POST"
) -> tuple[Operation, ...]:
    """Document the two calls that add and remove a member of the group at `path`."""
    one = f"{path}/{{group}}/{word}/{{user}}"
    return (Operation(method, one, "join", status=204), Operation("DELETE", one, "leave", status=204))


def switch(
    path: str, off: str = "suspend", on: str = "resume", *, method: Literal["POST", "PUT"] = "POST"
) -> tuple[Operation, ...]:
    """Document the two calls that lock the user at `path` out and let it in again."""
    one = f"{path}/{{user}}"
    return (
        Operation(method, f"{one}/{off}", "lock", status=204),
        Operation(method, f"{one}/{on}", "unlock", status=204),
    )


class Records:
    """Records of one kind by their id. No two may have the same `key`, whatever its case; `""`: any may."""

    def __init__(self, noun: str, key: str) -> None:
        self._noun = noun
        self._key = key
        self._records: dict[str, dict[str, Any]] = {}

    def all(self) -> list[dict[str, Any]]:
        """Return every record, in the order of their making."""
        return list(self._records.values())

    def find(self, id_: str) -> dict[str, Any]:
        """Return one record, or answer 404."""
        if id_ not in self._records:
            raise RefusedError(404, f"{self._noun} not found")
        return self._records[id_]

    def create(self, id_: str, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a new record, or answer 409."""
        self._check_free(body, None)
        self._records[id_] = {"id": id_, **body}
        return self._records[id_]

    def update(self, record: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Change what `body` holds, or answer 409."""
        self._check_free(body, record)
        record.update(body)
        return record

    def delete(self, record: dict[str, Any]) -> None:
        """Forget a record."""
        del self._records[record["id"]]

    def _check_free(self, body: dict[str, Any], record: dict[str, Any] | None) -> None:
        wanted = str(body.get(self._key, "")).casefold()
        taken = (one for one in self._records.values() if str(one.get(self._key, "")).casefold() == wanted)
        if wanted and any(one is not record for one in taken):
            raise RefusedError(409, f"{self._noun} {body[self._key]} exists")


class RestSandbox(Sandbox):
    """Users and groups in memory: in here a record's id is `id`, and the ids of a group's members are `members`."""

    # Who gets in: `admits` are the headers of each call, made of the credentials.
    keys: ClassVar[dict[str, str]] = {"api_key": "sandbox-api-key"}
    admits: ClassVar[dict[str, str]] = {"Authorization": "Bearer {api_key}"}

    # What there is before anybody asks.
    seed_users: ClassVar[tuple[dict[str, Any], ...]] = ()
    seed_groups: ClassVar[tuple[dict[str, Any], ...]] = ()

    # The fields that tell one from another, and whether no two users, or groups, may have the same.
    user_key: ClassVar[str] = "email"
    group_key: ClassVar[str] = "name"
    unique: ClassVar[frozenset[Literal["user", "group"]]] = frozenset({"user", "group"})

    # How a record is shown: the vendor's word for some fields, and those that are never shown.
    words: ClassVar[dict[str, str]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset({"password"})

    # How a list is shown: under this name (`""`: as it is); with a parameter for the page, in pages of so many.
    users_listed: ClassVar[str] = ""
    groups_listed: ClassVar[str] = ""
    page_size: ClassVar[int] = 2
    next_page: ClassVar[str] = "next"

    # How a write is answered: a create with the whole record or the id alone, a change with the record or nothing.
    created: ClassVar[Literal["record", "id"]] = "record"
    changed: ClassVar[Literal["record", "nothing"]] = "record"

    # What a membership that is as wanted already is answered: `None`, as if it had not been.
    joined_already: ClassVar[int | None] = None
    left_already: ClassVar[int | None] = None

    # The field that is true of whoever is locked out; `""`: nobody can be.
    locked: ClassVar[str] = ""

    def __init__(self, **frame: Any) -> None:
        super().__init__(**frame)
        self.credentials = dict(self.keys)
        self.accounts = Records("user", self.user_key if "user" in self.unique else "")
        self.teams = Records("group", self.group_key if "group" in self.unique else "")
        for user in self.seed_users:
            self.create_user(user)
        for group in self.seed_groups:
            self.create_group(group)

    def authenticate(self, request: Request) -> Any:
        """Admit whoever sends the headers."""
        for name, template in self.admits.items():
            if request.headers.get(name) != template.format_map(self.credentials):
                raise RefusedError(401, f"{name} is wrong")

    def new_id(self) -> str:
        """Make an id."""
        return f"{self.random.getrandbits(48):012x}"

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`."""
        return [
            {
                "id": user["id"],
                "key": user[self.user_key],
                "fields": self.shown(user),
                "roles": [team[self.group_key] for team in self.teams.all() if user["id"] in team["members"]],
            }
            for user in self.accounts.all()
        ]

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`."""
        keys = {user["id"]: user[self.user_key] for user in self.accounts.all()}
        return [
            {
                "id": team["id"],
                "name": team[self.group_key],
                "members": [keys[member] for member in team["members"]],
            }
            for team in self.teams.all()
        ]

    # What an answer shows

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record as an answer shows it."""
        return {self.words.get(name, name): value for name, value in record.items() if name not in self.hidden}

    def shown_list(self, kind: Literal["user", "group"], records: Records, query: dict[str, str]) -> Any:
        """Return a list as an answer shows it: whole, or the page that the query asks for, else the first."""
        found = [self.shown(record) for record in records.all()]
        listed = self.users_listed if kind == "user" else self.groups_listed
        if not any(row.handler == f"get_{kind}s" and row.query.optional for row in self.operations):
            return {listed: found} if listed else found
        page = int(next(iter(query.values()), "1"))
        rest = found[page * self.page_size :]
        return {
            listed: found[(page - 1) * self.page_size :][: self.page_size],
            self.next_page: page + 1 if rest else None,
        }

    def shown_created(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what a create is answered with."""
        return self.shown(record if self.created == "record" else {"id": record["id"]})

    def shown_changed(self, record: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a change is answered with."""
        return self.shown(record) if self.changed == "record" else None

    # Users

    def find_user(self, id_: str) -> dict[str, Any]:
        """Find an account by its id."""
        return self.accounts.find(id_)

    def get_users(self, **query: str) -> Any:
        """Show every user."""
        return self.shown_list("user", self.accounts, query)

    def get_user(self, user: dict[str, Any]) -> Any:
        """Show one user."""
        return self.shown(user)

    def create_user(self, body: dict[str, Any]) -> Any:
        """Make a user."""
        return self.shown_created(self.accounts.create(self.new_id(), {**body, **self._unlocked()}))

    def update_user(self, user: dict[str, Any], body: dict[str, Any]) -> Any:
        """Change what is sent."""
        return self.shown_changed(self.accounts.update(user, body))

    def delete_user(self, user: dict[str, Any]) -> None:
        """Delete a user, who leaves every group."""
        self.accounts.delete(user)
        for team in self.teams.all():
            if user["id"] in team["members"]:
                team["members"].remove(user["id"])

    def lock(self, user: dict[str, Any]) -> None:
        """Lock a user out."""
        user[self.locked] = True

    def unlock(self, user: dict[str, Any]) -> None:
        """Let a user in again."""
        user[self.locked] = False

    # Groups

    def find_group(self, id_: str) -> dict[str, Any]:
        """Find a group by its id."""
        return self.teams.find(id_)

    def get_groups(self, **query: str) -> Any:
        """Show every group."""
        return self.shown_list("group", self.teams, query)

    def get_group(self, team: dict[str, Any]) -> Any:
        """Show one group."""
        return self.shown(team)

    def create_group(self, body: dict[str, Any]) -> Any:
        """Make a group without members."""
        return self.shown_created(self.teams.create(self.new_id(), {"members": [], **body}))

    def update_group(self, team: dict[str, Any], body: dict[str, Any]) -> Any:
        """Change what is sent; the members stay."""
        return self.shown_changed(self.teams.update(team, body))

    def delete_group(self, team: dict[str, Any]) -> None:
        """Delete a group; its members stay."""
        self.teams.delete(team)

    # Members

    def join(self, team: dict[str, Any], user: dict[str, Any]) -> None:
        """Put a user into a group."""
        if user["id"] not in team["members"]:
            team["members"].append(user["id"])
        elif self.joined_already:
            raise RefusedError(self.joined_already, "already in it")

    def leave(self, team: dict[str, Any], user: dict[str, Any]) -> None:
        """Take a user out of a group."""
        if user["id"] in team["members"]:
            team["members"].remove(user["id"])
        elif self.left_already:
            raise RefusedError(self.left_already, "not in it")

    def _unlocked(self) -> dict[str, Any]:
        return {self.locked: False} if self.locked else {}
