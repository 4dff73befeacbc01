"""What identity providers send, as their documentation and recorded traffic show it."""

from app.scim.schemas import ENTERPRISE_USER, GROUP, USER

CORE, URN, GROUP_URN = USER.id, ENTERPRISE_USER.id, GROUP.id
MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"

# name: (body, what is stored)
USERS = {
    "okta create": (
        {
            "schemas": [CORE],
            "userName": "test.user@okta.local",
            "name": {"givenName": "Test", "familyName": "User"},
            "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
            "displayName": "Test User",
            "locale": "en-US",
            "externalId": "00ujl29u0le5T6Aj10h7",
            "groups": [],
            "password": "1mz050nq",
            "active": True,
        },
        {
            "schemas": [CORE],
            "userName": "test.user@okta.local",
            "name": {"givenName": "Test", "familyName": "User"},
            "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
            "displayName": "Test User",
            "locale": "en-US",
            "externalId": "00ujl29u0le5T6Aj10h7",
            "password": "1mz050nq",
            "active": True,
        },
    ),
    "okta update by PUT": (
        {
            "schemas": [CORE],
            "id": "23a35c27",
            "userName": "test.user@okta.local",
            "name": {"givenName": "Another", "middleName": "", "familyName": "User"},
            "emails": [
                {
                    "primary": True,
                    "value": "test.user@okta.local",
                    "type": "work",
                    "display": "test.user@okta.local",
                }
            ],
            "active": True,
            "groups": [],
            "meta": {"resourceType": "User"},
        },
        {
            "schemas": [CORE],
            "userName": "test.user@okta.local",
            "name": {"givenName": "Another", "familyName": "User"},
            "emails": [
                {
                    "primary": True,
                    "value": "test.user@okta.local",
                    "type": "work",
                    "display": "test.user@okta.local",
                }
            ],
            "active": True,
        },
    ),
    "entra create": (
        {
            "schemas": [CORE, URN],
            "externalId": "0a21f0f2",
            "userName": "Test_User_00aa",
            "active": True,
            "emails": [{"primary": True, "type": "work", "value": "Test_User_11bb@testuser.com"}],
            "meta": {"resourceType": "User"},
            "name": {"formatted": "givenName familyName", "familyName": "familyName"},
            "roles": [],
        },
        {
            "schemas": [CORE],
            "externalId": "0a21f0f2",
            "userName": "Test_User_00aa",
            "active": True,
            "emails": [{"primary": True, "type": "work", "value": "Test_User_11bb@testuser.com"}],
            "name": {"formatted": "givenName familyName", "familyName": "familyName"},
        },
    ),
    "entra create with nulls and a mistyped URN": (
        {
            "schemas": [CORE, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
            "externalId": "jyoung",
            "userName": "jyoung@testuser.com",
            "active": True,
            "addresses": None,
            "emails": [{"type": "work", "value": "jyoung@Contoso.com", "primary": True}],
            "meta": {"resourceType": "User"},
            "phoneNumbers": None,
            "title": None,
            "department": None,
            "manager": None,
        },
        {
            "schemas": [CORE],
            "externalId": "jyoung",
            "userName": "jyoung@testuser.com",
            "active": True,
            "emails": [{"type": "work", "value": "jyoung@Contoso.com", "primary": True}],
        },
    ),
    "entra roles": (
        {
            "userName": "r",
            "roles": [{"primary": "True", "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}],
            URN: {"manager": {"value": "nobody we know"}},
        },
        {
            "schemas": [CORE, URN],
            "userName": "r",
            "roles": [{"primary": True, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}],
            URN: {"manager": {"value": "nobody we know"}},
        },
    ),
    "jumpcloud update": (
        {
            "active": True,
            "emails": None,
            "addresses": [],
            "id": "d500eedc",
            "name": {"familyName": "Doe", "givenName": "John"},
            "photos": [{"value": "https://img.example.com/2a27.png"}],
            "schemas": [URN, CORE],
            "userName": "john",
        },
        {
            "schemas": [CORE],
            "active": True,
            "name": {"familyName": "Doe", "givenName": "John"},
            "photos": [{"value": "https://img.example.com/2a27.png"}],
            "userName": "john",
        },
    ),
    "authentik create": (
        {
            "userName": "akadmin",
            "name": {"formatted": "Akadmin", "givenName": "Akadmin", "familyName": ""},
            "emails": [{"value": "a@b", "type": "other", "primary": True}],
        },
        {
            "schemas": [CORE],
            "userName": "akadmin",
            "name": {"formatted": "Akadmin", "givenName": "Akadmin"},
            "emails": [{"value": "a@b", "type": "other", "primary": True}],
        },
    ),
    "keycloak create": (
        {"userName": "k", "emails": [{"value": "k@x"}], "active": "true", "roles": [{"value": "r"}]},
        {
            "schemas": [CORE],
            "userName": "k",
            "emails": [{"value": "k@x"}],
            "active": True,
            "roles": [{"value": "r"}],
        },
    ),
    "onelogin create": (
        {
            "schemas": ["urn:scim:schemas:core:1.0"],
            "userName": "o",
            "emails": {"value": "o@x"},
            "title": None,
        },
        {"schemas": [CORE], "userName": "o", "emails": [{"value": "o@x"}]},
    ),
}

BEFORE = {
    "schemas": [CORE, URN],
    "userName": "ada",
    "externalId": "E",
    "displayName": "Ada",
    "name": {"givenName": "Ada", "familyName": "L"},
    "active": True,
    "emails": [{"type": "work", "value": "a@work", "primary": True}],
    URN: {"department": "R&D", "manager": {"value": "1"}},
}


def changed(**changes):
    """Give BEFORE with other values; None takes an attribute away."""
    document = {**BEFORE, **changes}
    return {name: value for name, value in document.items() if value is not None}


def enterprise(**changes):
    """Give BEFORE with other values in the enterprise extension."""
    extension = {name: value for name, value in {**BEFORE[URN], **changes}.items() if value is not None}
    return changed(**{URN: extension})


# name: (operations, what BEFORE becomes)
PATCHES = {
    "okta deactivates without a path": (
        [{"op": "replace", "value": {"active": False}}],
        changed(active=False),
    ),
    "okta sets a password": ([{"op": "replace", "value": {"password": "x"}}], changed(password="x")),
    "okta sends the id along": (
        [{"op": "replace", "value": {"id": "9", "displayName": "B", "groups": []}}],
        changed(displayName="B"),
    ),
    "entra disables with a string": (
        [{"op": "Replace", "path": "active", "value": "False"}],
        changed(active=False),
    ),
    "entra restores with a string": ([{"op": "Replace", "path": "active", "value": "True"}], BEFORE),
    "entra adds one attribute": (
        [{"op": "Add", "path": "nickName", "value": "Babs"}],
        changed(nickName="Babs"),
    ),
    "entra updates": (
        [
            {"op": "Replace", "path": "displayName", "value": "Pvlo"},
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@work"},
            {"op": "Replace", "path": "name.familyName", "value": "Pkqf"},
            {"op": "Replace", "path": f"{URN}:employeeNumber", "value": "Eqpj"},
        ],
        {
            **enterprise(employeeNumber="Eqpj"),
            "displayName": "Pvlo",
            "emails": [{"type": "work", "value": "new@work", "primary": True}],
            "name": {"givenName": "Ada", "familyName": "Pkqf"},
        },
    ),
    "entra replaces an entry that is not there": (
        [{"op": "Replace", "path": 'emails[type eq "other"].Value', "value": "o@x"}],
        changed(emails=[*BEFORE["emails"], {"type": "other", "value": "o@x"}]),
    ),
    "entra fills an address in two steps": (
        [
            {"op": "Add", "path": 'addresses[type eq "work"].Formatted', "value": "f"},
            {"op": "Add", "path": 'addresses[type eq "work"].postalCode', "value": "p"},
        ],
        changed(addresses=[{"type": "work", "formatted": "f", "postalCode": "p"}]),
    ),
    "entra compares primary with a string": (
        [
            {"op": "Add", "path": 'roles[primary eq "True"].display', "value": "d"},
            {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "v"},
        ],
        changed(roles=[{"primary": True, "display": "d", "value": "v"}]),
    ),
    "entra adds a role that is text in text": (
        [{"op": "Add", "path": "roles", "value": [{"value": '{"id":"06","value":"Admin"}'}]}],
        changed(roles=[{"value": '{"id":"06","value":"Admin"}'}]),
    ),
    "entra sends dotted and URN keys": (
        [
            {
                "op": "replace",
                "value": {"displayName": "B", "name.givenName": "K", f"{URN}:employeeNumber": "Aklq"},
            }
        ],
        {
            **enterprise(employeeNumber="Aklq"),
            "displayName": "B",
            "name": {"givenName": "K", "familyName": "L"},
        },
    ),
    "entra sets the manager as a string": (
        [{"op": "Replace", "path": f"{URN}:manager", "value": "2"}],
        enterprise(manager={"value": "2"}),
    ),
    "entra sets the manager as an object": (
        [{"op": "Add", "path": f"{URN}:manager", "value": {"value": "2"}}],
        enterprise(manager={"value": "2"}),
    ),
    "entra sets the manager as a list, without the URN": (
        [{"op": "Add", "path": "manager", "value": [{"$ref": "http://x/2", "value": "2"}]}],
        enterprise(manager={"value": "2", "$ref": "http://x/2"}),
    ),
    "entra removes the manager": ([{"op": "Remove", "path": f"{URN}:manager"}], enterprise(manager=None)),
    "entra empties the manager": (
        [{"op": "Replace", "path": f"{URN}:manager", "value": ""}],
        enterprise(manager=None),
    ),
    "entra empties the manager's value": (
        [{"op": "Replace", "path": f"{URN}:manager", "value": {"value": ""}}],
        enterprise(manager=None),
    ),
    "entra nulls the manager": (
        [{"op": "Replace", "path": f"{URN}:manager", "value": None}],
        enterprise(manager=None),
    ),
    "keycloak updates": (
        [
            {"op": "replace", "path": "active", "value": "true"},
            {"op": "replace", "path": "userName", "value": "b"},
        ],
        changed(userName="b"),
    ),
    "authentik sends schemas and id": (
        [{"op": "replace", "value": {"schemas": [CORE], "id": "1", "externalId": "F"}}],
        changed(externalId="F"),
    ),
    "a role is removed by its value": (
        [
            {"op": "add", "path": "roles", "value": [{"value": "a"}, {"value": "b"}]},
            {"op": "Remove", "path": "roles", "value": [{"value": "a"}]},
        ],
        changed(roles=[{"value": "b"}]),
    ),
}

# name: (operations, operations that are left, (kind, ids) of the changes)
MEMBERSHIPS = {
    "okta changes membership": (
        [
            {"op": "remove", "path": 'members[value eq "1"]'},
            {"op": "add", "path": "members", "value": [{"value": "2", "display": "x"}]},
        ],
        [],
        [("remove", ("1",)), ("add", ("2",))],
    ),
    "okta pushes all": (
        [{"op": "replace", "path": "members", "value": [{"value": "1"}, {"value": "2"}]}],
        [],
        [("replace", ("1", "2"))],
    ),
    "okta pushes an empty group": ([{"op": "replace", "path": "members", "value": []}], [], [("clear", ())]),
    "okta renames and empties": (
        [{"op": "replace", "value": {"members": [], "id": "9", "displayName": "g"}}],
        [("replace", None, {"id": "9", "displayName": "g"})],
        [("clear", ())],
    ),
    "okta renames": (
        [{"op": "replace", "value": {"id": "9", "displayName": "g"}}],
        [("replace", None, {"id": "9", "displayName": "g"})],
        [],
    ),
    "entra adds": (
        [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": "f6"}]}],
        [],
        [("add", ("f6",))],
    ),
    "entra removes only the named": (
        [{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": "f6"}]}],
        [],
        [("remove", ("f6",))],
    ),
    "entra renames": (
        [{"op": "Replace", "path": "displayName", "value": "g"}],
        [("replace", "displayName", "g")],
        [],
    ),
    "authentik adds one at a time": (
        [
            {"op": "add", "path": "members", "value": [{"value": "1"}]},
            {"op": "add", "path": "members", "value": [{"value": "2"}]},
        ],
        [],
        [("add", ("1",)), ("add", ("2",))],
    ),
    "keycloak empties": (
        [{"op": "remove", "path": "members"}, {"op": "replace", "path": "displayName", "value": "g"}],
        [("replace", "displayName", "g")],
        [("clear", ())],
    ),
    "validator adds and removes in one": (
        [
            {"op": "add", "path": "Members", "value": {"value": "1"}},
            {"op": "remove", "path": 'Members[Value eq "1"]'},
        ],
        [],
        [("add", ("1",)), ("remove", ("1",))],
    ),
}
