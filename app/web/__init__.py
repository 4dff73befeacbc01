"""The SCIM edge and what stands beside it: thin. Parse, hand over to provisioning, answer.

application  everything put together: the WSGI application
scim         the base of a target, and who gets in
resources    /Users and /Groups, one at a time
lists        /Users and /Groups, and searches
discovery    /ServiceProviderConfig, /ResourceTypes and /Schemas
me           /Me
catalogue    /Roles and /Entitlements: what the vendor offers
reading      what a request says: target, token, body, paging
query        the parameters of a URL or a search
media        media types, of what comes and of what is answered
rendering    resources as a client sees them
answers      bodies, and the headers that go with them: ETags
errors       every error as a SCIM error body
health, metrics, paths, proxies
"""
