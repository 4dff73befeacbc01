"""Lists as a client asks for them: sorted, by index, from a cursor, by GET and by POST, of one kind and of all."""

import re

import pytest

from app.scim.schemas import ENTERPRISE_USER, USER
from tests.directory.counting import counted

PEOPLE = {
    "carl": {"title": "b", "name": {"familyName": "Zola", "givenName": "Carl"}, "externalId": "B2"},
    "Ann": {"title": "C", "name": {"familyName": "Ångström"}, "externalId": "a1", "active": False},
    "bob": {"title": "a", "name": {"givenName": "Bob"}, ENTERPRISE_USER.id: {"department": "Sales"}},
    "Dora": {"name": {"familyName": "abel"}, "externalId": "A3", ENTERPRISE_USER.id: {"department": "finance"}},
}
"""In the order in which they are hired."""
GROUPS = {"beta": "bob", "Alpha": "Dora"}


@pytest.fixture
def bridge(build):
    made = build("squirro")
    people = {name: made.hire(name, **more) for name, more in PEOPLE.items()}
    for group, member in GROUPS.items():
        made.found(group, [people[member]])
    return made


def names(answer):
    assert answer.status == 200, answer.body
    return [each.get("userName", each.get("displayName")).partition("@")[0] for each in answer.body["Resources"]]


def refused(answer, scim_type):
    assert (answer.status, answer.body["scimType"]) == (400, scim_type)
    return answer.body["detail"]


SORTED = {
    "userName": ["Ann", "bob", "carl", "Dora"],
    "USERNAME": ["Ann", "bob", "carl", "Dora"],
    f"{USER.id}:userName": ["Ann", "bob", "carl", "Dora"],
    "title": ["bob", "carl", "Ann", "Dora"],
    "name.familyName": ["Dora", "carl", "Ann", "bob"],
    "externalId": ["Dora", "carl", "Ann", "bob"],
    "active": ["Ann", "carl", "bob", "Dora"],
    "emails": ["Ann", "bob", "carl", "Dora"],
    "emails.value": ["Ann", "bob", "carl", "Dora"],
    f"{ENTERPRISE_USER.id}:department": ["Dora", "bob", "carl", "Ann"],
    "department": ["Dora", "bob", "carl", "Ann"],
    "meta.created": ["carl", "Ann", "bob", "Dora"],
    "groups.display": ["Dora", "bob", "carl", "Ann"],
    "": ["carl", "Ann", "bob", "Dora"],
}
"""Case counts where the schema says so; who has no value comes last, in the order of creation."""


def test_a_list_is_sorted_by_any_attribute_and_descending_is_the_same_backwards(bridge):
    for sort_by, expected in SORTED.items():
        assert names(bridge.get(f"/Users?sortBy={sort_by}")) == expected, sort_by
        assert names(bridge.get(f"/Users?sortBy={sort_by}&sortOrder=Ascending")) == expected, sort_by
        backwards = expected[::-1] if sort_by else expected
        assert names(bridge.get(f"/Users?sortBy={sort_by}&sortOrder=descending")) == backwards, sort_by
    body = {"SORTBY": "title", "sortorder": "descending", "startIndex": 2, "Count": 2, "attributes": ["title"]}
    page = bridge.post("/Users/.search", body).body
    assert [each["title"] for each in page["Resources"]] == ["C", "b"]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (4, 2, 2)


@pytest.mark.parametrize("path", ["/Users", "/Roles", ""])
def test_what_cannot_be_sorted_by_is_refused(bridge, path):
    for query in (
        "sortBy=nope",
        "sortBy=meta",
        "sortBy=userName&sortOrder=up",
        f"sortBy={USER.id}",
        "sortBy=password",
    ):
        refused(bridge.get(f"{path}?{query}"), "invalidValue")
    refused(bridge.get("/Users?sortBy=name"), "invalidValue")


