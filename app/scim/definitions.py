"""The schemas of RFC 7643 §4 and §8.7.1 as data: User, Group, the enterprise extension, common attributes.

Where they differ from §8.7.1, a provider or a conformance suite is the reason:

* `active` is declared required, so that no tester removes it and then wants it absent while identity
  providers always want a boolean. Nothing enforces it: a create without `active` is fine.
* a group's `displayName` is required and unique: Entra's validator wants 409 for a second one.
* `members` have no `display`, as in §8.7.1: Okta sends one, conformance testers want back just what they sent, and
  shown it would make another version of the group whenever a member is renamed.
* only users are members, and so all groups of a user are direct ones: groups in groups are not supported.
* `members.value` is required: a member without an id is nobody.
* ids (`members.value`, `groups.value`, `manager.value`) are caseExact, as `id` is.
"""

from __future__ import annotations

from typing import Any

from app.scim.attributes import Attribute, Schema


def text(name: str, description: str, **traits: Any) -> Attribute:
    """Define a string."""
    return Attribute(name, description=description, **traits)


def reference(name: str, description: str, *types: str, **traits: Any) -> Attribute:
    """Define a reference to resources of these types, or to something `external`."""
    return Attribute(name, "reference", case_exact=True, description=description, reference_types=types, **traits)


def complex_(name: str, description: str, *subs: Attribute, **traits: Any) -> Attribute:
    """Define a complex attribute."""
    return Attribute(name, "complex", description=description, sub_attributes=subs, **traits)


def kind(*canonical: str) -> Attribute:
    """Define the `type` of a multi-valued attribute's entries."""
    return text("type", "A label that tells what the value is for.", canonical_values=canonical)


PRIMARY = Attribute("primary", "boolean", description="Whether this is the preferred value.")
DISPLAY = text("display", "A human-readable name, primarily used for display purposes.")


def plural(name: str, description: str, *kinds: str, value: Attribute | None = None, **traits: Any) -> Attribute:
    """Define a multi-valued attribute with the sub-attributes of RFC 7643 §2.4."""
    value = value or text("value", f"One of the {name}.")
    return complex_(name, description, value, DISPLAY, kind(*kinds), PRIMARY, multi_valued=True, **traits)


COMMON = (
    Attribute(
        "schemas",
        "reference",
        multi_valued=True,
        required=True,
        case_exact=True,
        returned="always",
        description="The URNs of the schemas that the resource's attributes come from.",
    ),
    text(
        "id",
        "The server's own, unchanging identifier of the resource.",
        case_exact=True,
        mutability="readOnly",
        returned="always",
        uniqueness="server",
    ),
    text("externalId", "The client's own identifier of the resource.", case_exact=True),
    complex_(
        "meta",
        "What the server knows about the resource.",
        text("resourceType", "The name of the resource type.", case_exact=True, mutability="readOnly"),
        Attribute("created", "dateTime", mutability="readOnly", description="When it was created."),
        Attribute("lastModified", "dateTime", mutability="readOnly", description="When it last changed."),
        reference("location", "The URI of the resource.", "uri", mutability="readOnly"),
        text("version", "The version, as in the ETag header.", case_exact=True, mutability="readOnly"),
        mutability="readOnly",
    ),
)
"""The attributes that every resource has and no schema lists (RFC 7643 §3.1)."""

USER = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "User",
    "User Account",
    (
        text(
            "userName",
            "The name by which the user signs in; unique in any case.",
            required=True,
            uniqueness="server",
        ),
        complex_(
            "name",
            "The components of the user's name.",
            text("formatted", "The full name, formatted for display."),
            text("familyName", "The family name, or last name."),
            text("givenName", "The given name, or first name."),
            text("middleName", "The middle name(s)."),
            text("honorificPrefix", "The title before the name, such as 'Ms.'."),
            text("honorificSuffix", "The suffix after the name, such as 'III'."),
        ),
        text("displayName", "The name suitable for display to other users."),
        text("nickName", "The casual way to address the user, such as 'Bob'."),
        reference("profileUrl", "The URL of the user's online profile.", "external"),
        text("title", "The user's title, such as 'Vice President'."),
        text("userType", "The relationship between the organization and the user, such as 'Employee'."),
        text("preferredLanguage", "The preferred language, as in Accept-Language."),
        text("locale", "The location for formats of currency, dates and numbers, such as 'en-US'."),
        text("timezone", "The time zone in IANA form, such as 'America/Los_Angeles'."),
        Attribute("active", "boolean", required=True, description="Whether the user may sign in."),
        text(
            "password",
            "The clear-text password; it can be set and never read.",
            case_exact=True,
            mutability="writeOnly",
            returned="never",
        ),
        plural("emails", "The e-mail addresses.", "work", "home", "other"),
        plural("phoneNumbers", "The phone numbers.", "work", "home", "mobile", "fax", "pager", "other"),
        plural(
            "ims",
            "The instant messaging addresses.",
            *("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        ),
        plural(
            "photos",
            "URLs of photos of the user.",
            *("photo", "thumbnail"),
            value=reference("value", "The URL of a photo.", "external"),
        ),
        complex_(
            "addresses",
            "The physical mailing addresses.",
            text("formatted", "The full address, formatted for display."),
            text("streetAddress", "The street, house number and the like."),
            text("locality", "The city."),
            text("region", "The state or region."),
            text("postalCode", "The postal code."),
            text("country", "The country, in ISO 3166-1 alpha-2 form."),
            kind("work", "home", "other"),
            PRIMARY,
            multi_valued=True,
        ),
        complex_(
            "groups",
            "The groups the user belongs to; changed through the groups only.",
            text("value", "The id of the group.", case_exact=True, mutability="readOnly"),
            reference("$ref", "The URI of the group.", "Group", mutability="readOnly"),
            text("display", "The name of the group.", mutability="readOnly"),
            text(
                "type",
                "Whether the membership is direct.",
                canonical_values=("direct",),
                mutability="readOnly",
            ),
            multi_valued=True,
            mutability="readOnly",
        ),
        plural("entitlements", "The things the user has."),
        plural("roles", "The roles that say who the user is, such as 'Student'."),
        plural(
            "x509Certificates",
            "The X.509 certificates.",
            value=Attribute("value", "binary", case_exact=True, description="A DER certificate in base64."),
        ),
    ),
)

GROUP = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "Group",
    "Group",
    (
        text("displayName", "The name of the group; unique in any case.", required=True, uniqueness="server"),
        complex_(
            "members",
            "The members of the group.",
            text("value", "The id of the member.", required=True, case_exact=True, mutability="immutable"),
            reference("$ref", "The URI of the member.", "User", mutability="immutable"),
            text(
                "type",
                "What the member is.",
                canonical_values=("User",),
                mutability="immutable",
            ),
            multi_valued=True,
        ),
    ),
)

ENTERPRISE_USER = Schema(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "EnterpriseUser",
    "Enterprise User",
    (
        text("employeeNumber", "The number that the organization gave the user."),
        text("costCenter", "The name of a cost center."),
        text("organization", "The name of an organization."),
        text("division", "The name of a division."),
        text("department", "The name of a department."),
        complex_(
            "manager",
            "The user's manager.",
            text("value", "The id of the manager's User resource.", case_exact=True),
            reference("$ref", "The URI of the manager's User resource.", "User"),
            text("displayName", "The manager's name.", mutability="readOnly"),
        ),
    ),
)
