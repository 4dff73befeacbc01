"""scim2-filter-parser's grammar, repaired. No type of the library leaves this package.

What is repaired, as measured with version 0.7.0:

* `a or b and c` was read as `(a or b) and c`: the precedence table put both on one level;
* an escaped quote in a literal was an error, and the quotes were stripped with those of the value;
* `true` and `"true"` gave the same tree: literals now carry their JSON type;
* only numbers of one digit were known;
* names that start with `true`, `false` or `null` were cut in two;
* an unquoted word as a literal (`externalId eq jyoung`, in Entra's documentation) was an error.
"""

# sly reads names, decorators and repeated methods in a class body in its own way, and has no types.
# ruff: noqa: D102, F811, F821, N802
# mypy: disable-error-code="misc, name-defined, no-redef, untyped-decorator"

from __future__ import annotations

import json
from typing import Any

from scim2_filter_parser.ast import AST, CompValue
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser, SCIMParserError

from app.scim.errors import InvalidFilter

MAX_LENGTH = 8192
MAX_DEPTH = 50


class Lexer(SCIMLexer):
    """Typed literals, whole names, and WORD: a literal without quotes."""

    tokens = SCIMLexer.tokens | {"WORD"}
    ignore = " \t\r\n"

    TRUE = r"true(?![^\s()\[\]])"
    FALSE = r"false(?![^\s()\[\]])"
    NULL = r"null(?![^\s()\[\]])"
    NUMBER = r"-?\d+(\.\d+)?([eE][+-]?\d+)?(?![^\s()\[\]])"
    ATTRNAME = r"[a-zA-Z$][a-zA-Z0-9_$-]*(?![^\s()\[\].:])"
    WORD = r"""[^\s()\[\]"'\u2018\u2019\u201c\u201d]+"""  # other quotes are a mistake, not part of a word

    @_(r'"(?:[^"\\]|\\.)*"')
    def COMP_VALUE(self, token: Any) -> Any:
        token.value = json.loads(token.value, strict=False)
        return token


class Parser(SCIMParser):
    """`not` before `and` before `or` (RFC 7644 §3.4.2.2), and literals as Python values."""

    tokens = Lexer.tokens
    precedence = (("left", "OR"), ("left", "AND"), ("right", "NOT"))

    filter = SCIMParser.filter
    value_path = SCIMParser.value_path
    attr_exp = SCIMParser.attr_exp
    log_exp = SCIMParser.log_exp
    attr_path = SCIMParser.attr_path
    sub_attr = SCIMParser.sub_attr

    @_("COMP_VALUE", "ATTRNAME", "WORD")
    def comp_value(self, p: Any) -> CompValue:
        return CompValue(p[0])

    @_("TRUE", "FALSE", "NULL", "NUMBER")
    def comp_value(self, p: Any) -> CompValue:
        return CompValue(json.loads(p[0]))

    def error(self, token: Any) -> None:
        where = f"at {token.value!r}, character {token.index + 1}" if token else "at its end"
        raise InvalidFilter(f"The filter cannot be read {where}.")


def tree(text: str) -> AST:
    """Read a filter with the library; a lexer or parser shared by threads gives wrong trees."""
    if len(text) > MAX_LENGTH:
        raise InvalidFilter(f"The filter is longer than {MAX_LENGTH} characters.")
    try:
        tokens = list(Lexer().tokenize(text))
        _refuse_depth(tokens)
        return Parser().parse(iter(tokens))
    except (ValueError, SCIMParserError) as error:
        raise InvalidFilter(f"The filter cannot be read: {error}.") from None


def _refuse_depth(tokens: list[Any]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.type in {"LPAREN", "LBRACKET"}) - (token.type in {"RPAREN", "RBRACKET"})
        if depth > MAX_DEPTH:
            raise InvalidFilter(f"The filter is nested deeper than {MAX_DEPTH} levels.")
