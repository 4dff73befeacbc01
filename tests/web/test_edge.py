"""Addresses, versions and proxies: what stands between a client and the endpoints."""

import pytest

from app.directory import tokens
from tests.bridge import TARGET, add, created, person, replace

PROXY = {"REMOTE_ADDR": "10.1.2.3"}
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "scim.acme.example", "X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def bridge(build):
    return build("squirro")


@pytest.mark.parametrize("path", ["/Users/", "//Users", "/Users//", "//Users///"])
def test_slashes_too_many_are_forgiven(bridge, path):
    id_ = created(bridge.post(path, person("ann")))
    assert bridge.get(path).body["totalResults"] == 1
    assert bridge.get(f"{path.rstrip('/')}//{id_}/").body["id"] == id_
    assert bridge.get("/Users", base="/main///scim//v2/").status == 200


@pytest.mark.parametrize("query", ["aadOptscim062020", "aadOptscim062020=", "AzureAdScimPatch2017", "unknown=1"])
def test_flags_in_the_tenant_url_are_ignored(bridge, query):
    id_ = created(bridge.post(f"/Users?{query}", person("ann")))
    assert bridge.get(f"/Users/{id_}?{query}").status == 200
    assert bridge.get(f'/Users?{query}&filter=userName eq "ann@acme.example"').body["totalResults"] == 1
    assert bridge.patch(f"/Users/{id_}?{query}", replace("active", "False")).body["active"] is False


def test_a_plus_in_a_filter_is_a_blank_and_an_escaped_plus_stays(bridge):
    bridge.hire("ann+test")
    assert bridge.get("/Users?filter=userName+eq+%22ann%2Btest@acme.example%22").body["totalResults"] == 1
    assert bridge.get("/Users?filter=userName+eq+%22ann+test@acme.example%22").body["totalResults"] == 0


def test_a_version_that_the_client_has_is_not_sent_again(bridge):
    ann = bridge.hire("ann")
    answer = bridge.get(f"/Users/{ann}")
    tag = answer.headers["ETag"]
    assert tag == answer.body["meta"]["version"]
    same = bridge.get(f"/Users/{ann}", headers={"If-None-Match": tag})
    assert (same.status, same.body, same.headers["ETag"]) == (304, None, tag)
    assert bridge.get(f"/Users/{ann}", headers={"If-None-Match": f'W/"other", {tag}'}).status == 304
    bridge.patch(f"/Users/{ann}", replace("title", "Dr"))
    fresh = bridge.get(f"/Users/{ann}", headers={"If-None-Match": tag})
    assert fresh.status == 200
    assert fresh.headers["ETag"] != tag


def test_every_answer_with_a_user_names_the_version_it_shows(bridge):
    post = bridge.post("/Users", person("ann"))
    path = f"/Users/{post.body['id']}"
    patch = bridge.patch(path, replace("title", "Dr"))
    put = bridge.put(path, person("ann", title="Prof"))
    for answer in (post, patch, put, bridge.get(path)):
        assert answer.headers["ETag"] == answer.body["meta"]["version"]
    assert len({answer.headers["ETag"] for answer in (post, patch, put)}) == 3


def test_nothing_changed_keeps_version_and_time(bridge):
    ann, group = bridge.hire("ann"), bridge.found("Finance")
    bridge.patch(f"/Groups/{group}", add(ann))
    before = bridge.get(f"/Users/{ann}").body["meta"], bridge.get(f"/Groups/{group}").body["meta"]
    bridge.put(f"/Users/{ann}", person("ann"))
    bridge.patch(f"/Groups/{group}", add(ann))
    assert (bridge.get(f"/Users/{ann}").body["meta"], bridge.get(f"/Groups/{group}").body["meta"]) == before


def test_a_membership_gives_a_group_a_new_version(bridge):
    ann, group = bridge.hire("ann"), bridge.found("Finance")
    before = bridge.get(f"/Groups/{group}").headers["ETag"]
    bridge.patch(f"/Groups/{group}", add(ann))
    assert bridge.get(f"/Groups/{group}").headers["ETag"] != before


def test_location_and_meta_are_the_same_address(bridge):
    answer = bridge.post("/Users", person("ann"))
    assert answer.headers["Location"] == answer.body["meta"]["location"]
    assert answer.body["meta"]["location"] == f"http://localhost/main/scim/v2/Users/{answer.body['id']}"


