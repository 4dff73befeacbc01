"""Filters as SQL where the promoted columns can say them; what they cannot say is evaluated in Python."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from app.directory.tables import link, member, resource
from app.scim.filter import And, Comparison, Filter, Literal, Not, Or
from app.scim.schemas import GROUP_TYPE, USER_TYPE


@dataclass(frozen=True, slots=True)
class Where:
    """A condition that is true of every match; ``exact``: and of nothing else."""

    clause: ColumnElement[bool]
    exact: bool


EVERYTHING = Where(true(), exact=False)

FOLDED = {
    ("User", "userName"): resource.c.name_key,
    ("User", "displayName"): resource.c.display_key,
    ("Group", "displayName"): resource.c.name_key,
}
"""Promoted attributes that compare without case."""

PLAIN = {
    ("User", "id"): resource.c.id,
    ("Group", "id"): resource.c.id,
    ("User", "externalId"): resource.c.external_id,
    ("Group", "externalId"): resource.c.external_id,
    ("User", "active"): resource.c.active,
}
"""Promoted attributes that compare as they are."""


FOREIGN = {type_.schema.id for type_ in (USER_TYPE, GROUP_TYPE)}
"""What names an attribute of another kind, in a query over all of them: it has no value in this one."""


def where(node: Filter | None, kind: str) -> Where:
    """Return the SQL condition that narrows to a filter's matches, for resources of one kind."""
    if node is None:
        return Where(true(), exact=True)
    if isinstance(node, And):
        left, right = where(node.left, kind), where(node.right, kind)
        return Where(and_(left.clause, right.clause), left.exact and right.exact)
    if isinstance(node, Or):
        left, right = where(node.left, kind), where(node.right, kind)
        return Where(or_(left.clause, right.clause), left.exact and right.exact)
    if isinstance(node, Not):
        inner = where(node.filter, kind)
        return Where(not_(func.coalesce(inner.clause, False)), exact=True) if inner.exact else EVERYTHING
    if node.path.extension in FOREIGN:
        return Where(false(), exact=True)
    return _comparison(node, kind) if isinstance(node, Comparison) else EVERYTHING


def _comparison(node: Comparison, kind: str) -> Where:
    if node.path.extension is None and node.op == "eq":
        if (node.path.name, node.path.sub) in {("members", "value"), ("groups", "value")}:
            return Where(resource.c.id.in_(_other_ends(node.path.name, str(node.value))), exact=True)
        if (kind, str(node.path)) in PLAIN:
            return Where(PLAIN[kind, str(node.path)] == node.value, exact=True)
    column = FOLDED.get((kind, str(node.path)))
    return EVERYTHING if column is None else _folded(column, node.op, node.value)


def _folded(column: ColumnElement[str], op: str, value: Literal) -> Where:
    text = str(value).casefold()
    operators = {
        "eq": lambda: column == text,
        "sw": lambda: column.startswith(text, autoescape=True),
        "ew": lambda: column.endswith(text, autoescape=True),
        "co": lambda: column.contains(text, autoescape=True),
    }
    return Where(operators[op](), exact=True) if op in operators else EVERYTHING


def _other_ends(attribute: str, id_: str) -> ColumnElement[str]:
    """Select the groups that have a member (``members``), or the users that are in a group (``groups``)."""
    near, far = link.alias("near"), link.alias("far")
    near_end, far_end = member.c.group_link, member.c.user_link
    if attribute == "groups":
        near_end, far_end = far_end, near_end
    return (
        select(near.c.resource_id)
        .select_from(member.join(near, near.c.id == near_end).join(far, far.c.id == far_end))
        .where(far.c.resource_id == id_, member.c.desired)
        .scalar_subquery()
    )
