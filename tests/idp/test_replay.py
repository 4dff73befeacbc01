"""Each recorded sequence of each identity provider works against each vendor."""

import pytest

from tests.idp.replay import files, groups, load, replay


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_what_an_identity_provider_sends_is_answered_as_it_expects(build, facts, path):
    sequence = load(path, facts.own_names)
    sandbox = {"roles": ("Least Access", "role_1", "role_2", *groups(sequence))} if not facts.creates_groups else {}
    bridge = build(facts.vendor, idp=sequence["idp"], sandbox=sandbox)
    replay(bridge, facts, sequence)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_each_sequence_says_where_it_is_from(path):
    assert load(path)["source"]
