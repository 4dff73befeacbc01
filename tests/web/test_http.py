"""HTTP as SCIM uses it: media types, versions, methods, queries, odd addresses and odd texts, at every endpoint."""

import json
import unicodedata
from urllib.parse import quote

import pytest

from app.web import media
from tests.bridge import BASE, PATCH_OP, TOKEN, USER, on_both_databases, person, replace

SCIM, JSON = media.SCIM, media.JSON
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
GROUP = {"displayName": "Finance"}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def bridge(build):
    return build("squirro")


@pytest.fixture
def periscope(build):
    return build("periscope", role_schemas="ietf")


def everywhere(bridge):
    """Return the path of one resource of each endpoint that has some."""
    ann = bridge.hire("ann")
    group = bridge.found("Finance", [ann])
    paths = [f"/Users/{ann}", f"/Groups/{group}", "/ServiceProviderConfig"]
    for endpoint in ("/ResourceTypes", "/Schemas", "/Roles", "/Entitlements"):
        paths += [f"{endpoint}/{each['id']}" for each in bridge.everything(endpoint)]
    return paths


# -- media types


def test_every_answer_is_scims_json_whatever_a_client_accepts(bridge):
    client = bridge.app.test_client()
    for path, status in (("/Users", 200), ("/Users/nobody", 404), ("/Users?filter=x", 400), ("/Nope", 404)):
        for accept in ("", "*/*", JSON, SCIM, "text/html", f"{JSON};q=0.5, {SCIM};q=0", ";;,q=,"):
            answer = client.get(BASE + path, headers={**AUTHORIZED, "Accept": accept})
            assert (answer.status_code, answer.mimetype) == (status, SCIM)
            assert answer.mimetype_params == {"charset": "utf-8"}


def test_a_body_in_another_charset_or_compressed_is_415(bridge):
    for charset in ("iso-8859-1", "UTF-16", '"us-ascii"'):
        assert bridge.post("/Users", person(), content_type=f"{SCIM}; charset={charset}").status == 415
    assert bridge.post("/Users", person(), headers={"Content-Encoding": "gzip"}).status == 415
    assert bridge.calls() == []
    for charset in ("utf-8", '"UTF-8"', "utf8"):
        assert (
            bridge.post("/Users", person(charset.strip('"')), content_type=f"{JSON}; charset={charset}").status
            != 415
        )


def test_a_body_with_a_byte_order_mark_is_read(bridge):
    assert bridge.request("POST", "/Users", data=b"\xef\xbb\xbf" + json.dumps(person()).encode()).status == 201


def test_a_name_that_stands_twice_in_an_object_is_invalid_syntax_everywhere(bridge):
    ann, group = bridge.hire("ann"), bridge.found("Finance")
    bridge.calls()
    twice = b'{"active": false, "active": true}'
    operation = b'{"op": "replace", "value": ' + twice + b"}"
    bodies = [
        ("POST", "/Users", b'{"userName": "bob@acme.example", "userName": "eve@acme.example"}'),
        ("PUT", f"/Users/{ann}", b'{"userName": "ann@acme.example", "name": {"givenName": "a", "givenName": "b"}}'),
        ("PATCH", f"/Users/{ann}", b'{"Operations": [' + operation + b"]}"),
        ("PATCH", f"/Users/{ann}", b'{"Operations": [{"op": "add", "op": "remove", "path": "title"}]}'),
        ("PATCH", f"/Groups/{group}", b'{"Operations": [], "Operations": []}'),
        ("PATCH", f"/Groups/{group}", b'{"Operations": [], "operations": []}'),
        ("PATCH", f"/Users/{ann}", b'{"Operations": [{"op": "add", "Op": "remove", "path": "title", "value": 1}]}'),
        ("POST", "/Users/.search", b'{"filter": "userName pr", "filter": "title pr"}'),
        ("POST", "/.search", b'{"filter": "userName pr", "Filter": "title pr"}'),
    ]
    for method, path, data in bodies:
        answer = bridge.request(method, path, data=data)
        assert (answer.status, answer.body["scimType"]) == (400, "invalidSyntax"), (method, path)
        assert "more than once" in answer.body["detail"]
    assert bridge.calls() == []


# -- versions


