"""Every error has SCIM's body and media type, whoever found it; the client of these tests checks that of each."""

from itertools import product
from urllib.parse import quote

import pytest

from app.directory import search
from app.web.reading import MAX_BODY
from tests.bridge import BASE, GROUP, USER, add, on_both_databases, person, replace

VENDOR = "squirro"


@pytest.fixture
def bridge(build):
    return build(VENDOR)


@pytest.fixture
def unchanged(bridge):
    """Whatever the request was, it changed nothing and cost nothing."""
    ann = bridge.hire("ann")
    before = bridge.everything("/Users"), bridge.rows("link")
    bridge.calls()
    yield ann
    assert (bridge.everything("/Users"), bridge.rows("link")) == before
    assert bridge.calls() == []


@pytest.mark.parametrize(
    "path",
    ["/", "/nope", "/main", "/main/scim", "/main/scim/v2/Nope", "/main/scim/v2/Users/1/2", "/main/scim/v1/Users"],
)
def test_an_unknown_path_is_404(bridge, path):
    assert bridge.get(path, base="").status == 404


def test_an_unknown_target_is_404(bridge):
    assert bridge.get("/Users", base="/other/scim/v2").status == 404


@on_both_databases
def test_an_id_that_nobody_has_is_404(build):
    bridge, ids = build(VENDOR), ["nope", "a%2Fb", "o'neil", "%F0%9F%98%80", "x" * 3000]
    for endpoint, id_ in product(("Users", "Groups"), ids):
        path = f"/{endpoint}/{id_}"
        answers = [bridge.get(path), bridge.patch(path, replace("displayName", "x")), bridge.delete(path)]
        answers.append(bridge.put(path, person() if endpoint == "Users" else {"displayName": "x"}))
        assert {answer.status for answer in answers} == {404}


@on_both_databases
def test_an_id_with_a_nul_is_404(build):
    assert build(VENDOR).get("/Users/%00").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/Users"),
        ("PUT", "/Users"),
        ("PATCH", "/Groups"),
        ("POST", "/Users/1"),
        *(
            (method, path)
            for method in ("POST", "PUT", "PATCH", "DELETE")
            for path in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
        ),
    ],
)
def test_a_method_that_an_endpoint_does_not_take_is_405(bridge, method, path):
    answer = bridge.request(method, path, {})
    assert answer.status == 405
    assert answer.headers["Allow"]


def test_a_body_of_two_megabytes_is_413(bridge, unchanged):
    assert bridge.post("/Users", person("bob", title="x" * 2 * 1024 * 1024)).status == 413
    assert bridge.patch(f"/Users/{unchanged}", replace("title", "x" * 2 * 1024 * 1024)).status == 413


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
"""What a server tells the application of a body that came without a length."""


@pytest.mark.parametrize("environ", [{}, CHUNKED], ids=["with a length", "chunked"])
def test_a_body_of_one_byte_more_than_a_mebibyte_is_413_even_if_what_is_cut_off_would_not_be_missed(
    bridge, unchanged, environ
):
    for body in (b"x" * (MAX_BODY + 1), b"{}".ljust(MAX_BODY + 1), b"{}".ljust(3 * MAX_BODY)):
        assert bridge.request("POST", "/Users", data=body, environ=environ).status == 413
    assert bridge.request("POST", "/Users", data=b"{}".ljust(MAX_BODY), environ=environ).status == 400


@pytest.mark.parametrize(
    "media_type", ["text/xml", "application/x-www-form-urlencoded", "text/plain; charset=utf-8"]
)
def test_another_media_type_is_415(bridge, unchanged, media_type):
    assert bridge.post("/Users", person("bob"), content_type=media_type).status == 415


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/scim+json; charset=utf-8", "application/JSON;charset=UTF-8", None],
)
def test_the_media_types_that_providers_send_are_taken(bridge, media_type):
    assert bridge.post("/Users", person("bob"), content_type=media_type).status == 201


NO_OBJECTS = [
    "",
    "{",
    "nonsense",
    '{"userName": NaN}',
    '{"userName": "\ud83d"}',
    b"\xff\xfe",
    "[]",
    "null",
    '"x"',
    "7",
]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/Users"), ("POST", "/Groups"), ("PUT", "/Users/{}"), ("PATCH", "/Users/{}")]
)
def test_what_is_not_a_json_object_is_invalid_syntax(bridge, unchanged, method, path):
    for body in NO_OBJECTS:
        sent = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        answer = bridge.request(method, path.format(unchanged), data=sent)
        assert (answer.status, answer.body["scimType"]) == (400, "invalidSyntax"), body


