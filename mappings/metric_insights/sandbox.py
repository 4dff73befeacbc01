"""Metric Insights' Privilege and Privilege Set API, emulated from the vendor's article.

https://help.metricinsights.com/m/API_Access

The article shows the answers to reads and none to writes, no error and no login call. What it leaves open is a
parameter of the sandbox; that filters are query parameters, that an error is `{"error": …}` and which status it
has is assumed.
"""

from itertools import count
from typing import Any, ClassVar, Literal

from werkzeug.wrappers import Request

from mappings.sandbox import Sandbox, Tokens
from mappings.sandbox_calls import Operation, RefusedError
from mappings.sandbox_fields import TEXT, Fields, Kind, one_of
from mappings.sandbox_offers import Offer

_ID = Kind(
    "an id",
    lambda value: (
        (isinstance(value, str) and value.isdecimal()) or (isinstance(value, int) and not isinstance(value, bool))
    ),
)
_NAME = Fields({"name": TEXT})
_ASSIGNMENT = Fields({"privilege_set_id": _ID, "privilege_id": _ID})
_APPLICATION = Fields({"app_id": TEXT, "app_key": TEXT})
_YES_OR_NO = one_of("Y", "N")
_FILTERS = Fields(optional={"class": TEXT, "for_power_users_only": _YES_OR_NO, "power_user_can_assign": _YES_OR_NO})
_FIELD_OF_FILTER = {"for_power_users_only": "for_power_user_only"}  # spelt in two ways in the article

_PRIVILEGE_FIELDS = ("id", "name", "class", "for_power_user_only", "power_user_can_assign", "required_privilege")
_PRIVILEGES = (
    (2, "Add Annotation", "Collaboration", "N", "Y", None),
    (6, "Set Homepage Refresh Frequency", "Personal Settings", "N", "Y", "12"),
    (12, "Access My Settings", "Personal Settings", "N", "Y", None),
    (14, "View Reports", "Viewer Access", "N", "Y", None),
    (15, "Export Reports", "Viewer Access", "N", "Y", "14"),
    (20, "Distribute Reports", "Power User Content Security", "Y", "N", "12, 15"),
    (21, "Use API Toolkit", "Power User Content Security", "Y", "N", ""),
)
_DESCRIPTIONS = {
    2: "Add explanatory text to data points on Metric or Report Charts",
    6: "Modify the refresh frequency of the Homepage in milliseconds",
}
_SETS = {1: "Regular User", 2: "Power User", 3: "Demo Privilege Set", 5: "Distributor's Privilege Set"}
_ASSIGNMENTS = ((1, 1, 2), (7, 1, 12), (13, 1, 6), (17, 5, 14))


