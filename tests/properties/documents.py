"""Random users that both the bridge and scim2-models take, made of few values so that they often meet."""

from hypothesis import strategies as st
from scim2_models import EnterpriseUser, User

from app.scim.schemas import ENTERPRISE_USER, USER

URN = ENTERPRISE_USER.id
WORDS = ["a", "b", "Ab", 'q"uo\\te', "true", "5"]
ADDRESSES = ["a@x.org", "b@x.org", "c@x.org"]
KINDS = ["work", "home", "other"]

words = st.sampled_from(WORDS)


def objects(**fields):
    """Make objects with some of the fields, at least one."""
    return st.fixed_dictionaries({}, optional=fields).filter(bool)


def one_primary(entries):
    """Let one entry at most be primary."""
    seen = False
    for entry in entries:
        if entry.get("primary") and seen:
            entry["primary"] = False
        seen = seen or bool(entry.get("primary"))
    return entries


def several(values, kinds, **optional):
    """Make the entries of a multi-valued attribute, one of each type."""
    entry = st.fixed_dictionaries(
        {**values, "type": st.sampled_from(kinds)}, optional={"primary": st.booleans(), **optional}
    )
    entries = st.lists(entry, min_size=1, max_size=3, unique_by=lambda entry: entry["type"])
    return entries.map(one_primary)


emails = several({"value": st.sampled_from(ADDRESSES)}, KINDS)
phones = several({"value": words}, ["work", "mobile", "fax"], display=words)
roles = several({"value": words}, ["a", "b"], display=words)
addresses = several({"locality": words}, KINDS, region=words)
names = objects(givenName=words, familyName=words, formatted=words)
managers = words.map(lambda word: {"value": word, "$ref": f"https://x.example/Users/{ord(word[0])}"})
enterprises = objects(department=words, costCenter=words, manager=managers)

users = st.fixed_dictionaries(
    {"schemas": st.just([USER.id]), "userName": words},
    optional={
        "title": words,
        "displayName": words,
        "nickName": words,
        "active": st.booleans(),
        "name": names,
        "emails": emails,
        "phoneNumbers": phones,
        "roles": roles,
        "addresses": addresses,
        URN: enterprises,
    },
).map(lambda user: {**user, "id": "1", "schemas": [USER.id, *([URN] if URN in user else [])]})

Model = User[EnterpriseUser]
