"""Each habit of each identity provider works against each vendor."""

import pytest

from tests.idp.replay import files, groups, habits, load, replay

PROVIDERS = {
    *("okta", "entra", "jumpcloud", "authentik", "keycloak", "onelogin", "google", "ping", "sailpoint"),
}


@pytest.mark.parametrize("idp", ["okta", "entra", "generic"])
def test_what_an_identity_provider_sends_is_answered_as_it_expects(build, facts, idp):
    sequences = habits(idp, facts)
    needed = dict.fromkeys(name for sequence in sequences for name in groups(sequence))
    sandbox = {"roles": ("Least Access", "role_1", "role_2", *needed)} if not facts.creates_groups else {}
    bridge = build(facts.vendor, idp=idp, sandbox=sandbox)
    for sequence in sequences:
        replay(bridge, facts, sequence)


def test_each_habit_says_what_it_is_whose_it_is_and_where_it_is_from():
    for path in files():
        habit = load(path)
        assert habit["habit"].endswith("."), path.stem
        assert habit["source"][:4] in {"[D] ", "[R] ", "[S] "}, path.stem
        assert path.stem.partition("-")[0] in PROVIDERS


def test_every_provider_has_habits():
    assert {path.stem.partition("-")[0] for path in files()} == PROVIDERS
