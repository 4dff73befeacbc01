"""Each vendor's README against its code: every setting, every call, and the same headings in all of them."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest

from app.provisioning.driver import run
from mappings import Change, Conflict, Group, NotFound, Rejected, Settings, User, Variable, VendorError, discovery
from mappings.attributes import urn

ROOT = Path(__file__).parents[2] / "mappings"
VENDORS = discovery.names()
ANSWER = {"id": "{id}", "user-token": "t", "access_token": "t", "tenant": "t"}
ROW = re.compile(r"^\| ([^|`]+) \| `(GET|POST|PUT|PATCH|DELETE)` \| `(/[^`]*)` \| (.*)$", re.MULTILINE)


def readme(vendor):
    return (ROOT / vendor / "README.md").read_text(encoding="utf-8")


def headings(vendor):
    return re.findall(r"^##+ .*$", readme(vendor), re.MULTILINE)


def setting_row(setting, required):
    optional = "optional" if setting.default in (None, "") else f"`{json.dumps(setting.default)}`"
    choices = f" One of: {', '.join(f'`{choice}`' for choice in setting.choices)}." if setting.choices else ""
    return f"| `{setting.name}` | {'required' if required else optional} | {setting.about}.{choices} |"


def mappings_of(vendor):
    """One mapping for each set of credentials, and for each choice of an option."""
    kind = discovery.load(vendor)
    defaults = {setting.name: setting.default or "{role}" for setting in kind.options if setting.kind is str}
    defaults |= {setting.name: setting.default for setting in kind.options if setting.kind is not str}
    flags = [setting.name for setting in kind.options if setting.kind is bool]
    variants = [{}, *({setting.name: choice} for setting in kind.options for choice in setting.choices)]
    for variant in [*variants, *({flag: True} for flag in flags)]:
        for settings in kind.credentials:
            yield kind(Settings({setting.name: "secret" for setting in settings}, {**defaults, **variant}))


def sample(attribute):
    """A value of one of a vendor's own attributes."""
    value = {"boolean": True, "integer": 1, "complex": {part.name: sample(part) for part in attribute.parts}}
    one = attribute.choices[0] if attribute.choices else value.get(attribute.type, "{value}")
    return [one] if attribute.multi_valued else one


def groups_of(mapping):
    """One group without the vendor's own attributes, and one with all of them, if it takes these values."""
    document = {"id": "{scim id}", "displayName": "Engineering"}
    extension = {attribute.name: sample(attribute) for attribute in mapping.group_attributes}
    for given in (document, {**document, urn(mapping.vendor, "Group"): extension}):
        with suppress(VendorError):
            group = mapping.group(given)
            yield Group(group.key, group.fields, frozenset({"{id}"}), "{id}")


def flows(mapping):
    """Everything the bridge may ask of a mapping, with placeholders where a vendor would have values."""
    document = {"userName": "{email}@", "emails": [{"value": "ada@acme.example"}], "displayName": "Ada"}
    wanted = mapping.user(document, frozenset({"{role}"}), "Secret-1")
    user = User("{email}", wanted.fields, wanted.roles, "Secret-1", "{id}")
    roles = Change({}, frozenset({"{role}"}), frozenset({"{role}"}))
    yield from (mapping.login(), mapping.check(), mapping.create_user(user), mapping.find_user(user))
    yield from (mapping.update_user(user, Change({name: value})) for name, value in wanted.fields.items())
    yield from (mapping.update_user(user, roles), mapping.update_user(user, Change(password="Secret-2")))
    yield mapping.delete_user("{id}")
    for group in groups_of(mapping):
        yield from (mapping.create_group(group), mapping.find_group(group))
        yield mapping.update_group(group, Change({"name": "Finance"}))
        lists = {name: value for name, value in group.fields.items() if isinstance(value, list)}
        yield from (mapping.update_group(group, Change({name: value})) for name, value in lists.items())
        yield from (mapping.update_group(group, Change({name: []}, before={name: lists[name]})) for name in lists)
    yield mapping.delete_group("{id}")
    yield from (mapping.roles(), mapping.entitlements())


def calls_of(vendor):
    """Every call that any flow yields, whether the vendor answers, refuses, or knows nothing of it."""
    found = {}

    def send_with(error):
        def send(call):
            path = "/" + "/".join(f"{{{part.name}}}" if isinstance(part, Variable) else part for part in call.path)
            row = (call.meaning, call.method, path)
            found.setdefault(row, set()).update({*(call.json or ()), *(call.form or ()), *call.query})
            if error is not None:
                raise error
            return ANSWER if call.planned is None else call.planned

        return send

    for mapping in mappings_of(vendor):
        for error in (None, Rejected("no"), NotFound("no"), Conflict("no")):
            for flow in flows(mapping):
                with suppress(VendorError, LookupError):
                    run(flow, send_with(error))
    return found


def placeholders(path):
    """An id is an id, whatever the page calls it: {id}, {group}, {email}."""
    return re.sub(r"\{(?!tenant)[^}]*\}|\([^)]*\)", "{}", path)


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_has_a_row_for_every_setting(vendor):
    mapping = discovery.load(vendor)
    rows = [
        setting_row(setting, setting.default is None) for settings in mapping.credentials for setting in settings
    ]
    rows += [setting_row(setting, setting.required) for setting in mapping.options]
    assert [row for row in rows if row not in readme(vendor)] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_lists_every_call_the_mapping_makes_and_no_other(vendor):
    made = {(meaning, method, placeholders(path)) for meaning, method, path in calls_of(vendor)}
    told = {(meaning, method, placeholders(path)) for meaning, method, path, _ in ROW.findall(readme(vendor))}
    assert told == made


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_names_every_field_of_each_body_and_query(vendor):
    told = {meaning: rest for meaning, _, _, rest in ROW.findall(readme(vendor))}
    missing = {
        (meaning, name)
        for (meaning, _, _), names in calls_of(vendor).items()
        for name in names
        if f"`{name}`" not in told.get(meaning, "")
    }
    assert missing == set()


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_names_the_vendors_document_and_every_attribute(vendor):
    mapping = discovery.load(vendor)
    named = [mapping.documents, *mapping.user_fields, *mapping.group_fields]
    assert [name for name in named if name not in readme(vendor)] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_says_what_the_mapping_declares_unsupported(vendor):
    mapping = discovery.load(vendor)
    reasons = [getattr(getattr(mapping, name), "unsupported", None) for name in dir(mapping)]
    assert [reason for reason in reasons if reason and reason not in readme(vendor)] == []


def test_all_have_the_same_headings_in_the_same_order():
    assert {vendor: headings(vendor) for vendor in VENDORS} == dict.fromkeys(VENDORS, headings(VENDORS[0]))
