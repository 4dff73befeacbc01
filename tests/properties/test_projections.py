"""Random projections against scim2-models."""

from hypothesis import given, settings
from hypothesis import strategies as st
from scim2_models import Context, ResponseParameters

from app.scim.projection import project, wants
from app.scim.schemas import USER_TYPE
from tests.properties.documents import URN, Model, users

NAMES = [
    "userName",
    "TITLE",
    "name",
    "name.givenName",
    "emails",
    "emails.type",
    "emails.value",
    "addresses",
    "addresses.region",
    "roles.display",
    "roles.primary",
    "Phonenumbers.TYPE",
    "urn:ietf:params:scim:schemas:core:2.0:User:phoneNumbers.value",
    "active",
    "id",
    "schemas",
    "nickName",
    f"{URN}:department",
    f"{URN}:costCenter",
    f"{URN}:manager",
    f"{URN}:manager.value",
    f"{URN}:manager.$ref",
    URN,
    "urn:ietf:params:scim:schemas:core:2.0:User:displayName",
]
selections = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)


def theirs(user, **parameters):
    return Model.model_validate(user, scim_ctx=None).model_dump(
        scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=ResponseParameters(**parameters)
    )


def listed(document):
    """Leave `schemas` out: scim2-models lists an extension that is not shown."""
    return {name: value for name, value in document.items() if name != "schemas"}


@settings(max_examples=150, deadline=None)
@given(users, selections)
def test_attributes_show_what_scim2_models_shows(user, names):
    ours = project(user, USER_TYPE, ",".join(names), None)
    assert listed(ours) == listed(theirs(user, attributes=names))


@settings(max_examples=150, deadline=None)
@given(users, selections)
def test_excluded_attributes_hide_what_scim2_models_hides(user, names):
    ours = project(user, USER_TYPE, None, ",".join(names))
    assert listed(ours) == listed(theirs(user, excluded_attributes=names))


@settings(max_examples=150, deadline=None)
@given(users, st.lists(st.sampled_from(NAMES), max_size=4), st.booleans())
def test_schemas_list_what_is_shown_and_what_is_shown_was_wanted(user, names, is_excluding):
    attributes, excluded = (None, ",".join(names)) if is_excluding else (",".join(names), None)
    shown = project(user, USER_TYPE, attributes, excluded)
    assert shown["schemas"] == [USER_TYPE.schema.id, *([URN] if URN in shown else [])]
    assert all(wants(name, USER_TYPE, attributes, excluded) for name in shown if name != URN)
