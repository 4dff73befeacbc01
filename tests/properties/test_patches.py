"""Random patches against scim2-models, and what holds of every patch."""

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scim2_models import Context, PatchOp

from app.scim.patch import apply_patch, parse_patch
from app.scim.schemas import USER_TYPE
from app.scim.validation import revalidate
from tests.properties.documents import (
    ADDRESSES,
    KINDS,
    URN,
    Model,
    addresses,
    emails,
    enterprises,
    managers,
    names,
    phones,
    roles,
    users,
    words,
)

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
SIMPLE = [
    *("title", "displayName", "nickName", "name.givenName", "name.familyName", f"{CORE}:name.formatted"),
    *(f"{URN}:department", f"{URN}:manager.value"),
]
SEVERAL = {"emails": emails, "phoneNumbers": phones, "roles": roles, "addresses": addresses}
ENTRIES = [
    *(f'emails[type eq "{kind}"]' for kind in KINDS),
    *('phoneNumbers[type eq "mobile"]', f'{CORE}:phoneNumbers[value eq "a"]', 'roles[type ne "a"]'),
    *('addresses[type eq "work" and region pr]', 'addresses[not (type eq "home")]', "roles[primary eq true]"),
]
LABELS = ['phoneNumbers[type eq "work"].display', 'roles[type eq "a"].display', 'roles[value eq "b"].display']
PLACES = ['addresses[type eq "work"].region', 'addresses[type eq "home" and locality eq "a"].region']
writes = st.sampled_from(["add", "replace"])


def operation(op, path, value):
    """Make an operation of strategies."""
    return st.fixed_dictionaries({"op": op, "path": path, "value": value})


operations = st.one_of(
    operation(writes, st.sampled_from(SIMPLE), words),
    operation(writes, st.just("active"), st.booleans()),
    operation(writes, st.just("name"), names),
    operation(writes, st.just(URN), enterprises),
    operation(writes, st.just(f"{URN}:manager"), managers),
    *(operation(writes, st.just(name), entries) for name, entries in SEVERAL.items()),
    operation(writes, st.sampled_from([*LABELS, *PLACES]), words),
    operation(
        st.just("replace"),
        st.sampled_from([f'emails[type eq "{kind}"].value' for kind in KINDS]),
        st.sampled_from(ADDRESSES),
    ),
    st.fixed_dictionaries(
        {
            "op": writes,
            "value": st.fixed_dictionaries(
                {},
                optional={"title": words, "active": st.booleans(), "name": names, URN: enterprises, **SEVERAL},
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "op": st.just("remove"),
            "path": st.sampled_from(
                [*SIMPLE, "name", URN, f"{URN}:manager", *SEVERAL, *ENTRIES, *LABELS, *PLACES, "addresses.region"]
            ),
        }
    ),
)
patches = st.lists(operations, min_size=1, max_size=4).map(lambda each: {"Operations": each})


def ours(user, patch):
    return apply_patch(user, parse_patch(patch), USER_TYPE)


def theirs(user, patch):
    """Patch with scim2-models; None where it follows the RFC to an error that the bridge forgives."""
    model = Model.model_validate(user, scim_ctx=None)
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], **patch}
    try:
        PatchOp[Model].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST).patch(model)
    except Exception:  # noqa: BLE001 - its errors have no common base
        return None
    return revalidate(model.model_dump(scim_ctx=Context.RESOURCE_PATCH_RESPONSE), USER_TYPE)


def in_order(document):
    """The order of values means nothing."""
    entries = {name: document.get(name, []) for name in SEVERAL}
    return {
        **document,
        **{name: sorted(each, key=lambda entry: sorted(map(str, entry.items()))) for name, each in entries.items()},
    }


def keeps_apart(document):
    """Whether scim2-models has kept apart what is one value, of one value and type: there it is no oracle."""
    keys = [
        (name, each.get("value"), each.get("type"))
        for name in SEVERAL
        for each in document.get(name, [])
        if "value" in each
    ]
    return len(set(keys)) < len(keys)


@settings(max_examples=150, deadline=None)
@given(users, st.lists(patches, min_size=1, max_size=3))
def test_patches_do_what_scim2_models_does(user, several):
    for patch in several:
        expected = theirs(user, copy.deepcopy(patch))
        assume(expected is not None and not keeps_apart(expected))
        user = ours(user, patch)
        assert in_order(user) == in_order(expected)


@settings(max_examples=150, deadline=None)
@given(users, patches)
def test_a_patch_leaves_its_input_alone_and_gives_a_canonical_document(user, patch):
    before, sent = copy.deepcopy(user), copy.deepcopy(patch)
    after = ours(user, patch)
    assert (user, patch) == (before, sent)
    assert revalidate(after, USER_TYPE) == after


@settings(max_examples=150, deadline=None)
@given(users, operations)
def test_an_operation_that_is_sent_again_changes_nothing(user, single):
    once = ours(user, {"Operations": [single]})
    assert ours(once, {"Operations": [single]}) == once
