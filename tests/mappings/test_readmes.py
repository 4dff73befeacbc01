"""Each vendor's README against its code: every setting, every call, and the same headings in all of them."""

import re
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from app.contract.readme import HEADINGS, call_rows, setting_rows
from app.provisioning.driver import run
from mappings import Change, Conflict, Group, NotFound, Rejected, Settings, User, VendorError, difference, discovery
from mappings.attributes import urn
from tests.mappings.readme_examples import EXAMPLES

ROOT = Path(__file__).parents[2] / "mappings"
VENDORS = [vendor for vendor in discovery.shipped() if discovery.load(vendor).tier != "bronze"]
LISTS = {
    "token": "t",
    "results": [{"id": id_, "role_name": id_, "permissions": []} for id_ in ("{id}", "{role}")],
    "users": [{"id": 1, "email": "{email}", "user_groups": ["Some"]}],
}
ANSWER = {"id": "{id}", "user-token": "t", "access_token": "t", "tenant": "t", "data": LISTS}


def readme(vendor):
    return (ROOT / vendor / "README.md").read_text(encoding="utf-8")


def headings(vendor):
    return tuple(re.findall(r"^##+ .*$", readme(vendor), re.MULTILINE))


def mappings_of(vendor):
    """One mapping for each set of credentials, and for each choice of an option."""
    kind = discovery.load(vendor)
    defaults = {setting.name: setting.default or "{role}" for setting in kind.options if setting.kind is str}
    defaults |= {setting.name: setting.default for setting in kind.options if setting.kind is not str}
    flags = [setting.name for setting in kind.options if setting.kind is bool]
    variants = [{}, *({setting.name: choice} for setting in kind.options for choice in setting.choices)]
    for variant in [*variants, *({flag: True} for flag in flags)]:
        for settings in kind.credentials:
            yield kind(
                Settings({setting.name: f"{{{setting.name}}}" for setting in settings}, {**defaults, **variant})
            )


def sample(attribute):
    """A value of one of a vendor's own attributes."""
    value = {"boolean": True, "integer": 1, "complex": {part.name: sample(part) for part in attribute.parts}}
    known = (*attribute.choices, *attribute.examples)
    one = known[0] if known else value.get(attribute.type, "{value}")
    return [one] if attribute.multi_valued else one


def extended(mapping, kind, attributes):
    return {urn(mapping.vendor, kind): {attribute.name: sample(attribute) for attribute in attributes}}


def flows(mapping):
    """Everything the bridge may ask of a mapping, with placeholders where a vendor would have values."""
    document = {"userName": "{email}@", "emails": [{"value": "ada@acme.example"}], "displayName": "Ada"}
    document |= extended(mapping, "User", mapping.user_attributes)
    wanted = mapping.user(document, frozenset({"{role}"}), "Secret-1")
    user = User("{email}", wanted.fields, wanted.roles, "Secret-1", "{id}")
    document = {"id": "{scim id}", "displayName": "Engineering"}
    group = mapping.group(document | extended(mapping, "Group", mapping.group_attributes))
    group = Group(group.key, group.fields, frozenset({"{id}"}), "{id}")
    roles = Change({}, frozenset({"{role}"}), frozenset({"{role}"}))
    yield from (mapping.login(), mapping.check(), mapping.create_user(user), mapping.find_user(user))
    yield from (mapping.update_user(user, Change({name: value})) for name, value in wanted.fields.items())
    yield from (mapping.update_user(user, roles), mapping.update_user(user, Change(password="Secret-2")))
    if (leaver := mapping.inactive(user)) is not None:
        yield mapping.update_user(leaver, difference(user.fields, user.roles, leaver))
    yield mapping.delete_user("{id}")
    yield from (mapping.create_group(group), mapping.find_group(group), mapping.delete_group("{id}"))
    names = [name for name, value in group.fields.items() if value == "Engineering"] or ["name"]
    yield from (mapping.update_group(group, Change({name: "Finance"})) for name in names)
    lists = {name: value for name, value in group.fields.items() if isinstance(value, list)}
    yield from (mapping.update_group(group, Change({name: value})) for name, value in lists.items())
    yield from (mapping.update_group(group, Change({name: []}, before={name: lists[name]})) for name in lists)
    yield from (mapping.roles(), mapping.entitlements())


def calls_of(vendor):
    """Every call that any flow yields, whether the vendor answers, refuses, or knows nothing of it."""
    found = {}

    def send_with(error, answers=ANSWER, *, reads):
        def send(call):
            row = (call.meaning, call.method, call.shown_path)
            found.setdefault(row, set()).update({*(call.json or ()), *(call.form or ()), *call.query})
            if error is not None and (call.method != "GET" or not reads):
                raise error
            return answers.get(call.meaning, ANSWER if call.planned is None else call.planned)

        return send

    for mapping in mappings_of(vendor):
        for error, reads in product((None, Rejected("no"), NotFound("no"), Conflict("no")), (False, True)):
            for flow in flows(mapping):
                with suppress(VendorError, LookupError):
                    run(flow, send_with(error, reads=reads))
            for flow, answers in EXAMPLES.get(vendor, lambda _: ())(mapping):
                with suppress(VendorError, LookupError):
                    run(flow, send_with(error, answers, reads=reads))
    return found


def placeholders(path):
    """An id is an id, whatever the page calls it: {id}, {group}, {email}."""
    return re.sub(r"\{(?!tenant)[^}]*\}|\([^)]*\)", "{}", path)


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_has_a_row_for_every_setting(vendor):
    rows = setting_rows(discovery.load(vendor))
    assert [row for row in rows if row not in readme(vendor)] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_lists_every_call_the_mapping_makes_and_no_other(vendor):
    made = {(meaning, method, placeholders(path)) for meaning, method, path in calls_of(vendor)}
    told = {(meaning, method, placeholders(path)) for meaning, method, path, _ in call_rows(readme(vendor))}
    assert told == made


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_names_every_field_of_each_body_and_query(vendor):
    told = {meaning: rest for meaning, _, _, rest in call_rows(readme(vendor))}
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


def test_all_of_gold_have_the_same_headings_in_the_same_order():
    gold = [vendor for vendor in VENDORS if discovery.load(vendor).tier == "gold"]
    assert [vendor for vendor in gold if headings(vendor) != HEADINGS] == []
