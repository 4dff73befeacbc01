"""Gold, too: what a mapping declares beyond the SCIM core is published, writable, checked and served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.contract.bench import Answer, Bench
from app.contract.documents import GROUP, USER, person
from app.contract.promises import expect
from app.contract.workshop import FINANCE, Workshop, said
from mappings import Attribute
from mappings.attributes import urn

WRONG: dict[str, Any] = {
    "string": {"not": "a string"},
    "boolean": "neither",
    "integer": "no number",
    "complex": "x",
}
"""For each type a value that is not of it."""
MOST = 12
"""How many values to try before an attribute counts as one that cannot be written."""


def attributes_work(shop: Workshop) -> str | None:
    """Each attribute of the extension is in ``/Schemas``, can be written and read, and refuses nonsense."""
    bench = shop.hiring()
    declared = {"User": bench.mapping.user_attributes, "Group": bench.mapping.group_attributes}
    if not any(declared.values()):
        return "the vendor has no attributes of its own"
    for kind, attributes in declared.items():
        if attributes:
            _check_published(bench, kind, attributes)
            for attribute in attributes:
                if not attribute.read_only:
                    _check_written(shop, kind, attribute)
    return None


def _check_published(bench: Bench, kind: str, attributes: Sequence[Attribute]) -> None:
    schema = urn(bench.vendor, kind)
    answer = bench.get(f"/Schemas/{schema}")
    expect(answer.status == 200, f"/Schemas does not publish {schema}")
    shown = {each["name"] for each in answer.body["attributes"]}
    missing = [each.name for each in attributes if each.name not in shown]
    expect(not missing, f"{schema} lacks {', '.join(missing)}")


def _check_written(shop: Workshop, kind: str, attribute: Attribute) -> None:
    where = f"{kind}.{attribute.name}"
    bench = shop.hiring()
    answer = _with(bench, kind, attribute.name, _wrong(attribute))
    expect(answer.status == 400, f"{where} takes a value that is not of its type: {said(answer)}")
    if attribute.choices:
        answer = _with(
            bench, kind, attribute.name, ["none-of-these"] if attribute.multi_valued else "none-of-these"
        )
        expect(answer.status == 400, f"{where} takes a value that is not one of its choices: {said(answer)}")
    for _, value in zip(range(MOST), _values(bench, attribute), strict=False):
        sent = [value] if attribute.multi_valued else value
        answer = _with(bench, kind, attribute.name, sent)
        if answer.status == 201:
            kept = answer.body.get(urn(bench.vendor, kind), {}).get(attribute.name)
            expect(kept == sent, f"{where} was written as {sent!r} and reads {kept!r}")
            return
    expect(False, f"{where} cannot be written: {said(answer)}")


def _with(bench: Bench, kind: str, name: str, value: Any) -> Answer:
    schema = urn(bench.vendor, kind)
    if kind == "User":
        body = person("ann")
        return bench.post("/Users", {**body, "schemas": [USER, schema], schema: {name: value}})
    return bench.post("/Groups", {"schemas": [GROUP, schema], "displayName": FINANCE, schema: {name: value}})


def _wrong(attribute: Attribute) -> Any:
    value = WRONG[attribute.type]
    return [value] if attribute.multi_valued else value


def _values(bench: Bench, attribute: Attribute) -> Iterator[Any]:
    """Yield values that the vendor may take: choices, examples, what it offers, some merely of the type."""
    if attribute.type == "complex":
        for text in _texts(bench):
            yield {part.name: next(_simple(part, [text])) for part in attribute.parts if not part.read_only}
    else:
        yield from _simple(attribute, _texts(bench))


def _simple(attribute: Attribute, texts: Sequence[str]) -> Iterator[Any]:
    if attribute.choices or attribute.examples:
        yield from attribute.choices or attribute.examples
    elif attribute.type == "string":
        yield from texts
    else:
        yield from (True, False) if attribute.type == "boolean" else (1, 0)


def _texts(bench: Bench) -> list[str]:
    offered = [
        entry["value"] for name in sorted(bench.mapping.catalogues, reverse=True) for entry in _listed(bench, name)
    ]
    return [*offered[: MOST - 1], "some words"]


def _listed(bench: Bench, name: str) -> list[dict[str, Any]]:
    answer = bench.get(f"/{name}")
    expect(
        answer.status == 200, f"the mapping declares the catalogue {name}, and GET /{name} answers {said(answer)}"
    )
    entries: list[dict[str, Any]] = answer.body["Resources"]
    return entries


def catalogue_is_served(shop: Workshop) -> str | None:
    """``/Roles`` and ``/Entitlements`` show what the vendor offers, each for one look."""
    if not shop.mapping.catalogues:
        return "the vendor has no list of what it offers"
    bench = shop.hiring()
    for name in sorted(shop.mapping.catalogues):
        entries = _listed(bench, name)
        expect(entries, f"GET /{name} is empty: give the sandbox something to offer")
        expect(all(entry["value"] for entry in entries), f"an entry of /{name} has no value")
        bench.meanings.clear()
        _listed(bench, name)
        expect(not bench.meanings, f"GET /{name} asks the vendor each time: {', '.join(bench.meanings)}")
    return None
