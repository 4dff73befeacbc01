"""Values: what a schema asks for, mostly, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from app.scim.attributes import Attribute
from app.scim.resource_type import ResourceType

ODD = ["", " ", "\0", "é", "e\u0301", "ß", "İ", "😀", "\u202e", "%00", "'", '"', "\\", "a" * 257, "x" * 5000]
ODD += ["\ufeff", "None", "False", "True", "0", "-1", "1e999", "urn:", "$ref", "../..", "{user}", "<b>", "a@x.org"]
texts = st.one_of(st.sampled_from(ODD), st.text(max_size=8), st.sampled_from(["ann", "bob", "eve", "Finance"]))
emails = st.sampled_from(["ann", "bob", "eve", "ada", "ßé"]).map("{}@acme.example".format)
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, 2**63]))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
anything = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(texts, below, max_size=3)),
    max_leaves=6,
)

RIGHT = {
    "string": texts,
    "reference": st.sampled_from(["https://x.example/y", "../Users/1", "urn:x"]),
    "binary": st.sampled_from(["", "AAAA", "no base64"]),
    "boolean": st.sampled_from([True, False, "True", "false"]),
    "integer": st.integers(-(2**63), 2**63),
    "decimal": numbers,
    "dateTime": st.sampled_from(["2030-01-31T12:00:00Z", "2030-01-31", "yesterday"]),
}


def often(usual: st.SearchStrategy[object], rare: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Draw nineteen of twenty from one."""
    return st.integers(0, 19).flatmap(lambda drawn: usual if drawn else rare)


def in_any_case(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name, name, name.upper(), name.lower()])


def one(attribute: Attribute) -> st.SearchStrategy[object]:
    if attribute.is_complex:
        return some(attribute.sub_attributes)
    usual = RIGHT[attribute.type]
    if attribute.canonical_values:
        usual = st.one_of(st.sampled_from(attribute.canonical_values), usual)
    return st.one_of(usual, emails) if attribute.name in {"userName", "value"} else usual


def value(attribute: Attribute) -> st.SearchStrategy[object]:
    usual = st.lists(one(attribute), max_size=3) if attribute.multi_valued else one(attribute)
    return often(usual, anything)


def some(attributes: Iterable[Attribute]) -> st.SearchStrategy[dict[str, object]]:
    """An object of some of these attributes."""
    known = {attribute.name: attribute for attribute in attributes}
    names = st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: value(known[name]) for name in chosen}))


def resource(type_: ResourceType) -> st.SearchStrategy[object]:
    """A resource with what is required and some of the rest, its extensions under their URNs."""
    required = {"userName": emails, "displayName": texts, "emails": emails.map(lambda each: [{"value": each}])}
    own = {name: required[name] for name in required if name.casefold() in type_.attributes}
    extensions = [some(each.attributes).map(lambda given, urn=each.id: {urn: given}) for each in type_.extensions]
    extra = st.one_of(st.just({}), st.just({}), *extensions)
    whole = st.tuples(some(type_.attributes.values()), st.fixed_dictionaries(own), extra).map(_joined)
    return often(whole, anything)


def _joined(parts: tuple[dict[str, object], ...]) -> dict[str, object]:
    return {name: given for part in parts for name, given in part.items()}


def path(type_: ResourceType) -> st.SearchStrategy[str]:
    """An attribute's name, a path into it, or nonsense."""
    names = [str(found) for found in type_._attributes]
    plural = [each.name for each in type_.attributes.values() if each.multi_valued]
    chosen = st.tuples(st.sampled_from(plural), literals).map(lambda pair: f"{pair[0]}[value eq {pair[1]}]")
    typed = st.sampled_from(plural).map('{}[type eq "work"].value'.format)
    return st.one_of(
        st.sampled_from(names).flatmap(in_any_case), chosen, typed, st.sampled_from(type_.schemas), texts
    )


literals = st.one_of(
    st.sampled_from(['"ann@acme.example"', '"{user}"', "true", "null", "5", '"2030-01-31T12:00:00Z"', '""']),
    texts.map(lambda text: f'"{text}"'),
)
operators = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "xx"])


def filter_(type_: ResourceType) -> st.SearchStrategy[str]:
    """A filter of the grammar, or nearly."""
    compared = st.tuples(path(type_), operators, literals).map(" ".join)
    atoms = st.one_of(compared, compared, path(type_).map("{} pr".format), texts)
    return st.recursive(
        atoms,
        lambda below: st.one_of(
            st.tuples(below, st.sampled_from(["and", "or", "xor"]), below).map(" ".join),
            below.map("not ({})".format),
            below.map("({}".format),
        ),
        max_leaves=4,
    )
