"""Random patches against scim2-models, and what holds of every patch."""

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scim2_models import Context, PatchOp

from app.scim.patch import apply_patch, parse_patch
from app.scim.schemas import USER_TYPE
from app.scim.validation import revalidate
from tests.properties.documents import ADDRESSES, KINDS, URN, Model, emails, enterprises, names, users, words

SIMPLE = ["title", "displayName", "nickName", "name.givenName", "name.familyName", f"{URN}:department"]
writes = st.sampled_from(["add", "replace"])


def operation(op, path, value):
    """Make an operation of strategies."""
    return st.fixed_dictionaries({"op": op, "path": path, "value": value})


operations = st.one_of(
    operation(writes, st.sampled_from(SIMPLE), words),
    operation(writes, st.just("active"), st.booleans()),
    operation(writes, st.just("name"), names),
    operation(writes, st.just(URN), enterprises),
    operation(writes, st.just("emails"), emails),
    operation(
        st.just("replace"),
        st.sampled_from([f'emails[type eq "{kind}"].value' for kind in KINDS]),
        st.sampled_from(ADDRESSES),
    ),
    st.fixed_dictionaries(
        {
            "op": writes,
            "value": st.fixed_dictionaries(
                {}, optional={"title": words, "active": st.booleans(), "name": names, URN: enterprises}
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "op": st.just("remove"),
            "path": st.sampled_from(
                [*SIMPLE, "name", "emails", URN, *(f'emails[type eq "{kind}"]' for kind in KINDS)]
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
    """The order of e-mails means nothing."""
    return {
        **document,
        "emails": sorted(document.get("emails", []), key=lambda entry: sorted(map(str, entry.items()))),
    }


def keeps_apart(document):
    """Whether scim2-models has kept apart what is one e-mail, of one value and type: there it is no oracle."""
    keys = [(entry.get("value"), entry.get("type")) for entry in document.get("emails", [])]
    return len(set(keys)) < len(keys)


@settings(max_examples=300, deadline=None)
@given(users, patches)
def test_a_patch_does_what_scim2_models_does(user, patch):
    expected = theirs(user, copy.deepcopy(patch))
    assume(expected is not None and not keeps_apart(expected))
    assert in_order(ours(user, patch)) == in_order(expected)


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
