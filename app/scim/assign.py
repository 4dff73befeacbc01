"""How one attribute of one object is set, extended and cleared: the verbs of PATCH (RFC 7644 §3.5.2).

The object is a resource, an extension or an entry of a multi-valued attribute; it is changed in place.
"""

from __future__ import annotations

from typing import Any

from app.scim.attributes import Attribute
from app.scim.errors import InvalidValue, NoTarget
from app.scim.filter import And, Comparison, Filter, entry_matches
from app.scim.filter.evaluate import compare
from app.scim.normalise import fingerprint, is_empty, shape, shape_all, shape_one
from app.scim.operations import Verb
from app.scim.types import Document, Json

LABELS = frozenset({"type", "primary", "display"})
"""Sub-attributes that say something about a value and are worth nothing without one."""


def assign(holder: Document, attribute: Attribute, value: Json, verb: Verb) -> None:
    """Add or replace an attribute."""
    if attribute.multi_valued:
        _assign_entries(holder, attribute, value, verb)
    elif attribute.is_complex:
        _assign_object(holder, attribute, value, verb)
    elif isinstance(value, dict) or (isinstance(value, list) and (value or attribute.type == "boolean")):
        raise InvalidValue(f"{attribute.name} has one simple value.")
    else:
        _put(holder, attribute.name, shape(attribute, value))


def _put(holder: Document, name: str, value: Json) -> None:
    if is_empty(value):
        holder.pop(name, None)
    else:
        holder[name] = value


