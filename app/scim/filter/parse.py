"""From the text of a filter to our tree: resolve names, check that literals fit, flatten chains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from marshmallow import ValidationError
from scim2_filter_parser import ast

from app.scim.attributes import Attribute
from app.scim.errors import InvalidFilter
from app.scim.fields import CHECKS
from app.scim.filter.grammar import tree
from app.scim.filter.scope import AnyScope, EntryScope, Scope
from app.scim.filter.tree import And, Comparison, Filter, Literal, Not, Or, Present, ValuePath
from app.scim.resource_type import AttributePath, ResourceType

EQUALITY = frozenset({"eq", "ne"})
ORDER = frozenset({"gt", "ge", "lt", "le"})
SUBSTRING = frozenset({"co", "sw", "ew"})
OPERATORS = {
    "string": EQUALITY | ORDER | SUBSTRING,
    "reference": EQUALITY | ORDER | SUBSTRING,
    "dateTime": EQUALITY | ORDER | SUBSTRING,
    "integer": EQUALITY | ORDER,
    "decimal": EQUALITY | ORDER,
    "boolean": EQUALITY,
    "binary": EQUALITY,
}
"""Which comparisons a type knows (RFC 7644 Table 3)."""


def parse_filter(text: str, resource_type: ResourceType, beside: Iterable[ResourceType] = ()) -> Filter:
    """Read a filter on resources of this type.

    In a query over several types, those `beside` this one have attributes that this one has not: they count as
    attributes without a value here (RFC 7644 §3.4.2.1).

    Beyond the RFC it takes `emails[type eq "work"].value eq "x"` (Entra), a multi-valued or complex
    attribute for its `value`, and a word without quotes. Anything wrong, unknown attributes included, is
    InvalidFilter: a condition that is dropped would return everybody.
    """
    return convert(tree(text), AnyScope(resource_type, tuple(beside)))


def convert(node: Any, scope: Scope) -> Filter:
    """Convert a node of the library, whose names stand in the scope."""
    if isinstance(node, ast.Filter):
        inner = _value_path(node, scope) if node.namespace else convert(node.expr, scope)
        return Not(inner) if node.negated else inner
    if isinstance(node, ast.LogExpr):
        operator = node.op.lower()
        operands = [convert(operand, scope) for operand in _operands(node, operator)]
        return _balanced(And if operator == "and" else Or, operands)
    return _attribute_expression(node, scope)


def _operands(node: Any, operator: str) -> Iterator[Any]:
    """Walk a chain of one operator without recursion: 8 KiB of `or` are hundreds of levels."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        inner = _unwrapped(node)
        if isinstance(inner, ast.LogExpr) and inner.op.lower() == operator:
            waiting += [inner.expr2, inner.expr1]
        else:
            yield node


def _unwrapped(node: Any) -> Any:
    while isinstance(node, ast.Filter) and not node.negated and not node.namespace:
        node = node.expr
    return node


def _balanced(join: type[And | Or], operands: list[Filter]) -> Filter:
    """Join a chain to a tree of logarithmic depth, which means the same."""
    if len(operands) == 1:
        return operands[0]
    middle = (len(operands) + 1) // 2
    return join(_balanced(join, operands[:middle]), _balanced(join, operands[middle:]))


def _value_path(node: Any, scope: Scope) -> ValuePath:
    if node.namespace.sub_attr is not None:
        raise InvalidFilter("A sub-attribute after [...] must be compared with a value.")
    path, attribute = _resolve(node.namespace, scope)
    return ValuePath(path, convert(node.expr, EntryScope(_bracketed(attribute, path))))


def _bracketed(attribute: Attribute, path: AttributePath) -> Attribute:
    if not attribute.is_complex:
        raise InvalidFilter(f"{path} has no sub-attributes to filter by.")
    return attribute


def _attribute_expression(node: Any, scope: Scope) -> Filter:
    entry = node.attr_path.attr_name
    if isinstance(entry, ast.Filter):
        return _entry_expression(entry, node, scope)
    path, attribute = _resolve(node.attr_path, scope)
    return expression(path, attribute, node)


def _entry_expression(entry: Any, node: Any, scope: Scope) -> ValuePath | Not:
    """Read Entra's `emails[type eq "work"].value eq "x"` as `emails[type eq "work" and value eq "x"]`.

    A negation is one of the whole: `ne` there is true of those who have no such entry at all.
    """
    namespace = entry.namespace
    sub_attr = namespace.sub_attr.value if namespace.sub_attr else "value"
    path, attribute = _resolve(ast.AttrPath(namespace.attr_name, None, namespace.uri), scope)
    inner = EntryScope(_bracketed(attribute, path))
    target, definition = _resolve(ast.AttrPath(sub_attr, None, None), inner)
    chosen, wanted = convert(entry.expr, inner), expression(target, definition, node)
    if isinstance(wanted, Not):
        return Not(ValuePath(path, And(chosen, wanted.filter)))
    return ValuePath(path, And(chosen, wanted))


def _resolve(attr_path: Any, scope: Scope) -> tuple[AttributePath, Attribute]:
    text = spelling(attr_path)
    path = scope.resolve(text)
    attribute = scope.find(path) if path else None
    if path is None or attribute is None:
        raise InvalidFilter(f"There is no attribute {text}.")
    if attribute.returned == "never":
        raise InvalidFilter(f"{path} cannot be used in a filter.")
    return path, attribute


def spelling(attr_path: Any) -> str:
    """Put an attribute path of the library together again."""
    if not isinstance(attr_path.attr_name, str):
        raise InvalidFilter("There is more than one [...] after an attribute.")
    name = f"{attr_path.uri}:{attr_path.attr_name}" if attr_path.uri else attr_path.attr_name
    return f"{name}.{attr_path.sub_attr.value}" if attr_path.sub_attr else name


def expression(path: AttributePath, attribute: Attribute, node: Any) -> Filter:
    """Make the comparison or presence test of one attribute."""
    operator = node.value.lower()
    if operator == "pr":
        return Present(path)
    value = node.comp_value.value
    if value is None and operator in EQUALITY:
        return Present(path) if operator == "ne" else Not(Present(path))
    if attribute.is_complex:
        path, attribute = _its_value(path, attribute)
    if operator not in OPERATORS[attribute.type]:
        raise InvalidFilter(f"{path} is a {attribute.type}: {operator} does not apply.")
    literal = _literal(value, operator, attribute, path)
    if operator == "ne":
        return Not(Comparison(path, "eq", literal))
    return Comparison(path, operator, literal)


def _its_value(path: AttributePath, attribute: Attribute) -> tuple[AttributePath, Attribute]:
    value = attribute.sub("value")
    if value is None:
        raise InvalidFilter(f"{path} is complex: compare one of its sub-attributes.")
    return AttributePath(path.name, value.name, path.extension), value


def _literal(value: object, operator: str, attribute: Attribute, path: AttributePath) -> Literal:
    kind = {"integer": "decimal"}.get(attribute.type, attribute.type)
    check = CHECKS["string" if operator in SUBSTRING else kind]
    try:
        literal: Literal = check(value)
    except ValidationError as error:
        raise InvalidFilter(f"What {path} is compared with {error.messages[0]}.") from None
    return literal
