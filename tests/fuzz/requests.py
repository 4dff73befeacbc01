"""Requests: a method, an address, a query, headers and a body that go together, mostly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from app.scim.resource_type import ResourceType
from tests.fuzz import values

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ADDRESSES: Mapping[str, str] = {
    "": "User", "/.search": "User", "/Users": "User", "/Groups": "Group", "/Users/.search": "User",
    "/Groups/.search": "Group", "/Users/{user}": "User", "/Groups/{group}": "Group", "/Users/{odd}": "User",
    "/Groups/{odd}": "Group", "/Roles": "Role", "/Roles/.search": "Role", "/Roles/{odd}": "Role",
    "/Entitlements": "Entitlement", "/Entitlements/{odd}": "Entitlement", "/ServiceProviderConfig": "User",
    "/ResourceTypes": "User", "/ResourceTypes/User": "User", "/ResourceTypes/{odd}": "User", "/Schemas": "User",
    "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User": "User", "/Schemas/{odd}": "User", "/Me": "User",
    "/Me/{odd}": "User", "/Bulk": "User", "/{odd}": "User", "/Users/{user}/{odd}": "User",
}  # fmt: skip
"""Where a request can go, and the resource type that its query and body are about."""
WEIGHTED = [*ADDRESSES, *["/Users", "/Groups", "/Users/{user}", "/Groups/{group}", "/Bulk"] * 4]
EACH = ("PUT", "PATCH", "PATCH", "DELETE", "GET")
USUAL = {"/Users": ("POST", "GET"), "/Groups": ("POST", "GET"), "/Bulk": ("POST",), "/.search": ("POST",)}
USUAL |= {"/Users/.search": ("POST",), "/Groups/.search": ("POST",), "/Roles/.search": ("POST",)}
USUAL |= dict.fromkeys(("/Users/{user}", "/Groups/{group}", "/Users/{odd}", "/Groups/{odd}"), EACH)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``{user}`` and ``{group}`` in it become ids that there are, ``nth`` says which.

    ``{cursor}`` and ``{tag}`` are those of the latest answer that had one.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    nth: int = 0


odd_ids = st.one_of(
    st.sampled_from(
        ["%00", "%2F", "%FF", "a%2Fb", ";", "+", "%20", "%", "%zz", "..", "1" * 3000, ".search", "%0A"]
    ),
    values.texts.map(lambda text: "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "replace"))),
)
tags = st.sampled_from(["{tag}", 'W/"x", {tag}', "*", 'W/"x"', '"*"', '"', 'W/"a", "b', "", "x", ",", '"a,b"'])
headers = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": tags,
        "If-None-Match": tags,
        "Accept": st.sampled_from(["application/scim+json", "*/*", "text/html", ";q=,", "application/*;q=x", ""]),
        "Content-Encoding": st.sampled_from(["identity", "gzip"]),
        "Content-Type": st.sampled_from(
            [
                "application/json",
                "application/scim+json; charset=utf-8",
                "text/xml",
                ";;",
                "application/json;charset=",
            ]
        ),
    },
)


def query(type_: ResourceType) -> st.SearchStrategy[list[tuple[str, str]]]:
    """The protocol's parameters in any case, and others."""
    integers = st.one_of(st.integers(-2, 300).map(str), st.sampled_from(["", "x", "1.5", "9" * 30, "1_0", "١"]))
    names = st.lists(values.path(type_), max_size=3).map(",".join)
    parameters = {
        "filter": values.filter_(type_),
        "sortBy": values.path(type_),
        "sortOrder": st.sampled_from(["ascending", "descending", "Descending", "", "x"]),
        "startIndex": integers,
        "count": integers,
        "cursor": st.one_of(
            st.sampled_from(["", "", "{cursor}", "{cursor}", "{cursor}x", "AAAA", "W10="]), values.texts
        ),
        "attributes": names,
        "excludedAttributes": names,
        "aadOptscim062020": st.just(""),
    }
    some = [st.tuples(values.in_any_case(name), each) for name, each in parameters.items()]
    return st.lists(st.one_of(*some), max_size=4)


def search(type_: ResourceType) -> st.SearchStrategy[object]:
    given = query(type_).map(dict)
    return st.tuples(
        given, st.dictionaries(st.sampled_from(["attributes", "count"]), values.anything, max_size=1)
    ).map(lambda parts: parts[0] | parts[1])