def test_every_resource_has_a_version_and_is_not_sent_again_to_whoever_has_it(periscope):
    for path in everywhere(periscope):
        answer = periscope.get(path)
        tag = answer.headers["ETag"]
        assert tag == answer.body["meta"]["version"], path
        for known in (tag, "*", f'"other,x", {tag}', tag.removeprefix("W/"), tag.strip('W/"')):
            for method in ("GET", "HEAD"):
                same = periscope.request(method, path, headers={"If-None-Match": known})
                assert (same.status, same.body, same.headers["ETag"]) == (304, None, tag), (path, known)
        for unknown in ('"other"', f'"x, {tag[3:]}', '"*"', f'"{tag[3:-1]},"', f'"a{tag[3:-1]}"', "", ",,"):
            assert periscope.get(path, headers={"If-None-Match": unknown}).status == 200, (path, unknown)
            assert periscope.get(path, headers={"If-Match": unknown}).status == 412, (path, unknown)
        assert periscope.get(path, headers={"If-Match": tag}).status == 200


def test_a_resource_in_a_list_has_the_version_that_it_has_alone(periscope):
    everywhere(periscope)
    for endpoint in ("/Users", "/Groups", "/ResourceTypes", "/Schemas", "/Roles", "/Entitlements"):
        for each in periscope.everything(endpoint):
            assert periscope.get(f"{endpoint}/{each['id']}").headers["ETag"] == each["meta"]["version"]


def test_the_version_of_a_user_changes_with_the_name_of_a_group_that_is_shown_in_it(bridge):
    ann = bridge.hire("ann")
    group = bridge.found("Finance", [ann])
    before = bridge.get(f"/Users/{ann}").headers["ETag"]
    bridge.patch(f"/Groups/{group}", replace("displayName", "Money"))
    after = bridge.get(f"/Users/{ann}", headers={"If-None-Match": before})
    assert (after.status, after.body["groups"][0]["display"]) == (200, "Money")
    assert bridge.put(f"/Users/{ann}", person("ann"), headers={"If-Match": before}).status == 200


def test_the_version_does_not_depend_on_the_attributes_that_are_asked_for(bridge):
    ann = bridge.hire("ann")
    path, group = f"/Users/{ann}", f"/Groups/{bridge.found('Finance', [ann])}"
    for each in (path, group):
        tag = bridge.get(each).headers["ETag"]
        for query in ("attributes=meta", "excludedAttributes=groups,members", "attributes=groups,members"):
            assert bridge.get(f"{each}?{query}").headers["ETag"] == tag
        (listed,) = bridge.get(f"{each.rpartition('/')[0]}?attributes=meta").body["Resources"]
        assert listed["meta"]["version"] == tag
    patched = bridge.patch(f"{path}?attributes=title", replace("title", "Dr"))
    assert patched.headers["ETag"] == bridge.get(path).headers["ETag"]


def test_every_answer_to_a_write_names_the_version_that_is_read_next(bridge):
    for endpoint, body in (("/Users", person()), ("/Groups", GROUP)):
        made = bridge.post(endpoint, body)
        path = f"{endpoint}/{made.body['id']}"
        assert bridge.get(path).headers["ETag"] == made.headers["ETag"]
        for method, change in (
            ("PATCH", {"schemas": [PATCH_OP], "Operations": [replace("externalId", "7")]}),
            ("PUT", {**body, "externalId": "8"}),
        ):
            answer = bridge.request(method, path, change)
            assert answer.status in {200, 204}
            assert bridge.get(path).headers["ETag"] == answer.headers["ETag"] != made.headers["ETag"]


def test_a_write_on_another_version_is_412_changes_nothing_and_costs_no_call(bridge):
    ann = bridge.hire("ann")
    paths = {f"/Users/{ann}": person("eve"), f"/Groups/{bridge.found('Finance', [ann])}": {"displayName": "Sales"}}
    bridge.calls()
    for path, body in paths.items():
        before = bridge.get(path)
        tag = before.headers["ETag"].partition(".")[0].rstrip('"') + '"'
        wrong = [{"If-Match": each} for each in ('"other"', 'W/"other", "more"', "", '"*"', f'"x{tag}')]
        wrong += [{"If-None-Match": each} for each in (tag, tag.removeprefix("W/"), "*", f'"a,b", {tag}')]
        for headers in wrong:
            patched = bridge.patch(path, replace("externalId", "9"), headers=headers)
            put, deleted = bridge.put(path, body, headers=headers), bridge.delete(path, headers=headers)
            assert {patched.status, put.status, deleted.status} == {412}, (path, headers)
        assert bridge.get(path).body == before.body
    assert bridge.calls() == []
    for path, body in paths.items():
        assert bridge.put(path, body, headers={"If-Match": "*"}).status == 200
        several = f'W/"other", {bridge.get(path).headers["ETag"]}'
        assert bridge.put(path, body, headers={"If-Match": several}).status == 200
        tag = bridge.get(path).headers["ETag"].removeprefix("W/")
        assert bridge.patch(path, replace("externalId", "9"), headers={"If-Match": tag}).status in {200, 204}
        assert bridge.delete(path, headers={"If-None-Match": '"other"'}).status == 204


