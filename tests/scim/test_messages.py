"""Lists and discovery documents."""

from scim2_models import ListResponse, ResourceType, ServiceProviderConfig, User
from scim2_models import Schema as ModelSchema

from app.scim import messages
from app.scim.schemas import GROUP_TYPE, USER_TYPE

BASE = "https://scim.acme.example/t/scim/v2"


def test_a_page_counts_with_integers():
    page = messages.list_response([{"id": "3"}, {"id": "4"}], 9, 3)
    assert page == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 9,
        "startIndex": 3,
        "itemsPerPage": 2,
        "Resources": [{"id": "3"}, {"id": "4"}],
    }
    ListResponse[User].model_validate(messages.list_response([], 0))


def test_the_configuration_holds_only_what_the_rfc_names():
    document = messages.service_provider_config(BASE)
    ServiceProviderConfig.model_validate(document)
    assert document["bulk"] == {"supported": False, "maxOperations": 0, "maxPayloadSize": 0}
    assert document["filter"] == {"supported": True, "maxResults": 200}
    assert document["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 200,
        "maxPageSize": 200,
    }
    assert document["meta"]["location"] == f"{BASE}/ServiceProviderConfig"
    assert document.keys() == {
        "schemas",
        "patch",
        "bulk",
        "filter",
        "changePassword",
        "sort",
        "etag",
        "pagination",
        "authenticationSchemes",
        "meta",
    }


def test_the_configuration_says_what_is_offered():
    document = messages.service_provider_config(BASE, etag=False, sort=True, change_password=True)
    assert [document[name]["supported"] for name in ("etag", "sort", "changePassword")] == [False, True, True]


def test_a_resource_type_is_shown_with_its_extensions():
    user, group = (each.document(BASE) for each in (USER_TYPE, GROUP_TYPE))
    ResourceType.model_validate(user)
    assert user["schemaExtensions"] == [{"schema": USER_TYPE.extensions[0].id, "required": False}]
    assert "schemaExtensions" not in group
    assert user["meta"] == {"resourceType": "ResourceType", "location": f"{BASE}/ResourceTypes/User"}


def test_each_schema_is_there_once_with_its_location():
    shown = messages.schema_documents(BASE, [USER_TYPE, GROUP_TYPE, USER_TYPE])
    assert [urn.rpartition(":")[2] for urn in shown] == ["User", "User", "Group"]
    for urn, document in shown.items():
        ModelSchema.model_validate(document)
        assert (document["id"], document["meta"]["location"]) == (urn, f"{BASE}/Schemas/{urn}")