def patch(type_: ResourceType) -> st.SearchStrategy[object]:
    """A PATCH whose values fit their paths, mostly."""
    known = {each.name: each for each in type_.attributes.values()}
    fitting = st.sampled_from(sorted(known)).flatmap(
        lambda name: st.fixed_dictionaries({"path": st.just(name), "value": values.value(known[name])})
    )
    pathless = st.fixed_dictionaries({"value": values.resource(type_)})
    free = st.fixed_dictionaries({}, optional={"path": values.path(type_), "value": values.anything})
    verbs = st.sampled_from(["add", "replace", "remove", "Add", "Replace", "move"])
    operation = st.tuples(st.one_of(fitting, fitting, pathless, free), verbs).map(
        lambda two: two[0] | {"op": two[1]}
    )
    listed = st.lists(values.often(operation, values.anything), min_size=1, max_size=3)
    return listed.map(lambda operations: {"schemas": [PATCH_OP], "Operations": operations})


def bulk(types: Mapping[str, ResourceType]) -> st.SearchStrategy[object]:
    """Operations that refer to one another, some of them in circles."""
    ids = st.sampled_from(["a", "b", "c"])
    users, groups = (values.resource(types[name]) for name in ("User", "Group"))
    linked = st.lists(ids.map(lambda id_: {"value": f"bulkId:{id_}"}), max_size=3).map(
        lambda members: {"displayName": "Bulk", "members": members}
    )
    created = st.one_of(
        st.fixed_dictionaries({"path": st.just("/Users"), "data": users}),
        st.fixed_dictionaries({"path": st.just("/Groups"), "data": st.one_of(groups, linked)}),
    ).map(lambda each: each | {"method": "POST"})
    changed = st.fixed_dictionaries(
        {
            "method": st.sampled_from(["PUT", "PATCH", "DELETE", "GET", "patch"]),
            "path": st.sampled_from(["/Users/{user}", "/Groups/{group}", "/Users/bulkId:a", "/Nope", "/Users/", 7]),
            "data": st.one_of(users, patch(types["User"]), values.anything),
        },
        optional={"version": tags},
    )
    one = st.tuples(st.one_of(created, created, changed), ids).map(lambda two: two[0] | {"bulkId": two[1]})
    listed = st.lists(values.often(one, values.anything), max_size=4)
    limits = st.fixed_dictionaries({}, optional={"failOnErrors": st.one_of(st.integers(-1, 3), values.scalars)})
    return st.tuples(listed, limits).map(lambda two: {"schemas": [BULK], "Operations": two[0], **two[1]})


def _bytes(body: object, damage: str) -> bytes:
    sent = json.dumps(body, ensure_ascii=damage == "ascii").encode("utf-8", "replace")
    match damage:
        case "cut":
            return sent[: len(sent) // 2]
        case "twice":
            return sent.replace(b"{", b'{"active": false, "active": true, ', 1)
        case "bom":
            return b"\xef\xbb\xbf" + sent
        case "utf-16":
            return sent.decode().encode("utf-16")
    return sent


damages = st.sampled_from(["", "", "", "", "", "", "ascii", "cut", "twice", "bom", "utf-16"])


def requests(types: Mapping[str, ResourceType]) -> st.SearchStrategy[Request]:
    """Any request to a target with these resource types."""
    every = {name: types.get(name, types["User"]) for name in {*ADDRESSES.values()}}
    resources = {name: values.resource(type_) for name, type_ in every.items()}
    patches = {name: patch(type_) for name, type_ in every.items()}
    searches = {name: search(type_) for name, type_ in every.items()}
    queries = {name: query(type_) for name, type_ in every.items()}
    bulks = bulk(every)

    @st.composite
    def request(draw: st.DrawFn) -> Request:
        address = draw(st.sampled_from(WEIGHTED))
        name = ADDRESSES[address]
        method = draw(st.sampled_from(USUAL.get(address, ("GET",)) * 10 + METHODS))
        content = None
        if method in {"POST", "PUT", "PATCH"}:
            usual = searches if address.endswith(".search") else patches if method == "PATCH" else resources
            body = draw(bulks if address == "/Bulk" else usual[name])
            content = _bytes(body, draw(damages))
        return Request(
            method,
            address.replace("{odd}", draw(odd_ids) if "{odd}" in address else ""),
            tuple(draw(queries[name])) if draw(st.integers(0, 2)) == 0 or method == "GET" else (),
            draw(headers) if draw(st.integers(0, 3)) == 0 else {},
            content,
            draw(st.integers(0, 20)),
        )

    return request()