# -- methods


def test_head_is_get_without_a_body(periscope):
    pages = [
        "/Users",
        "/Groups",
        "/Roles",
        "/Schemas",
        "/ResourceTypes",
        "",
        "/Users/nobody",
        "/Users?filter=x",
        "/Me",
    ]
    for path in everywhere(periscope) + pages:
        got, head = periscope.get(path), periscope.request("HEAD", path)
        assert (head.status, head.body) == (got.status, None)
        assert dict(head.headers) == dict(got.headers)


METHODS = [
        ("/Users", {"GET", "HEAD", "POST"}), ("/Groups", {"GET", "HEAD", "POST"}),
        ("/Users/x", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("/Users/.search", {"POST"}), ("/Groups/.search", {"POST"}), ("/Roles/.search", {"POST"}),
        ("/.search", {"POST"}), ("", {"GET", "HEAD"}),
        ("/Roles", {"GET", "HEAD"}), ("/Roles/x", {"GET", "HEAD"}), ("/Entitlements", {"GET", "HEAD"}),
        ("/ServiceProviderConfig", {"GET", "HEAD"}), ("/Schemas", {"GET", "HEAD"}), ("/Schemas/x", {"GET", "HEAD"}),
        ("/ResourceTypes", {"GET", "HEAD"}), ("/ResourceTypes/x", {"GET", "HEAD"}),
        ("/Me", set()), ("/Me/x/y", set()),
    ]  # fmt: skip


def test_options_tell_the_methods_that_an_address_takes_to_those_who_have_a_token(periscope):
    for path, allowed in METHODS:
        answer = periscope.request("OPTIONS", path)
        assert (answer.status, answer.body) == (204, None), path
        assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", *allowed}
        assert periscope.request("OPTIONS", path, token=None).status == 401
        for method in {"GET", "HEAD", "TRACE", *WRITES} - allowed if allowed else ():
            refused = periscope.request(method, path, {} if method in WRITES else None)
            assert (refused.status, set(refused.headers["Allow"].split(", "))) == (405, {"OPTIONS", *allowed})


MINE = ["/Me", "/Me/", "/Me/x", "/Me/x/y?attributes=id"]


def test_nobody_is_me_by_any_method(bridge):
    for path in MINE:
        for method in ("GET", *WRITES):
            assert bridge.request(method, path, {} if method in WRITES else None).status == 501
            assert bridge.request(method, path, token=None).status == 401


# -- queries


def test_a_parameter_is_never_ignored_for_its_case(periscope):
    ids = [periscope.hire(name) for name in ("ann", "bob", "eve")]
    found = periscope.get('/Users?Filter=userName eq "bob@acme.example"&ATTRIBUTES=userName').body
    assert found["totalResults"] == 1
    assert set(found["Resources"][0]) == {"schemas", "id", "userName"}
    page = periscope.get("/Users?startindex=2&COUNT=1").body
    assert [user["id"] for user in page["Resources"]] == ids[1:2]
    assert periscope.get('/?FILTER=userName eq "bob@acme.example"').body["totalResults"] == 1
    assert periscope.post("/Users/.search", {"FILTER": "title pr", "Count": 1}).body["totalResults"] == 0
    assert periscope.get('/Roles?Filter=display eq "none"').body["totalResults"] == 0
    for answer in (
        periscope.get(f"/Users/{ids[0]}?Attributes=userName"),
        periscope.patch(f"/Users/{ids[0]}?aTTRIBUTES=userName", replace("title", "Dr")),
        periscope.put(f"/Users/{ids[0]}?Attributes=userName", person("ann")),
        periscope.post("/Users?Attributes=userName", person("ada")),
    ):
        assert set(answer.body) == {"schemas", "id", "userName"}


@pytest.mark.parametrize(
    "query",
    ["attributes=id&attributes=title", "Attributes=id&attributes=id", "attributes=id&excludedAttributes=title"],
)
def test_a_query_that_cannot_be_is_refused_before_anything_is_written(bridge, query):
    ann = bridge.hire("ann")
    before = bridge.get(f"/Users/{ann}").body
    bridge.calls()
    for answer in (
        bridge.get(f"/Users?{query}"),
        bridge.get(f"/Users/{ann}?{query}"),
        bridge.post(f"/Users?{query}", person("bob")),
        bridge.put(f"/Users/{ann}?{query}", person("ann", title="Dr")),
        bridge.patch(f"/Users/{ann}?{query}", replace("title", "Dr")),
    ):
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert bridge.everything("/Users") == [before]
    assert bridge.calls() == []


def test_a_filter_given_twice_is_refused_and_what_nobody_knows_is_not(bridge):
    for query in ("filter=title pr&filter=userName pr", "count=1&Count=2", "startIndex=1&startIndex=1"):
        assert bridge.get(f"/Users?{query}").status == 400
    assert bridge.get("/Users?unknown=1&unknown=2&aadOptscim062020").status == 200


BROKEN = [
    "filter=%",
    "filter=%zz",
    "filter=%FF",
    "%FF=%FE",
    'filter=userName eq "%C3%28"',
    "filter=%00",
    "count=%FF",
    "startIndex=%D9%A1",
    "attributes=%FF,%00",
    "&&=&=",
    'filter=title eq "%ED%A0%80"',
    "count=" + "9" * 5000,
]


def test_a_broken_query_breaks_nothing(bridge):
    bridge.hire("ann")
    for query in BROKEN:
        for path in ("/Users", "/Groups", "/", "/Roles", "/Schemas", "/Users/x"):
            assert bridge.get(f"{path}?{query}").status in {200, 400, 403, 404}, (path, query)


WRONG_SEARCHES = [
    {"startIndex": []},
    {"count": []},
    {"count": True},
    {"attributes": 5},
    {"attributes": [5]},
    {"filter": 5},
    {"filter": ["title pr"]},
    {"sortBy": []},
    {"cursor": []},
    {"excludedAttributes": {}},
]


def test_a_search_with_a_value_of_the_wrong_type_is_invalid_syntax(bridge):
    for wrong in WRONG_SEARCHES:
        for path in ("/Users/.search", "/Groups/.search", "/.search"):
            answer = bridge.post(path, wrong)
            assert (answer.status, answer.body["scimType"]) == (400, "invalidSyntax"), (path, wrong)


def test_a_count_that_is_no_integer_is_400(bridge):
    for wrong in (1.5, "1.5", "many"):
        assert bridge.post("/Users/.search", {"count": wrong}).status == 400


def test_a_search_takes_lists_and_texts_of_names_and_numbers_and_texts_of_numbers(bridge):
    bridge.hire("ann")
    for names, count in ((["userName", "title"], 1), ("userName,title", "1"), ([], None)):
        assert len(bridge.post("/Users/.search", {"attributes": names, "count": count}).body["Resources"]) == 1


# -- discovery


def test_a_filter_on_discovery_is_403_and_everything_else_there_is_ignored(periscope):
    rest = "startIndex=2&count=1&count=0&sortBy=id&attributes=id&excludedAttributes=name"
    for path in ("/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", f"/Schemas/{USER}"):
        for name in ("filter", "Filter", "FILTER"):
            assert periscope.get(f"{path}?{name}=id pr").status == 403
        assert periscope.get(f"{path}?{rest}").body == periscope.get(path).body


def test_a_schema_is_found_by_its_urn_in_any_case(periscope):
    for each in periscope.everything("/Schemas"):
        for urn in (each["id"], each["id"].upper(), quote(each["id"], safe="")):
            assert periscope.get(f"/Schemas/{urn}").body == each
    assert periscope.get(f"/Schemas/{USER}x").status == 404


def test_only_users_are_members_and_only_directly(periscope):
    schemas = {each["name"]: each["attributes"] for each in periscope.everything("/Schemas")}
    for name, attribute, refers, type_ in (
        ("Group", "members", "User", "User"),
        ("User", "groups", "Group", "direct"),
    ):
        (found,) = (each for each in schemas[name] if each["name"] == attribute)
        subs = {each["name"]: each for each in found["subAttributes"]}
        assert subs["$ref"]["referenceTypes"] == [refers]
        assert subs["type"]["canonicalValues"] == [type_]


# -- addresses and texts


ODD_IDS = [
    "a%2Fb",
    "%00",
    "%FF",
    "a%FFb",
    "+",
    "a+b",
    "%20",
    "a%20b",
    ";",
    "a;b=c",
    "%",
    "%zz",
    "..",
    "%2E%2E",
    ".",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "x%0Ay",
    ".search2",
]


def test_an_odd_id_is_404_at_every_endpoint(periscope):
    for id_ in ODD_IDS:
        for endpoint in ("/Users", "/Groups", "/Roles", "/Schemas", "/ResourceTypes"):
            assert periscope.get(f"{endpoint}/{id_}").status == 404, (endpoint, id_)
        for endpoint, body in (("/Users", person()), ("/Groups", GROUP)):
            path = f"{endpoint}/{id_}"
            patched, put = periscope.patch(path, replace("title", "x")), periscope.put(path, body)
            assert {patched.status, put.status, periscope.delete(path).status} == {404}, path


@on_both_databases
def test_an_id_that_no_index_holds_is_404(build):
    bridge = build("squirro")
    id_ = "".join(map("{:x}".format, (7**number for number in range(1, 100))))[:8192]
    for endpoint, body in (("/Users", person()), ("/Groups", GROUP)):
        path = f"{endpoint}/{id_}"
        answers = [bridge.get(path), bridge.put(path, body), bridge.patch(path, replace("displayName", "x"))]
        assert {answer.status for answer in (*answers, bridge.delete(path))} == {404}
        for filter_ in (f'id eq "{id_}"', f'externalId eq "{id_}"', f'displayName co "{id_[:1000]}"'):
            assert bridge.get(f"{endpoint}?filter={filter_}").status in {200, 400}
    member = {"displayName": "Finance", "members": [{"value": id_}]}
    assert bridge.post("/Groups", member).status == 400


TEXTS = [
    "e\u0301",
    "\u00e9",
    "👩\u200d👩\u200d👧",
    "\u202eabc\u202c",
    "שלום",
    "\ufeffx",
    "\u0085",
    "İ",
    "a\tb\nc",
    " x ",
    "\U0010ffff",
]


@on_both_databases
def test_a_text_comes_back_as_it_was_sent_whatever_it_is_made_of(build):
    bridge = build("squirro")
    for number, text in enumerate(TEXTS):
        sent = person(f"p{number}", displayName=text, title=text, externalId=f"{text}{number}")
        made = bridge.post("/Users", sent)
        got = bridge.get(f"/Users/{made.body['id']}").body
        assert [got[name] for name in ("displayName", "title", "externalId")] == [text, text, f"{text}{number}"]
        found = bridge.get(f"/Users?filter={quote(f'title eq {json.dumps(text)}')}").body
        assert made.body["id"] in [user["id"] for user in found["Resources"]]


@on_both_databases
def test_a_user_name_is_unique_in_any_case_and_in_the_composition_that_it_was_sent_in(build):
    bridge = build("squirro")
    composed, decomposed = (unicodedata.normalize(form, "josé@acme.example") for form in ("NFC", "NFD"))
    email = {"emails": [{"value": "other@acme.example"}]}
    assert bridge.post("/Users", person("jose", userName=composed)).status == 201
    assert bridge.post("/Users", person("jose2", userName=decomposed)).status == 201
    assert bridge.post("/Users", person("jose3", userName=composed.upper())).status == 409
    assert bridge.post("/Users", person("strasse", userName="straße@acme.example")).status == 201
    assert bridge.post("/Users", {**person("x", userName="STRASSE@acme.example"), **email}).status == 409
    for name, expected in ((composed, 1), (decomposed, 1), ("STRASSE@ACME.example", 1)):
        found = bridge.get(f"/Users?filter={quote(f'userName eq {json.dumps(name)}')}").body
        assert found["totalResults"] == expected
        assert found["Resources"][0]["userName"] in {name, "straße@acme.example"}


@on_both_databases
def test_what_resources_are_found_by_has_256_characters_and_anything_else_what_a_body_holds(build):
    bridge = build("squirro")
    ann, long = bridge.hire("ann"), "😀" * 257
    for name, wrong in (
        ("userName", {"userName": long}), ("externalId", {"externalId": long}),
        ("displayName", {"displayName": long}), ("emails.value", {"emails": [{"value": long}]}),
    ):  # fmt: skip
        for answer in (
            bridge.post("/Users", {**person("bob"), **wrong}),
            bridge.put(f"/Users/{ann}", {**person("ann"), **wrong}),
            bridge.patch(f"/Users/{ann}", {"op": "replace", "value": wrong}),
        ):
            assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
            assert f"{name} is longer than 256 characters" in answer.body["detail"]
    assert bridge.post("/Groups", {"displayName": long}).status == 400
    assert bridge.post("/Groups", {"displayName": long[:256]}).status == 201
    title = "ß" * 450_000
    sent = json.dumps({"Operations": [replace("title", title)]}, ensure_ascii=False).encode()
    assert bridge.request("PATCH", f"/Users/{ann}", data=sent).body["title"] == title
    assert bridge.get(f"/Users/{ann}").body["title"] == title
