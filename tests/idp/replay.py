"""Replays what an identity provider sends, from a file, and compares what comes back.

A file is one `habit`, in a sentence, of the provider that its name begins with. It has a `source`, marked [D] for
the provider's own documentation or code, [R] for recorded traffic and [S] for what others report; an `idp` (the
target's setting) and `steps`. A step is a request and what is expected of the answer; `keep` stores parts of the
answer, which `{{name}}` puts into later steps, and `at` says what a vendor that cannot do it is expected to answer.
`ends` is what the vendor has in the end: the names of the groups of each account, by e-mail address. A
habit with neither `ends` nor `at` is the protocol's alone, and replayed at one vendor. A file begins with nobody
there, and what it leaves behind is deleted, so that one bridge replays many.

In an expected body an object is a fragment, a list is complete, `<string>`, `<integer>` and `<absent>` stand for
any text, any number and nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.bridge import Answer, Bridge
from tests.vendors import Facts

CORPUS = Path(__file__).parent / "corpus"
CHEAPEST = "squirro"
"""The vendor whose calls take the least time."""


def files() -> list[Path]:
    """Return the habits, sorted by name."""
    return sorted(CORPUS.glob("*.json"))


def habits(idp: str, facts: Facts) -> list[dict[str, Any]]:
    """Read every habit of the providers that one setting of a target serves, and that a vendor is asked with."""
    of_idp = [each for path in files() if (each := load(path, facts.own_names))["idp"] == idp]
    return [each for each in of_idp if facts.vendor == CHEAPEST or _depends_on_the_vendor(each)]


def _depends_on_the_vendor(habit: dict[str, Any]) -> bool:
    return "ends" in habit or any("at" in step for step in habit["steps"])


def load(path: Path, names_taken: Iterable[str] = ()) -> dict[str, Any]:
    """Read one habit; groups whose names the vendor keeps for its own roles get other ones."""
    text = path.read_text(encoding="utf-8")
    for name in names_taken:
        text = text.replace(f'"{name}"', f'"All {name}"')
    sequence: dict[str, Any] = {"name": path.stem, **json.loads(text)}
    return sequence


def groups(sequence: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the groups that a sequence creates: at some vendors they must exist already."""
    bodies = [step["body"] for step in sequence["steps"] if step["method"] == "POST" and step["path"] == "/Groups"]
    return tuple(body["displayName"] for body in bodies)


def replay(bridge: Bridge, facts: Facts, sequence: dict[str, Any]) -> None:
    """Send every step and compare; where the file says how it ends, the vendor agrees with the directory then."""
    kept: dict[str, str] = {}
    for number, step in enumerate(sequence["steps"], 1):
        answer = _send(bridge, sequence, filled(step, kept))
        expected = filled({**step["expect"], **step.get("at", {}).get(facts.vendor, {})}, kept)
        where = f"{sequence['name']}, step {number}, {step.get('say', step['method'])}"
        _compare(answer, expected, where)
        for name, path in step.get("keep", {}).items():
            kept[name] = _part(answer.body, path)
    if "ends" in sequence:
        bridge.assert_agreement()
        roles = {email: facts.roles(*names) for email, names in sequence["ends"].items()}
        assert bridge.accounts() == roles, sequence["name"]
    _clean(bridge)


def _clean(bridge: Bridge) -> None:
    for endpoint in ("/Groups", "/Users"):
        for left in bridge.everything(endpoint):
            assert bridge.delete(f"{endpoint}/{left['id']}").status == 204


def filled(value: Any, kept: dict[str, str]) -> Any:
    """Put what was kept into the places that name it."""
    text = json.dumps(value)
    return json.loads(re.sub(r"\{\{(\w+)\}\}", lambda match: kept[match[1]], text))


def _send(bridge: Bridge, sequence: dict[str, Any], step: dict[str, Any]) -> Answer:
    headers = {**sequence.get("headers", {}), **step.get("headers", {})}
    own = "Authorization" in headers
    path = step["path"]
    if query := sequence.get("query"):
        path += ("&" if "?" in path else "?") + query
    return bridge.request(
        step["method"],
        path,
        step.get("body"),
        headers={name: value for name, value in headers.items() if name != "Content-Type"},
        content_type=headers.get("Content-Type", "application/scim+json"),
        **({"token": None} if own else {}),
    )


def _compare(answer: Answer, expected: dict[str, Any], where: str) -> None:
    assert answer.status == expected["status"], f"{where}: {answer}"
    problems = list(_differences(answer.body, expected["body"], "body")) if "body" in expected else []
    for name, value in expected.get("headers", {}).items():
        problems += _differences(answer.headers.get(name), value, name)
    assert not problems, f"{where}: {problems}"


def _differences(found: Any, expected: Any, path: str) -> list[str]:
    if expected == "<absent>":
        return []
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            problem
            for name, value in expected.items()
            for problem in (
                [f"{path}.{name} is there"]
                if value == "<absent>" and name in found
                else _differences(found.get(name), value, f"{path}.{name}")
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [problem for index, pair in pairs for problem in _differences(*pair, f"{path}[{index}]")]
    if expected == "<string>":
        return [] if isinstance(found, str) and found else [f"{path} is {found!r}, not a text"]
    if expected == "<integer>":
        return [] if type(found) is int else [f"{path} is {found!r}, not an integer"]
    same = type(found) is type(expected) and found == expected
    return [] if same else [f"{path} is {found!r}, not {expected!r}"]


def _part(body: Any, path: str) -> str:
    for step in path.split("."):
        body = body[int(step)] if step.isdigit() else body[step]
    return str(body)