def test_the_root_is_one_list_users_first_or_in_one_order(bridge):
    everybody = [*PEOPLE, *GROUPS]
    assert names(bridge.get("")) == everybody
    for start in range(1, 8):
        page = bridge.get(f"?startIndex={start}&count=3")
        assert names(page) == everybody[start - 1 : start + 2]
        assert page.body["totalResults"] == 6
    in_order = ["Alpha", "Ann", "beta", "bob", "carl", "Dora"]
    for name in PEOPLE:
        (user,) = bridge.get(f'/Users?filter=userName sw "{name}@"').body["Resources"]
        bridge.patch(f"/Users/{user['id']}", {"op": "add", "path": "displayName", "value": name})
    with counted(bridge.parts.database) as cost:
        assert names(bridge.get("?sortBy=displayName")) == in_order
    lists = [text for text in cost.statements if "FROM resource" in text and "member" not in text]
    assert len(lists) == 2  # the count and the page
    assert names(bridge.post("/.search", {"sortBy": "displayName", "sortOrder": "descending"})) == in_order[::-1]
    assert names(bridge.get("?sortBy=userName&count=5")) == ["Ann", "bob", "carl", "Dora", "beta"]
    assert names(bridge.get('?filter=displayName co "a"&sortBy=displayName')) == [
        "Alpha",
        "Ann",
        "beta",
        "carl",
        "Dora",
    ]
    assert names(bridge.get("?filter=meta.resourceType eq Group or userName pr")) == everybody
    assert names(bridge.get("?filter=userName pr")) == [*PEOPLE]


def test_a_filter_finds_what_is_shown_of_references_and_of_meta(bridge):
    assert names(bridge.get('/Users?filter=groups.type eq "direct"')) == ["bob", "Dora"]
    assert names(bridge.get('/Groups?filter=members[type eq "User" and value pr]&sortBy=members')) != []
    (bob, _) = bridge.get("/Users?filter=groups pr").body["Resources"]
    assert names(bridge.get(f'/Groups?filter=members.$ref eq "{bob["meta"]["location"]}"')) == ["beta"]
    assert names(bridge.get(f'?filter=meta.location eq "{bob["meta"]["location"]}"')) == ["bob"]


def walk(ask, count, link="nextCursor", cursor=""):
    """Follow the cursors to the end; return the names on each page, and the last answer."""
    pages = []
    while True:
        answer = ask({"cursor": cursor, "count": count})
        pages.append(names(answer))
        assert "startIndex" not in answer.body
        assert answer.body["itemsPerPage"] == len(pages[-1])
        if link not in answer.body:
            return pages, answer.body
        cursor = answer.body[link]
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)


def test_cursors_lead_to_the_last_page_and_back_to_the_first(bridge):
    for path, sort_by, expected in (
        ("/Users", None, [*PEOPLE]),
        ("/Users", "title", SORTED["title"]),
        ("/Users", "userName", SORTED["userName"]),
        ("", None, [*PEOPLE, *GROUPS]),
        ("", "externalId", [*SORTED["externalId"], *GROUPS]),
    ):
        more = {"sortBy": sort_by} if sort_by else {}

        def by_get(query, path=path, more=more):
            return bridge.get(f"{path}?{'&'.join(f'{k}={v}' for k, v in {**query, **more}.items())}")

        def by_post(query, path=path, more=more):
            return bridge.post(f"{path}/.search", {**query, **more})

        for ask in (by_get, by_post):
            pages, last = walk(ask, 3)
            assert pages == [expected[:3], expected[3:]]
            assert last["totalResults"] == len(expected)
            back, first = walk(ask, 2, "previousCursor", last["previousCursor"])
            assert [name for page in back[::-1] for name in page] == expected[:3]
            assert "previousCursor" not in first
            assert "nextCursor" in first
    assert "previousCursor" not in bridge.get("/Users?cursor&count=2").body
    assert names(bridge.get("/Users?cursor")) == [*PEOPLE]


def test_a_cursor_outlives_the_resource_it_stands_on_and_shows_nobody_twice(bridge):
    first = bridge.get("/Users?cursor&count=2&sortBy=userName").body
    for gone in first["Resources"]:
        assert bridge.delete(f"/Users/{gone['id']}").status == 204
    bridge.hire("aaron")
    rest = bridge.get(f"/Users?cursor={first['nextCursor']}&count=2&sortBy=userName")
    assert names(rest) == ["carl", "Dora"]
    assert rest.body["totalResults"] == 3
    assert "nextCursor" not in rest.body
    assert names(bridge.get(f"/Users?cursor={rest.body['previousCursor']}&sortBy=userName")) == ["aaron"]


