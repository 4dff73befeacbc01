"""The documented operations of Squirro's user API, one row each, as the vendor's own client sends them."""

from typing import Any

from mappings.sandbox_calls import FORM, NOTHING, Operation
from mappings.sandbox_fields import TEXT, Fields, json_text, list_of, one_of, record

_FLAG = one_of("true", "false", "True", "False")
_IDS = json_text(list_of(record(Fields({"id": TEXT}, anything=True))))
_SERVER_ROLE = {"role": one_of("admin", "user", "demo", "reader")}
_ROLE = {"role": one_of("reader", "member", "admin")}


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, TEXT)


def _get(path: str, handler: str, *flags: str) -> Operation:
    query = Fields(optional=dict.fromkeys(flags, _FLAG)) if flags else NOTHING
    return Operation("GET", path, handler, query=query)


def _json(method: str, path: str, handler: str, body: Fields, status: int = 200) -> Operation:
    return Operation(method, path, handler, body=body, status=status)


def _form(method: str, path: str, handler: str, body: Fields, status: int = 200) -> Operation:
    return Operation(method, path, handler, body=body, content_type=FORM, status=status)


def _delete(path: str, handler: str) -> Operation:
    return Operation("DELETE", path, handler, status=204)


_T = "/api/user/v0/{_tenant}"
_USER = _T + "/users/{user}"
_USER_V1 = "/api/user/v1/{_tenant}/users/{user}"
_GROUP = _T + "/groups/{group}"
_MEMBERS = _T + "/projects/{project}/members"
_SESSION = _USER + "/sessions/{session}"
_SERVICE = _T + "/authentications/{service}/{user}"
_WORKSPACES = "/api/user/v2/workspaces"
_WORKSPACE = _WORKSPACES + "/{workspace}"

_LOGIN = Fields(
    {"grant_type": one_of("refresh_token"), "refresh_token": TEXT},
    _texts("client_id", "client_secret", "tenant"),
)
_SIGNUP = Fields(_texts("email", "password"), _texts("full_name"))
_PASSWORD = Fields(_texts("current_password", "new_password", "new_password_confirm"))
_GRANT = Fields(
    {"type": one_of("user", "service")},
    {**_texts("for_client_id"), "project_permissions": json_text(list_of(TEXT))},
)
_AUTHENTICATION = Fields(
    _texts("service_user", "access_token"),
    _texts("access_secret", "display_name", "access_token_expires", "access_secret_expires"),
)

OPERATIONS = (
    Operation("POST", "/api/user/oauth2/token", "create_access_token", _LOGIN, NOTHING, FORM, 200, "anybody"),
    Operation("POST", "/api/user/v2/signup", "signup", _SIGNUP, admitted_by="anybody"),
    _get(_T + "/users", "get_users", "include_config"),
    _get(_T + "/users/password_policy", "get_password_policy"),
    _json(
        "POST",
        _T + "/users",
        "create_user",
        Fields(_texts("email"), {**_texts("password"), **_SERVER_ROLE}),
        201,
    ),
    _get(_USER, "get_user", "include_projects"),
    _get(_USER_V1, "get_user", "include_projects"),
    _json(
        "PUT",
        _USER_V1,
        "update_user",
        Fields(optional={**_texts("email"), **_SERVER_ROLE}, anything=True),
    ),
    _json("PUT", _USER + "/password", "change_password", _PASSWORD),
    _delete(_USER, "delete_user"),
    _get(_T + "/groups", "get_groups"),
    _form("POST", _T + "/groups", "create_group", Fields(_texts("name"), {"members": _IDS}), 201),
    _get(_GROUP, "get_group", "include_projects"),
    _form("PUT", _GROUP, "update_group", Fields(_texts("name"), {"members": _IDS, "projects": _IDS})),
    _delete(_GROUP, "delete_group"),
    _form("POST", _GROUP, "add_group_member", Fields(_texts("user_id"))),
    _delete(_GROUP + "/members/{user}", "delete_group_member"),
    _get("/api/topic/v0/{_tenant}/projects", "get_projects"),
    _get(_MEMBERS, "get_project_members"),
    _form("POST", _MEMBERS, "add_project_member", Fields(_ROLE, _texts("user_id", "group_id"))),
    _form("PUT", _MEMBERS + "/{member}", "update_project_member", Fields(_ROLE)),
    _delete(_MEMBERS + "/{member}", "delete_project_member"),
    _get(_WORKSPACES, "get_workspaces", "include_projects", "admin_only"),
    _json("POST", _WORKSPACES, "create_workspace", Fields(_texts("title")), 201),
    _delete(_WORKSPACE, "delete_workspace"),
    _get(_WORKSPACE + "/users", "get_workspace_users"),
    _json(
        "POST",
        _WORKSPACE + "/users",
        "add_workspace_users",
        Fields(_ROLE, {**_texts("user_id"), "emails": list_of(TEXT)}),
        201,
    ),
    _delete(_WORKSPACE + "/users/{user}", "delete_workspace_user"),
    _form("POST", _USER + "/grants", "create_grant", _GRANT, 201),
    _get(_USER + "/grants", "get_grants"),
    _get(_SESSION, "get_session"),
    _delete(_SESSION, "delete_session"),
    _get(_SERVICE, "get_authentication"),
    _json("POST", _SERVICE, "set_authentication", _AUTHENTICATION, 201),
    _delete(_SERVICE, "delete_authentication"),
)