class MetricInsightsSandbox(Sandbox):
    """Privileges cannot be changed; privilege sets and their assignments can, by anybody with a token.

    `credentials`: what a target is given: a personal token, or an application whose tokens live for
    `token_seconds` and `token_calls`. What the article leaves open: `created`: the answer to a create; `names`:
    whether two sets may have one name; `leftovers`: whether assignments outlive their set; `prerequisites`:
    whether a privilege without what it requires is refused; `again`: what assigning a privilege twice does; `ids`:
    how ids are written in answers.
    """

    vendor: ClassVar[str] = "metric_insights"
    offer: ClassVar = Offer(
        "privileges", "20", "Distribute Reports", ("Access My Settings", "View Reports", "Export Reports")
    )
    operations: ClassVar[tuple[Operation, ...]] = (
        Operation("POST", "/api/get_token", "get_token", body=_APPLICATION, admitted_by="anybody"),
        Operation("GET", "/api/privilege", "get_privileges", query=_FILTERS),
        Operation("GET", "/api/privilege/id/{privilege}", "get_privilege"),
        Operation("GET", "/api/privilege_set", "get_sets"),
        Operation("GET", "/api/privilege_set/id/{set}", "get_set"),
        Operation("POST", "/api/privilege_set", "create_set", body=_NAME),
        Operation("PUT", "/api/privilege_set/id/{set}", "update_set", body=_NAME),
        Operation("DELETE", "/api/privilege_set/id/{set}", "delete_set"),
        Operation("GET", "/api/privilege_set_privilege", "get_assignments"),
        Operation("GET", "/api/privilege_set_privilege/id/{assignment}", "get_assignment"),
        Operation("POST", "/api/privilege_set_privilege", "assign", body=_ASSIGNMENT),
        Operation("DELETE", "/api/privilege_set_privilege/id/{assignment}", "remove"),
    )

    def __init__(
        self,
        *,
        credentials: Literal["personal", "application"] = "personal",
        token_seconds: float | None = None,
        token_calls: int | None = None,
        created: Literal["nothing", "name", "bare", "wrapped"] = "nothing",
        names: Literal["unique", "free"] = "free",
        leftovers: bool = False,
        prerequisites: bool = True,
        again: Literal["refuse", "ignore", "twice"] = "refuse",
        ids: Literal["numbers", "texts"] = "numbers",
        **frame: Any,
    ) -> None:
        super().__init__(**frame)
        self._application = {"app_id": "sandbox-app-id", "app_key": "sandbox-app-key"}
        self._personal = "sandbox-personal-token"
        self.credentials = {"token": self._personal} if credentials == "personal" else dict(self._application)
        self.tokens = Tokens(self.clock, token_seconds, token_calls)
        self._created, self._names, self._leftovers = created, names, leftovers
        self._prerequisites, self._again, self._ids = prerequisites, again, ids
        self.privileges = {row[0]: _privilege(row) for row in _PRIVILEGES}
        self.sets: dict[int, dict[str, Any]] = {id_: {"id": id_, "name": name} for id_, name in _SETS.items()}
        self._set_ids, self._assignment_ids = count(7, 2), count(19, 2)  # with gaps, and none ever comes again
        self.assignments = {row[0]: _assignment(*row) for row in _ASSIGNMENTS}

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`: the API knows none."""
        return []

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`; `privileges` are the ids of each set's privileges."""
        return [
            {
                "id": str(each["id"]),
                "name": each["name"],
                "members": [],
                "privileges": sorted(self.held(each["id"])),
                "grants": [self.privileges[id_]["name"] for id_ in self.held(each["id"])],
            }
            for each in self.sets.values()
        ]

    def held(self, set_id: int) -> list[int]:
        """Return the privileges of a set, one as often as it is assigned."""
        return [one["privilege_id"] for one in self.assignments.values() if one["privilege_set_id"] == set_id]

    # Access

    def authenticate(self, request: Request) -> None:
        """Admit a personal token as a bearer, or an application's token in a header of its own."""
        if request.headers.get("Authorization") == f"Bearer {self._personal}":
            return
        if self.tokens.owner(request.headers.get("Token", "")) is None:
            raise RefusedError(401, "Invalid token")

    def get_token(self, body: dict[str, Any]) -> dict[str, Any]:
        """Exchange an application's id and key for a token."""
        if body != self._application:
            raise RefusedError(401, "Unknown application")
        return {"token": self.tokens.issue(f"{self.random.getrandbits(128):032x}", body["app_id"])}

    def perform(self, operation: Operation, arguments: list[Any], query: dict[str, str]) -> Any:
        """Write the ids of an answer as `ids` says; a filter is called as the article calls it."""
        result = getattr(self, operation.handler)(*arguments, *([query] if operation.query is _FILTERS else []))
        return _texts(result) if self._ids == "texts" else result

    # Privileges

    def find_privilege(self, id_: str) -> dict[str, Any]:
        """Find a privilege by its id."""
        return _found(self.privileges, id_, "Privilege")

    def get_privileges(self, filters: dict[str, str]) -> dict[str, Any]:
        """Show the privileges that meet every filter."""
        wanted = {_FIELD_OF_FILTER.get(name, name): value for name, value in filters.items()}
        chosen = [one for one in self.privileges.values() if wanted.items() <= one.items()]
        return {"privileges": chosen}

    def get_privilege(self, privilege: dict[str, Any]) -> dict[str, Any]:
        """Show one privilege."""
        return {"privilege": privilege}

    # Privilege sets

    def find_set(self, id_: str) -> dict[str, Any]:
        """Find a privilege set by its id."""
        return _found(self.sets, id_, "Privilege Set")

    def get_sets(self) -> dict[str, Any]:
        """Show every privilege set."""
        return {"privilege_sets": list(self.sets.values())}

    def get_set(self, found: dict[str, Any]) -> dict[str, Any]:
        """Show one privilege set."""
        return {"privilege_set": found}

    def create_set(self, body: dict[str, Any]) -> Any:
        """Make a privilege set without any privilege; see `created`."""
        self._check_name(body["name"], None)
        made = {"id": next(self._set_ids), "name": body["name"]}
        self.sets[made["id"]] = made
        return {"nothing": None, "name": dict(body), "bare": made, "wrapped": {"privilege_set": made}}[
            self._created
        ]

    def update_set(self, found: dict[str, Any], body: dict[str, Any]) -> None:
        """Rename a privilege set."""
        self._check_name(body["name"], found)
        found["name"] = body["name"]

    def delete_set(self, found: dict[str, Any]) -> None:
        """Delete a privilege set, with its assignments unless `leftovers`."""
        del self.sets[found["id"]]
        for one in list(self.assignments.values()):
            if one["privilege_set_id"] == found["id"] and not self._leftovers:
                del self.assignments[one["id"]]

    def _check_name(self, name: str, own: dict[str, Any] | None) -> None:
        taken = any(each["name"] == name and each is not own for each in self.sets.values())
        if taken and self._names == "unique":
            raise RefusedError(400, f"Privilege Set {name} exists already")

    # Assignments

    def find_assignment(self, id_: str) -> dict[str, Any]:
        """Find an assignment by its own id."""
        return _found(self.assignments, id_, "Assignment")

    def get_assignments(self) -> dict[str, Any]:
        """Show every assignment of a privilege to a privilege set."""
        return {"privilege_set_privileges": list(self.assignments.values())}

    def get_assignment(self, assignment: dict[str, Any]) -> dict[str, Any]:
        """Show one assignment."""
        return {"privilege_set_privilege": assignment}

    def assign(self, body: dict[str, Any]) -> None:
        """Assign a privilege to a privilege set that holds what it requires."""
        privilege = self.find_privilege(str(body["privilege_id"]))
        set_id = self.find_set(str(body["privilege_set_id"]))["id"]
        held = self.held(set_id)
        if privilege["id"] in held and self._again == "refuse":
            raise RefusedError(400, "The privilege is assigned already")
        if self._prerequisites and not _required(privilege) <= set(held):
            raise RefusedError(400, f"Privilege {privilege['id']} requires {privilege['required_privilege']}")
        if privilege["id"] not in held or self._again == "twice":
            id_ = next(self._assignment_ids)
            self.assignments[id_] = _assignment(id_, set_id, privilege["id"])

    def remove(self, assignment: dict[str, Any]) -> None:
        """Remove an assignment that nothing else in the set requires."""
        rest = self.held(assignment["privilege_set_id"])
        rest.remove(assignment["privilege_id"])
        dangling = [id_ for id_ in rest if not _required(self.privileges[id_]) <= set(rest)]
        if self._prerequisites and dangling and assignment["privilege_set_id"] in self.sets:
            raise RefusedError(400, f"Privilege {assignment['privilege_id']} is required by {dangling[0]}")
        del self.assignments[assignment["id"]]


def _privilege(row: tuple[Any, ...]) -> dict[str, Any]:
    fields = dict(zip(_PRIVILEGE_FIELDS, row, strict=True))
    return {**fields, "description": _DESCRIPTIONS.get(fields["id"], "")}


def _assignment(id_: int, set_id: int, privilege_id: int) -> dict[str, Any]:
    return {"id": id_, "privilege_set_id": set_id, "privilege_id": privilege_id}


def _required(privilege: dict[str, Any]) -> set[int]:
    return {int(id_) for id_ in (privilege["required_privilege"] or "").split(",") if id_.strip()}


def _found(records: dict[int, dict[str, Any]], id_: str, word: str) -> dict[str, Any]:
    if not id_.isdecimal() or int(id_) not in records:
        raise RefusedError(404, f"{word} not found")
    return records[int(id_)]


def _texts(value: Any) -> Any:
    """Write every number as a text."""
    if isinstance(value, dict):
        return {name: _texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return str(value) if isinstance(value, int) else value


SANDBOX = MetricInsightsSandbox