def _assign_object(holder: Document, attribute: Attribute, value: Json, verb: Verb) -> None:
    """Merge into a complex value; one that refers to something else than before is replaced as a whole."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if is_empty(value) or attribute.sub("value"):
        value = shape_one(attribute, value)
    if is_empty(value):
        holder.pop(attribute.name, None)
        return
    given, before = _object(value, attribute), holder.get(attribute.name, {})
    merged = dict(before) if given.get("value") in (None, before.get("value")) else {}
    for key, item in given.items():
        sub = attribute.sub(key)
        if sub is not None and not sub.is_read_only:
            assign(merged, sub, item, verb)
    _put(holder, attribute.name, merged)


def _object(value: Json, attribute: Attribute) -> Document:
    if not isinstance(value, dict):
        raise InvalidValue(f"{attribute.name} must be an object.")
    return value


def _entries(attribute: Attribute, value: Json) -> list[Any]:
    """Bring the entries of a multi-valued attribute into shape; a list of nothing is not one that is empty."""
    if isinstance(value, list) and value and all(is_empty(each) for each in value):
        raise InvalidValue(f"{attribute.name} must be a list of values; an empty one has none.")
    entries = shape_all(attribute, value)
    return [_object(entry, attribute) for entry in entries] if attribute.is_complex else entries


def _assign_entries(holder: Document, attribute: Attribute, value: Json, verb: Verb) -> None:
    if attribute.is_complex and isinstance(value, str) and value:
        raise InvalidValue(f"{attribute.name} must be a list of objects.")
    given = _entries(attribute, value)
    if verb == "replace":
        _put(holder, attribute.name, given)
        return
    entries = list(holder.get(attribute.name, []))
    placed = zip(_extend(entries, given), given, strict=True)
    keep_one_primary(entries, [entry for entry, sent in placed if is_primary(sent)])
    _put(holder, attribute.name, entries)


def _extend(entries: list[Any], given: list[Any]) -> list[Any]:
    """Add entries that are not there, and give where each one went; a known one is merged."""
    places = {_identity(entry): place for place, entry in enumerate(entries)}
    for entry in given:
        place = places.setdefault(_identity(entry), len(entries))
        if place == len(entries):
            entries.append(entry)
        elif isinstance(entry, dict):
            entries[place] = {**entries[place], **entry}
    return [entries[places[_identity(entry)]] for entry in given]


def _identity(entry: Any) -> str:
    """Entries of one value and type are the same (RFC 7643 §2.4)."""
    if isinstance(entry, dict) and "value" in entry:
        return fingerprint([entry["value"], entry.get("type")])
    return fingerprint(entry)


def is_primary(entry: Any) -> bool:
    """Tell whether an entry says that it is the preferred one."""
    return isinstance(entry, dict) and entry.get("primary") is True


def keep_one_primary(entries: list[Any], changed: list[Any]) -> None:
    """Where a changed value is primary, make the others not primary (RFC 7644 §3.5.2.1)."""
    if not any(is_primary(entry) for entry in changed):
        return
    for entry in entries:
        if is_primary(entry) and not any(entry is each for each in changed):
            entry["primary"] = False


def assign_chosen(
    holder: Document,
    attribute: Attribute,
    wanted: Filter,
    *,
    sub: Attribute | None,
    value: Json,
    verb: Verb,
) -> None:
    """Add or replace in the entries that a filter chooses; where there are none, make one (Entra)."""
    if is_empty(value):
        remove_chosen(holder, attribute, wanted, sub)
        return
    entries = list(holder.get(attribute.name, []))
    chosen = [entry for entry in entries if entry_matches(wanted, entry, attribute)]
    if not chosen:
        chosen = [_described(wanted, sub)]
        entries += chosen
    for entry in chosen:
        if sub is not None:
            assign(entry, sub, value, verb)
        else:
            _assign_entry(entry, attribute, wanted, value, verb)
    keep_one_primary(entries, chosen)
    _put(holder, attribute.name, entries)


def _assign_entry(entry: Document, attribute: Attribute, wanted: Filter, value: Json, verb: Verb) -> None:
    """Set a whole entry; a replaced one keeps what the filter says, or the next patch would not find it."""
    given = _entries(attribute, value)
    if len(given) != 1:
        raise InvalidValue(f"One value of {attribute.name} is set: the value must be one object.")
    if verb == "replace":
        kept = _equalities(wanted) or {}
        entry.clear()
        entry.update(kept)
    entry.update(given[0])


def _described(wanted: Filter, sub: Attribute | None) -> Document:
    """Make the entry that a filter such as `type eq "work"` describes."""
    described = _equalities(wanted)
    if described is None or (sub is not None and sub.name in described):
        raise NoTarget("The filter of the path matches no value.")
    return described


def _equalities(wanted: Filter) -> Document | None:
    """Give the sub-attributes that a conjunction of `eq` fixes; None where it is something else."""
    match wanted:
        case Comparison(path, "eq", literal):
            return {path.name: literal}
        case And(left, right):
            first, second = _equalities(left), _equalities(right)
            return None if first is None or second is None else {**first, **second}
    return None


def remove(holder: Document, attribute: Attribute, value: Json) -> None:
    """Remove an attribute; of a multi-valued one only the entries that the value names (Entra).

    The RFC would remove all of them, which empties groups. A list that names nobody removes nothing.
    """
    if not attribute.multi_valued or value is None or value == "":
        holder.pop(attribute.name, None)
        return
    named = _entries(attribute, value)
    kept = [
        entry
        for entry in holder.get(attribute.name, [])
        if not any(_is_named(entry, each, attribute) for each in named)
    ]
    _put(holder, attribute.name, kept)


def _is_named(entry: Any, given: Any, attribute: Attribute) -> bool:
    if not isinstance(given, dict) or not isinstance(entry, dict):
        return compare("eq", entry, given, attribute)
    keys = {"value", "type"} & given.keys() if "value" in given else given.keys()
    subs = {key: attribute.sub(key) for key in keys}
    return all(sub is not None and compare("eq", entry.get(key), given[key], sub) for key, sub in subs.items())


def remove_chosen(holder: Document, attribute: Attribute, wanted: Filter, sub: Attribute | None) -> None:
    """Remove the entries that a filter chooses, or one sub-attribute of each."""
    entries = list(holder.get(attribute.name, []))
    chosen = [entry for entry in entries if entry_matches(wanted, entry, attribute)]
    changed = chosen if sub is None else [entry for entry in chosen if sub.name in entry]
    for entry in changed:
        entry.pop(sub.name) if sub else entry.clear()
    _put(holder, attribute.name, _worth_keeping(entries, changed, sub))


def remove_sub(holder: Document, attribute: Attribute, sub: Attribute) -> None:
    """Remove one sub-attribute, of every entry where there are several."""
    value = holder.get(attribute.name)
    entries = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    changed = [entry for entry in entries if sub.name in entry]
    for entry in changed:
        entry.pop(sub.name)
    if attribute.multi_valued:
        _put(holder, attribute.name, _worth_keeping(entries, changed, sub))
    elif is_empty(value):
        holder.pop(attribute.name, None)


def _worth_keeping(entries: list[Any], changed: list[Any], removed: Attribute | None) -> list[Any]:
    """Drop the changed entries that are empty, or lost a value and have only labels left."""
    worthless = LABELS if removed is None or removed.name not in LABELS else frozenset[str]()
    return [entry for entry in entries if not any(entry is each for each in changed) or entry.keys() - worthless]


def assign_sub(holder: Document, attribute: Attribute, sub: Attribute, value: Json, verb: Verb) -> None:
    """Add or replace one sub-attribute, in every entry where there are several."""
    if is_empty(value):
        remove_sub(holder, attribute, sub)
        return
    if attribute.multi_valued:
        for entry in holder.setdefault(attribute.name, [{}]):
            assign(entry, sub, value, verb)
        return
    assign(holder.setdefault(attribute.name, {}), sub, value, verb)
