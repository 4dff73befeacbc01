"""An independent conformance tester against the served bridge, over HTTP: every check, none left out.

Datasentinel is not among the vendors: the tester gives groups random names and renames them, and that vendor
documents no call that makes a role, nor one that renames it.

The tester creates a resource of every type that it discovers before it reads any, also of a type whose schema is
readOnly throughout. So `/ResourceTypes` does not list `/Roles` and `/Entitlements` unless a target says so; then it
is told that it cannot write them, and what can be read there is judged by the models that it makes of `/Schemas`.
"""

import json
from contextlib import ExitStack

import pytest
import requests
from scim2_client import BaseSyncSCIMClient
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import BulkOperation, BulkRequest, SearchRequest
from scim2_tester import Status, check_server

from mappings import sandbox as sandboxes
from tests.bridge import BASE, TOKEN
from tests.serving import ONE_PROCESS, free_address, served

READ_ONLY = {"Role", "Entitlement"}
VENDORS = ["periscope"]
CHECKS = 100
"""More than these are made: a tester that stops early, or discovers less, would succeed as well."""


class NetworkSCIMClient(BaseSyncSCIMClient):
    """The tester's client over sockets: its own engine for them needs an HTTP library that nothing else does."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def request(self, method, url, **given):
        return self.session.request(method, f"{self.address}/{url.removeprefix(self.address).lstrip('/')}", **given)

    def _stays_under_base_url(self, endpoint):
        return "://" not in endpoint or endpoint.startswith(self.address)

    def _parse_json(self, response):
        return response.json()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One served bridge with a target for each vendor, named as the vendor is."""
    folder, address = tmp_path_factory.mktemp("served"), free_address()
    with ExitStack() as stack:
        config = [f'[server]\ndatabase_url = "sqlite:///{folder}/bridge.db"']
        for vendor in VENDORS:
            sandbox = sandboxes.create(vendor)
            stack.callback(sandbox.stop)
            settings = {"vendor": vendor, "base_url": sandbox.start(), "tokens": [TOKEN]}
            tables = {"": settings, ".credentials": sandbox.credentials, ".options": sandbox.options}
            for name, table in tables.items():
                lines = (f"{key} = {json.dumps(value)}" for key, value in table.items())
                config += [f"[targets.{vendor}{name}]", *lines]
        file = folder / "bridge.toml"
        file.write_text("\n".join(config), encoding="utf-8")
        stack.enter_context(served(file, address, *ONE_PROCESS))
        yield address


def client_of(bridge):
    return WSGISCIMClient(
        bridge.app, base_url=f"http://localhost{BASE}", headers={"Authorization": f"Bearer {TOKEN}"}
    )


def failed(results, *, of_more_than):
    assert len(results) > of_more_than
    return [result for result in results if result.status is not Status.SUCCESS]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_check_of_the_conformance_tester_succeeds(address, vendor):
    client = NetworkSCIMClient(f"{address}/{vendor}/scim/v2")
    results = failed(check_server(client), of_more_than=CHECKS)
    assert [(result.title, result.reason) for result in results] == []


@pytest.mark.parametrize(("vendor", "role_schemas"), [("squirro", "okta")])
def test_what_the_vendor_offers_is_as_discovered_and_fails_no_check_but_by_being_read_only(
    build, vendor, role_schemas
):
    client = client_of(build(vendor, role_schemas=role_schemas))
    refused = failed(check_server(client, resource_types=sorted(READ_ONLY)), of_more_than=40)
    assert refused
    for result in refused:
        assert result.resource_type in READ_ONLY, (result.title, result.reason)
        assert "is read-only" in result.reason
    for model in map(client.get_resource_model, READ_ONLY):
        listed = client.query(model).resources
        assert listed
        assert client.query(model, listed[0].id) == listed[0]
        found = client.query(model, query_parameters=SearchRequest(filter=f'value eq "{listed[-1].value}"'))
        assert found.resources == [listed[-1]]


def test_a_strict_client_can_read_what_became_of_its_bulk_request(build):
    client = client_of(build("periscope"))
    client.discover()
    user, group = (client.get_resource_model(name) for name in ("User", "Group"))
    member = group.get_field_root_type("members")
    ada = user(user_name="ada@acme.example", emails=[{"value": "ada@acme.example"}])
    asked = BulkRequest[user | group](
        operations=[
            BulkOperation[group](
                method="POST",
                path="/Groups",
                bulk_id="team",
                data=group(display_name="Guides", members=[member(value="bulkId:ada")]),
            ),
            BulkOperation[user](method="POST", path="/Users", bulk_id="ada", data=ada),
            BulkOperation[user](method="POST", path="/Users", bulk_id="again", data=ada),
        ]
    )
    results = client.bulk(asked).operations
    assert [(result.bulk_id, result.status) for result in results] == [("team", 201), ("ada", 201), ("again", 409)]
    assert results[2].response.scim_type == "uniqueness"
    guides = client.query(group, results[0].location.rpartition("/")[2])
    assert guides.members[0].value == results[1].location.rpartition("/")[2]
    assert guides.meta.version == results[0].version
