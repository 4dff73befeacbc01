"""The sandbox of a vendor whose API is plain REST: two tables in memory, and rows for the documented calls.

A vendor's sandbox gives the rows that its document has (`collection`, `membership`, or its own), `authenticate`,
credentials, and overrides the handler of whatever differs.
"""

from typing import Any, ClassVar, Literal

from mappings.sandbox import Sandbox
from mappings.sandbox_calls import Operation, RefusedError
from mappings.sandbox_fields import Fields


def collection(
    path: str, kind: Literal["user", "group"], body: Fields, *, update: Literal["PATCH", "PUT"] = "PATCH"
) -> tuple[Operation, ...]:
    """Document the usual five calls below `path`. `PATCH` takes any part of `body`, `PUT` takes all of it."""
    one = f"{path}/{{{kind}}}"
    part = Fields(optional={**body.required, **body.optional})
    return (
        Operation("GET", path, f"get_{kind}s"),
        Operation("POST", path, f"create_{kind}", body=body, status=201),
        Operation("GET", one, f"get_{kind}"),
        Operation(update, one, f"update_{kind}", body=part if update == "PATCH" else body),
        Operation("DELETE", one, f"delete_{kind}", status=204),
    )


def membership(path: str) -> tuple[Operation, ...]:
    """Document the two calls that add and remove a member of the group at `path`."""
    one = f"{path}/{{group}}/members/{{user}}"
    return (Operation("POST", one, "join", status=204), Operation("DELETE", one, "leave", status=204))


class Records:
    """Records of one kind by their id. No two may have the same `key`, whatever its case."""

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
    """Users and groups in memory; a group knows its members by their ids, and shows them as `members`.

    `user_key` and `group_key` name the fields that must be unique. What is named in `hidden` is never shown.
    """

    user_key: ClassVar[str] = "email"
    group_key: ClassVar[str] = "name"
    hidden: ClassVar[frozenset[str]] = frozenset({"password"})

    def __init__(self, **frame: Any) -> None:
        super().__init__(**frame)
        self.accounts = Records("user", self.user_key)
        self.teams = Records("group", self.group_key)

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

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record as an answer shows it."""
        return {name: value for name, value in record.items() if name not in self.hidden}

    # Users

    def find_user(self, id_: str) -> dict[str, Any]:
        """Find an account by its id."""
        return self.accounts.find(id_)

    def get_users(self) -> Any:
        """Show every user."""
        return [self.shown(user) for user in self.accounts.all()]

    def get_user(self, user: dict[str, Any]) -> Any:
        """Show one user."""
        return self.shown(user)

    def create_user(self, body: dict[str, Any]) -> Any:
        """Make a user."""
        return self.shown(self.accounts.create(self.new_id(), body))

    def update_user(self, user: dict[str, Any], body: dict[str, Any]) -> Any:
        """Change what is sent."""
        return self.shown(self.accounts.update(user, body))

    def delete_user(self, user: dict[str, Any]) -> None:
        """Delete a user, who leaves every group."""
        self.accounts.delete(user)
        for team in self.teams.all():
            self.leave(team, user)

    # Groups

    def find_group(self, id_: str) -> dict[str, Any]:
        """Find a group by its id."""
        return self.teams.find(id_)

    def get_groups(self) -> Any:
        """Show every group."""
        return [self.shown(team) for team in self.teams.all()]

    def get_group(self, team: dict[str, Any]) -> Any:
        """Show one group."""
        return self.shown(team)

    def create_group(self, body: dict[str, Any]) -> Any:
        """Make a group without members."""
        return self.shown(self.teams.create(self.new_id(), {"members": [], **body}))

    def update_group(self, team: dict[str, Any], body: dict[str, Any]) -> Any:
        """Change what is sent; the members stay."""
        return self.shown(self.teams.update(team, body))

    def delete_group(self, team: dict[str, Any]) -> None:
        """Delete a group; its members stay."""
        self.teams.delete(team)

    # Members

    def join(self, team: dict[str, Any], user: dict[str, Any]) -> None:
        """Put a user into a group; who is in it already stays."""
        if user["id"] not in team["members"]:
            team["members"].append(user["id"])

    def leave(self, team: dict[str, Any], user: dict[str, Any]) -> None:
        """Take a user out of a group."""
        if user["id"] in team["members"]:
            team["members"].remove(user["id"])
