"""Random filters against a naive evaluator and against scim2-models."""

import json
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st
from scim2_models import ScimFilter

from app.scim.filter import And, Comparison, Not, Or, Present, ValuePath, matches, parse_filter
from app.scim.schemas import USER_TYPE
from tests.properties.documents import ADDRESSES, KINDS, URN, Model, users, words

STRINGS = ("userName", "title", "name.givenName", "name.familyName", f"{URN}:department")
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")

presence = st.tuples(st.just("pr"), st.sampled_from([*STRINGS, "emails", "name", "active", "nickName"]))
entry_tests = st.one_of(
    st.tuples(st.just("cmp"), st.just("type"), st.sampled_from(["eq", "ne"]), st.sampled_from(KINDS)),
    st.tuples(st.just("cmp"), st.just("value"), st.sampled_from(OPERATORS), st.sampled_from(ADDRESSES)),
    st.tuples(st.just("cmp"), st.just("primary"), st.sampled_from(["eq", "ne"]), st.booleans()),
    st.tuples(st.just("pr"), st.just("primary")),
)


def combined(leaves, size):
    """Make trees of these leaves."""
    return st.recursive(
        leaves,
        lambda below: st.one_of(
            st.tuples(st.sampled_from(["and", "or"]), below, below), st.tuples(st.just("not"), below)
        ),
        max_leaves=size,
    )


leaves = st.one_of(
    st.tuples(st.just("cmp"), st.sampled_from(STRINGS), st.sampled_from(OPERATORS), words),
    st.tuples(st.just("cmp"), st.just("emails.value"), st.sampled_from(OPERATORS), st.sampled_from(ADDRESSES)),
    st.tuples(st.just("cmp"), st.just("active"), st.sampled_from(["eq", "ne"]), st.booleans()),
    presence,
    st.tuples(st.just("entry"), st.just("emails"), combined(entry_tests, 4)),
)
trees = combined(leaves, 12)


def rendered(tree, level=0):
    """Write a tree with the parentheses that RFC 7644 needs: `not` before `and` before `or`."""
    match tree:
        case ("cmp", path, op, value):
            return f"{path} {op} {json.dumps(value)}"
        case ("pr", path):
            return f"{path} pr"
        case ("entry", path, inner):
            return f"{path}[{rendered(inner)}]"
        case ("not", inner):
            return f"not ({rendered(inner)})"
    own = 1 if tree[0] == "or" else 2
    text = f"{rendered(tree[1], own)} {tree[0]} {rendered(tree[2], own)}"
    return f"({text})" if own < level else text


def flat(kind, left, right):
    """Join two sides, whose chains of the same operator become one: `and` and `or` are associative."""
    parts = chain.from_iterable(side[1] if side[0] == kind else (side,) for side in (left, right))
    return (kind, tuple(parts))


def expected(tree):
    """Give the normal form of what was rendered."""
    if tree[0] in ("and", "or"):
        return flat(tree[0], expected(tree[1]), expected(tree[2]))
    if tree[0] in ("not", "entry"):
        return (*tree[:-1], expected(tree[-1]))
    if tree[0] == "cmp" and tree[2] == "ne":
        return ("not", ("cmp", tree[1], "eq", tree[3]))
    return tree


def normal(node):
    """Give the normal form of what was parsed."""
    match node:
        case And(left, right):
            return flat("and", normal(left), normal(right))
        case Or(left, right):
            return flat("or", normal(left), normal(right))
        case Not(inner):
            return ("not", normal(inner))
        case ValuePath(path, inner):
            return ("entry", str(path), normal(inner))
        case Present(path):
            return ("pr", str(path))
        case Comparison(path, op, value):
            return ("cmp", str(path), op, value)


def values(document, path):
    """Give the values at a path, naively."""
    holder = document.get(URN, {}) if path.startswith(URN) else document
    found = [holder]
    for name in path.removeprefix(f"{URN}:").split("."):
        found = [each[name] for each in found if name in each]
        found = list(chain.from_iterable(each if isinstance(each, list) else [each] for each in found))
    return found


def compares(op, value, literal):
    if isinstance(value, str):
        value, literal = value.lower(), literal.lower()
    return {
        "eq": lambda: value == literal,
        "co": lambda: literal in value,
        "sw": lambda: value[: len(literal)] == literal,
        "ew": lambda: value[len(value) - len(literal) :] == literal and len(value) >= len(literal),
        "gt": lambda: value > literal,
        "ge": lambda: value >= literal,
        "lt": lambda: value < literal,
        "le": lambda: value <= literal,
    }[op]()


def truth(tree, document):
    """Evaluate what was rendered, naively."""
    match tree:
        case ("and", left, right):
            return truth(left, document) and truth(right, document)
        case ("or", left, right):
            return truth(left, document) or truth(right, document)
        case ("not", inner):
            return not truth(inner, document)
        case ("pr", path):
            return bool(values(document, path)) and values(document, path) != [{}]
        case ("entry", path, inner):
            return any(truth(inner, entry) for entry in values(document, path))
        case ("cmp", path, "ne", literal):
            return not truth(("cmp", path, "eq", literal), document)
        case ("cmp", path, op, literal):
            return any(compares(op, value, literal) for value in values(document, path))


@settings(max_examples=150, deadline=None)
@given(trees)
def test_a_filter_is_read_as_it_was_meant(tree):
    assert normal(parse_filter(rendered(tree), USER_TYPE)) == expected(tree)


@settings(max_examples=150, deadline=None)
@given(trees, users)
def test_a_filter_finds_what_a_naive_evaluation_finds(tree, user):
    assert matches(parse_filter(rendered(tree), USER_TYPE), user, USER_TYPE) is truth(tree, user)


@settings(max_examples=150, deadline=None)
@given(trees, users)
def test_a_filter_finds_what_scim2_models_finds(tree, user):
    text = rendered(tree)
    theirs = ScimFilter[Model](text).match(Model.model_validate(user, scim_ctx=None))
    assert matches(parse_filter(text, USER_TYPE), user, USER_TYPE) is theirs
