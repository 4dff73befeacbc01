"""The SCIM edge and what stands beside it: thin. Parse, hand over to provisioning, answer.

application  everything put together: the WSGI application
scim         the endpoints of a target
catalogue    /Roles and /Entitlements: what the vendor offers
reading      what a request says: target, token, body, paging
rendering    resources as a client sees them
answers      SCIM's media type, ETags
errors       every error as a SCIM error body
health, metrics, paths, proxies
"""
