"""An independent conformance tester against the whole bridge: every check, none left out.

Datasentinel is not among the vendors: the tester gives groups random names and renames them, and that vendor
documents no call that makes a role, nor one that renames it.
"""

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from tests.bridge import BASE, TOKEN


@pytest.mark.parametrize("vendor", ["periscope", "squirro"])
def test_every_check_of_the_conformance_tester_succeeds(build, vendor):
    bridge = build(vendor)
    client = WSGISCIMClient(
        bridge.app, base_url=f"http://localhost{BASE}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    results = check_server(client)
    assert len(results) > 100
    assert [(result.title, result.reason) for result in results if result.status is not Status.SUCCESS] == []
