"""Every mapping there is, a new one too, against every rung of the tier that it declares."""

import pytest

from app.contract.rungs import up_to
from app.contract.running import prove
from mappings import discovery

CASES = [(vendor, rung) for vendor in discovery.shipped() for rung in up_to(discovery.load(vendor).tier)]


@pytest.mark.parametrize(("vendor", "rung"), CASES, ids=[f"{vendor}-{rung.name}" for vendor, rung in CASES])
def test_it_keeps_what_its_tier_promises(vendor, rung):
    assert prove(vendor, rung).reason is None
