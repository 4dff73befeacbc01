"""SCIM 2.0 as the RFCs write it (RFC 7643, RFC 7644), with the latitude that real identity providers need.

Pure functions on plain dicts: no web framework, no SQL, no vendor, no state. Every refusal is an
`errors.ScimError`, which knows its own HTTP status and body.

    types        Json, Document
    errors       the error tree
    schemas      the definitions of User, Group and the enterprise extension, and the two resource types
    body         decode: bytes -> JSON in which no name stands twice
    validation   parse_resource: a POST or PUT body -> a canonical document
    filter       parse_filter, matches and the filter's tree
    path         parse_path: the path of a PATCH operation
    patch        parse_patch, apply_patch
    members      split_members: the membership changes in a PATCH, without the member list
    projection   attributes and excludedAttributes
    sorting      parse_order: sortBy and sortOrder; the key that a resource is sorted by
    paging       cut: a page of a list, by index or from a cursor
    cursor       encode, decode: cursors as clients see them
    messages     list responses and the discovery documents
"""