def test_forwarded_headers_of_nobody_in_particular_do_not_count(bridge):
    answer = bridge.post("/Users", person("ann"), headers=FORWARDED, environ=PROXY)
    assert answer.headers["Location"].startswith("http://localhost/main/")


@pytest.mark.parametrize(
    ("peer", "counts"), [("10.1.2.3", True), ("192.0.2.1", False), ("", False), ("::1", False)]
)
def test_forwarded_headers_of_a_trusted_proxy_count(build, peer, counts):
    bridge = build("squirro", server={"trusted_proxies": ["10.0.0.0/8"]})
    answer = bridge.post("/Users", person("ann"), headers=FORWARDED, environ={"REMOTE_ADDR": peer})
    expected = "https://scim.acme.example/main/" if counts else "http://localhost/main/"
    assert answer.headers["Location"].startswith(expected)


def test_an_external_url_is_what_every_location_starts_with(build):
    bridge = build(
        "squirro", server={"external_url": "https://idp.acme.example/scim/", "trusted_proxies": ["10.0.0.0/8"]}
    )
    answer = bridge.post("/Users", person("ann"), headers=FORWARDED, environ=PROXY)
    base = "https://idp.acme.example/scim/main/scim/v2"
    assert answer.headers["Location"] == f"{base}/Users/{answer.body['id']}"
    group = bridge.found("Finance", [answer.body["id"]])
    assert bridge.get(f"/Groups/{group}").body["members"][0]["$ref"] == answer.headers["Location"]
    assert bridge.get("/ServiceProviderConfig").body["meta"]["location"] == f"{base}/ServiceProviderConfig"
    assert bridge.get("/Schemas").body["Resources"][0]["meta"]["location"].startswith(f"{base}/Schemas/")


def test_a_page_begins_where_it_is_asked_to_and_keeps_its_order(bridge):
    ids = [bridge.hire(f"writer{number}") for number in range(5)]
    first, second, third = (bridge.get(f"/Users?startIndex={start}&count=2").body for start in (1, 3, 5))
    assert [user["id"] for page in (first, second, third) for user in page["Resources"]] == ids
    assert [page["itemsPerPage"] for page in (first, second, third)] == [2, 2, 1]
    assert {page["totalResults"] for page in (first, second, third)} == {5}
    assert bridge.get("/Users?startIndex=0&count=0").body["Resources"] == []
    assert bridge.get("/Users?startIndex=-3&count=-1").body["itemsPerPage"] == 0
    assert bridge.get("/Users?startIndex=99").body["totalResults"] == 5


def test_a_token_from_the_database_lets_in_until_it_is_revoked(bridge):
    with bridge.parts.database.write() as connection:
        secret = tokens.create(connection, TARGET, "new")
        other = tokens.create(connection, "another-target", "other")
    bridge.secrets += [secret, other]
    assert bridge.get("/Users", token=secret).status == 200
    assert bridge.get("/Users", token=other).status == 401
    with bridge.parts.database.write() as connection:
        assert tokens.revoke(connection, tokens.listed(connection)[0].id)
    assert bridge.get("/Users", token=secret).status == 401


def test_health_readiness_and_metrics_need_no_token(bridge):
    bridge.hire("ann")
    client = bridge.app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'scim_bridge_resources{kind="User",target="main"} 1.0' in metrics


def test_a_database_without_tables_is_not_ready(databases):
    from tests.bridge import Bridge

    bridge = Bridge("squirro", databases.empty("sqlite"))
    assert bridge.app.test_client().get("/readyz").status_code == 503
    bridge.close()


def test_the_audit_tells_each_request_and_its_vendor_calls(bridge):
    ann = bridge.hire("ann")
    bridge.patch(f"/Users/{ann}", replace("displayName", "Anna"))
    bridge.post("/Users", person("ann"))
    from app.directory import events

    with bridge.parts.database.read() as connection:
        history = events.history(connection, user="ann@acme.example")
    assert [(event["action"], event["outcome"]) for event in history[:2]] == [
        ("POST /Users", "delivered"),
        (f"PATCH /Users/{ann}", "delivered"),
    ]
    assert [call["method"] for call in history[0]["calls"]][-2:] == ["POST", "PUT"]
    assert all(call["status"] and call["ms"] >= 0 for event in history for call in event["calls"])
