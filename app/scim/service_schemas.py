"""The schemas of what discovery shows: ServiceProviderConfig, ResourceType and Schema (RFC 7643 §8.7.2).

Everything is readOnly. `pagination` is RFC 9865's; `id` is a common attribute, which no schema lists here.
"""

from __future__ import annotations

from dataclasses import replace

from app.scim.attributes import Attribute, Schema
from app.scim.definitions import complex_, reference, text


def _flag(name: str, description: str, *, required: bool = True) -> Attribute:
    return Attribute(name, "boolean", required=required, description=description)


def _number(name: str, description: str, *, required: bool = True) -> Attribute:
    return Attribute(name, "integer", required=required, description=description)


def _feature(name: str, description: str, *limits: Attribute) -> Attribute:
    return complex_(name, description, _flag("supported", "Whether it is supported."), *limits, required=True)


def _choice(name: str, description: str, *canonical: str, **traits: bool) -> Attribute:
    return text(name, description, canonical_values=canonical, **traits)


def _read_only(attribute: Attribute) -> Attribute:
    subs = tuple(map(_read_only, attribute.sub_attributes))
    return replace(attribute, mutability="readOnly", sub_attributes=subs)


def _schema(name: str, title: str, description: str, *attributes: Attribute) -> Schema:
    urn = f"urn:ietf:params:scim:schemas:core:2.0:{name}"
    return Schema(urn, title, description, tuple(map(_read_only, attributes)))


SERVICE_PROVIDER_CONFIG = _schema(
    "ServiceProviderConfig",
    "Service Provider Configuration",
    "What the service provider does",
    reference("documentationUri", "The page for people.", "external"),
    _feature("patch", "PATCH."),
    _feature(
        "bulk",
        "Bulk operations.",
        _number("maxOperations", "The most operations of one request."),
        _number("maxPayloadSize", "The most bytes of one request."),
    ),
    _feature("filter", "Filters.", _number("maxResults", "The most resources of one answer.")),
    _feature("changePassword", "Changes of a password."),
    _feature("sort", "Sorted lists."),
    _feature("etag", "Entity tags."),
    complex_(
        "pagination",
        "How lists are paged.",
        _flag("cursor", "Whether by cursors."),
        _flag("index", "Whether by startIndex."),
        _choice("defaultPaginationMethod", "How, where the client does not say.", "cursor", "index"),
        _number("defaultPageSize", "The resources of a page where the client does not say.", required=False),
        _number("maxPageSize", "The most resources of a page.", required=False),
        _number("cursorTimeout", "The seconds for which a cursor is good.", required=False),
    ),
    complex_(
        "authenticationSchemes",
        "How clients authenticate.",
        _choice(
            "type",
            "The scheme.",
            *("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"),
            required=True,
        ),
        text("name", "The common name of the scheme.", required=True),
        text("description", "What the scheme is.", required=True),
        reference("specUri", "Where the scheme is specified.", "external"),
        reference("documentationUri", "Where its use is documented.", "external"),
        _flag("primary", "Whether it is the preferred scheme.", required=False),
        multi_valued=True,
        required=True,
    ),
)

RESOURCE_TYPE = _schema(
    "ResourceType",
    "Resource Type",
    "A kind of resource and its endpoint",
    text("name", "The name of the resource type.", required=True, case_exact=True, uniqueness="server"),
    text("description", "What it is, for people."),
    reference("endpoint", "The path below the base URL.", "uri", required=True, uniqueness="server"),
    reference("schema", "The URN of its core schema.", "uri", required=True),
    complex_(
        "schemaExtensions",
        "The extensions of its schema.",
        reference("schema", "The URN of the extension.", "uri", required=True),
        _flag("required", "Whether every such resource has it."),
        multi_valued=True,
    ),
)

TYPES = ("string", "complex", "boolean", "decimal", "integer", "dateTime", "reference", "binary")
CHARACTERISTICS = (
    text("name", "The name of the attribute.", required=True, case_exact=True),
    _choice("type", "Its data type.", *TYPES, required=True),
    _flag("multiValued", "Whether it has many values."),
    text("description", "What it is, for people.", case_exact=True),
    _flag("required", "Whether a resource must have it.", required=False),
    text("canonicalValues", "Values that are suggested.", multi_valued=True, case_exact=True),
    _flag("caseExact", "Whether case counts.", required=False),
    _choice(
        "mutability",
        "When it may be written.",
        *("readOnly", "readWrite", "immutable", "writeOnly"),
        case_exact=True,
    ),
    _choice("returned", "When it is returned.", "always", "never", "default", "request", case_exact=True),
    _choice("uniqueness", "Among which resources it is unique.", "none", "server", "global", case_exact=True),
    text("referenceTypes", "What a reference may lead to.", multi_valued=True, case_exact=True),
)

SCHEMA = _schema(
    "Schema",
    "Schema",
    "A collection of attributes",
    text("name", "The name of the schema, for people.", required=True),
    text("description", "What it is, for people."),
    complex_(
        "attributes",
        "The attributes of the schema.",
        *CHARACTERISTICS,
        complex_("subAttributes", "The attributes of a complex one.", *CHARACTERISTICS, multi_valued=True),
        multi_valued=True,
        required=True,
    ),
)

SERVICE_SCHEMAS = (SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA)