def test_a_page_of_nothing_tells_the_total_and_stays_where_it_is(bridge):
    for count in (0, -5):
        empty = bridge.get(f"/Users?cursor&count={count}").body
        assert (empty["totalResults"], empty["itemsPerPage"], empty["Resources"]) == (4, 0, [])
        assert names(bridge.get(f"/Users?cursor={empty['nextCursor']}&count=1")) == ["carl"]
    nobody = bridge.get('/Users?cursor&filter=userName eq "nobody"').body
    assert (nobody["totalResults"], nobody["Resources"]) == (0, [])
    assert not {"nextCursor", "previousCursor"} & nobody.keys()
    assert bridge.get("/Users?cursor&count=100000").body["itemsPerPage"] == 4


def test_a_cursor_of_another_list_or_a_mangled_one_is_refused(bridge):
    cursor = bridge.get("/Users?cursor&count=1&sortBy=title&filter=active eq true").body["nextCursor"]
    same = "sortBy=title&filter=active eq true"
    assert bridge.get(f"/Users?{same}&sortOrder=ascending&count=3&attributes=id&cursor={cursor}").status == 200
    for path, query in (
        ("/Users", "sortBy=userName&filter=active eq true"),
        ("/Users", f"{same}&sortOrder=descending"),
        ("/Users", "sortBy=title"),
        ("/Users", "sortBy=title&filter=active eq false"),
        ("", same),
    ):
        refused(bridge.get(f"{path}?{query}&cursor={cursor}"), "invalidCursor")
    swapped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for wrong in (
        cursor[:-1],
        cursor[1:],
        cursor + "A",
        swapped,
        cursor.swapcase(),
        "x",
        "%00",
        "%F0%9F%98%80",
        "a b",
    ):
        refused(bridge.get(f"/Users?{same}&cursor={wrong}"), "invalidCursor")
    refused(bridge.post("/Users/.search", {"sortBy": "title", "cursor": f"{cursor}="}), "invalidCursor")


def test_numbers_that_are_none_and_two_ways_to_page_are_refused(bridge):
    for wrong in ("many", "1.5", "1_0", "0x1", "٣"):
        refused(bridge.get(f"/Users?cursor&count={wrong}"), "invalidCount")
        refused(bridge.get(f"/Users?count={wrong}"), "invalidValue")
        refused(bridge.get(f"/Users?startIndex={wrong}"), "invalidValue")
    refused(bridge.post("/Users/.search", {"cursor": "", "count": 1.5}), "invalidCount")
    refused(bridge.get("/Users?cursor&startIndex=2"), "invalidValue")
    assert names(bridge.get("/Users?cursor&startIndex=1&count=1")) == ["carl"]


def test_what_a_vendor_offers_is_sorted_and_paged_the_same_way(build):
    bridge = build("periscope")
    everything = [each["display"] for each in bridge.get("/Roles?sortBy=display").body["Resources"]]
    assert everything == sorted(everything, key=str.casefold)
    assert len(everything) > 2
    downward, cursor = [], ""
    while cursor is not None:
        page = bridge.get(f"/Roles?sortBy=display&sortOrder=descending&count=1&cursor={cursor}").body
        downward += [each["display"] for each in page["Resources"]]
        cursor = page.get("nextCursor")
    assert downward == everything[::-1]
    assert page["totalResults"] == len(everything)
    refused(bridge.get("/Roles?cursor=x"), "invalidCursor")


def test_the_configuration_promises_what_lists_do(bridge):
    config = bridge.get("/ServiceProviderConfig").body
    assert config["sort"] == {"supported": True}
    pagination = config["pagination"]
    assert (pagination["cursor"], pagination["index"]) == (True, True)
    assert pagination["defaultPaginationMethod"] == "index"
    assert "startIndex" in bridge.get("/Users").body
    assert pagination["maxPageSize"] == config["filter"]["maxResults"] == pagination["defaultPageSize"]