WRONG = [
    {"x509Certificates": [{"value": "base64?"}]},
    {"userName": 7}, {"userName": None}, {"userName": ""}, {"userName": ["x"]}, {"active": "maybe"},
    {"active": 7}, {"name": "Ann"}, {"emails": [{"value": 7}]}, {"emails": [7]},
    {"displayName": {"a": 1}}, {"userName": "a\u0000b@acme.example"}, {"title": "a\u0000b"},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "x"},
]  # fmt: skip


@on_both_databases
def test_a_value_of_the_wrong_type_is_400(build):
    bridge = build(VENDOR)
    for wrong in WRONG:
        answer = bridge.post("/Users", {**person("bob"), **wrong})
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue"), wrong
    assert bridge.everything("/Users") == []
    assert bridge.calls() == []


def test_emails_given_as_a_text_are_one_address(bridge):
    answer = bridge.post("/Users", person("bob", emails="bob@acme.example"))
    assert answer.body["emails"] == [{"value": "bob@acme.example"}]


@pytest.mark.parametrize("members", [7, [7], [{"value": 7}], [{"value": ["x"]}], [{"value": "a\u0000"}]], ids=str)
def test_members_of_the_wrong_type_are_400(bridge, members):
    assert bridge.post("/Groups", {"schemas": [GROUP], "displayName": "Finance", "members": members}).status == 400
    assert bridge.everything("/Groups") == []


NO_PATCHES = [
    {}, {"Operations": "x"}, {"Operations": [7]}, {"Operations": [{"op": "move", "path": "title"}]},
    {"Operations": [{"path": "title", "value": "x"}]}, {"Operations": [{"op": "remove"}]},
    {"Operations": [{"op": "replace", "path": 7, "value": "x"}]},
    {"Operations": [{"op": "replace", "path": "nope[", "value": "x"}]},
    {"Operations": [{"op": "replace", "path": "title", "value": 7}]},
    {"Operations": [{"op": "replace", "path": "id", "value": "x"}]},
    {"Operations": [{"op": "remove", "path": "userName"}]},
    {"Operations": [{"op": "replace", "path": "userName", "value": ""}]},
    {"Operations": [replace("title", "x"), replace("active", "x")]},
]  # fmt: skip


def test_a_patch_that_cannot_be_is_400_and_all_or_nothing(bridge, unchanged):
    for body in NO_PATCHES:
        assert bridge.request("PATCH", f"/Users/{unchanged}", body).status == 400, body


NO_FILTERS = [
    "x" * 10_000, f'userName eq "{"x" * 10_000}"', " or ".join(['userName eq "x"'] * 700), "(" * 5000,
    "userName",
    'userName eq', 'nope eq "x"', 'userName is "x"', 'userName eq "x" and', "", 'password eq "x"',
    "active gt true",
    "not " * 100, '"', "userName eq \"\\\"", 'emails[type eq "work"',
]  # fmt: skip


def test_a_filter_that_cannot_be_is_invalid_filter(bridge, unchanged):
    for endpoint, filter_ in product(("/Users", "/Groups"), NO_FILTERS):
        answer = bridge.get(f"{endpoint}?filter={quote(filter_)}")
        assert (answer.status, answer.body["scimType"]) == (400, "invalidFilter"), filter_[:30]


ODD = ["\\u0000", "%00", "'", "\\\\", "%25", "_", "\\ud83d", "😀"]
SOUGHT = ["userName", "externalId", "id", "displayName", "title", "groups", "emails.value"]


@on_both_databases
def test_a_filter_with_odd_characters_finds_nobody_and_breaks_nothing(build):
    bridge = build(VENDOR)
    bridge.hire("ann")
    for literal, attribute, op in product(ODD, SOUGHT, ("eq", "co")):
        answer = bridge.get(f'/Users?filter={attribute} {op} "{literal}"')
        assert answer.status in (200, 400), literal
        if answer.status == 200:
            assert answer.body["totalResults"] == 0, literal


