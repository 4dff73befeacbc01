"""The contract of a mapping, to be run: what each must show, in three tiers, against its own sandbox.

It runs against a whole bridge, from the outside: SCIM in, vendor calls out. ``scim-bridge mappings check`` prints
it; the test suite runs it for every mapping there is.
"""
