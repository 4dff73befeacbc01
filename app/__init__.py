"""The SCIM bridge: directory, provisioning and the SCIM edge."""