def test_an_unknown_member_is_refused_and_nothing_changes(bridge, unchanged):
    group = bridge.found("Finance")
    before = bridge.get(f"/Groups/{group}").body
    bridge.calls()
    for answer in (
        bridge.patch(f"/Groups/{group}", add("nobody")),
        bridge.put(f"/Groups/{group}", {"displayName": "Finance", "members": [{"value": "nobody"}]}),
        bridge.post("/Groups", {"displayName": "Other", "members": [{"value": "nobody"}]}),
        bridge.patch(f"/Groups/{group}", add(group)),
    ):
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert bridge.everything("/Groups") == [before]
    bridge.delete(f"/Groups/{group}")
    bridge.calls()


def test_removing_somebody_who_is_no_member_changes_nothing(bridge, unchanged):
    group = bridge.found("Finance")
    before = bridge.get(f"/Groups/{group}").body
    for id_ in ("nobody", unchanged):
        body = {"op": "remove", "path": "members", "value": [{"value": id_}]}
        assert bridge.patch(f"/Groups/{group}", body).status == 204
        assert (
            bridge.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{id_}"]'}).status == 204
        )
    assert bridge.get(f"/Groups/{group}").body == before
    bridge.delete(f"/Groups/{group}")
    bridge.calls()


@on_both_databases
def test_a_user_name_in_another_case_is_taken(build):
    bridge = build(VENDOR)
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    bridge.calls()
    loud = {"userName": "ANN@ACME.example"}
    for answer in (
        bridge.post("/Users", {**person("ann"), **loud}),
        bridge.put(f"/Users/{bob}", {**person("bob"), **loud}),
        bridge.patch(f"/Users/{bob}", {"op": "replace", "value": loud}),
    ):
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert bridge.calls() == []
    assert bridge.get(f"/Users/{bob}").body["userName"] == "bob@acme.example"
    assert bridge.patch(f"/Users/{ann}", {"op": "replace", "value": loud}).body["userName"] == "ANN@ACME.example"


@on_both_databases
def test_a_display_name_of_a_group_in_another_case_is_taken(build):
    bridge = build(VENDOR)
    bridge.found("Straße")
    assert bridge.post("/Groups", {"displayName": "STRASSE"}).status == 409


def test_a_user_without_any_address_is_refused_in_words(bridge):
    answer = bridge.post("/Users", {"schemas": [USER], "userName": "ann"})
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "e-mail" in answer.body["detail"]


@pytest.mark.parametrize(
    "authorization",
    [None, "non-token", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Token the-idp-token-of-this-test"],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("GET", "/Nope")]
)
def test_without_a_valid_token_nobody_gets_in(bridge, authorization, method, path):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = bridge.request(method, path, person() if method == "POST" else None, token=None, headers=headers)
    assert answer.status == (404 if path == "/Nope" else 401)
    if path != "/Nope":
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert bridge.calls() == []


def test_the_scheme_of_a_token_is_taken_in_any_case(bridge):
    headers = {"Authorization": "bEARER the-idp-token-of-this-test"}
    assert bridge.get("/Users", token=None, headers=headers).status == 200


@pytest.mark.parametrize("query", ["startIndex=x", "count=1.5", "attributes=userName&excludedAttributes=title"])
def test_a_query_that_cannot_be_is_400(bridge, query):
    assert bridge.get(f"/Users?{query}").status == 400


def test_what_is_not_offered_is_501(bridge):
    assert bridge.get("/Me").status == 501


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"])
def test_a_filter_on_discovery_is_403(bridge, path):
    assert bridge.get(f'{path}?filter=id eq "x"').status == 403


def test_a_defect_of_ours_is_500_and_keeps_its_insides(bridge, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("inside-information")

    monkeypatch.setattr(search, "search", broken)
    monkeypatch.setitem(bridge.app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = bridge.get("/Users")
    assert answer.status == 500
    assert "inside-information" not in str(answer.body)


def test_a_database_that_is_not_there_is_no_success(bridge, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def broken(*_: object) -> None:
        raise OperationalError("SELECT secret-statement", {}, Exception("gone"))

    monkeypatch.setattr(search, "search", broken)
    answer = bridge.get("/Users")
    assert answer.status >= 500
    assert "secret-statement" not in str(answer.body)


def test_errors_are_answered_in_scims_form_whatever_the_client_accepts(bridge):
    answer = bridge.get("/nope", base="", headers={"Accept": "text/html"})
    assert answer.status == 404


def test_the_base_of_these_tests_is_the_documented_one():
    assert BASE == "/main/scim/v2"
