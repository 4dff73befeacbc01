"""Send a provider's requests to the bridge, one step after the other, and watch the vendor meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from app.demo import by_hand, casting
from app.demo.comparing import Comparison
from app.demo.outcome import Exchange, Outcome, Step, VendorCall
from app.demo.provider import Provider, Request
from app.demo.stage import Staged
from app.demo.story import STORY, Chapter
from mappings.sandbox import Sandbox
from mappings.sandbox_calls import Entry, split_path

SECONDS = 30.0
"""How long to wait for one answer; longer than the bridge takes for any."""


def replay(staged: Staged, token: str) -> Outcome:
    """Tell one target the whole story, and say what came of it."""
    comparison = Comparison.of(staged.sandbox, staged.mapping)
    scenes = _scenes(staged)
    last, _ = scenes[-1]
    ids: dict[str, str] = {}
    with requests.Session() as session:
        session.trust_env = False
        session.headers.clear()
        session.headers["Authorization"] = f"Bearer {token}"
        teller = _Teller(session, staged, comparison, ids)
        steps = tuple(teller.step(chapter, provider) for chapter, provider in scenes)
    return Outcome(
        target=staged.name,
        vendor=staged.mapping.title,
        idp=staged.provider.title,
        steps=steps,
        compared=comparison.compared,
        notes=tuple(casting.notes(staged.mapping, staged.sandbox, stores_names=bool(comparison.name_fields))),
        rows=comparison.rows(last),
        fillings=comparison.fillings(last),
        untouched=len(comparison.accounts),
        ids=ids,
    )


def _scenes(staged: Staged) -> list[tuple[Chapter, Provider]]:
    """Return the chapters with who sends them: the last one by hand, where something goes into groups."""
    story = [(chapter, staged.provider) for chapter in STORY]
    offer = casting.for_groups(staged.mapping, staged.sandbox)
    if offer is None:
        return story
    return [*story, (by_hand.chapter(offer), by_hand.provider(staged.mapping, offer))]


@dataclass(frozen=True, slots=True)
class _Teller:
    session: requests.Session
    staged: Staged
    comparison: Comparison
    ids: dict[str, str] = field(default_factory=dict)

    def step(self, chapter: Chapter, provider: Provider) -> Step:
        """Send what the provider sends for a chapter; a request that needs an id nobody gave ends it."""
        exchanges: list[Exchange] = []
        for request in provider.requests[chapter.key]:
            try:
                exchanges.append(self._exchange(request, provider))
            except KeyError as missing:
                unsent = f"{request.method} {request.path}: not sent, for want of the id of {missing.args[0]}"
                return Step(chapter.title, tuple(exchanges), (*_wrong(exchanges), unsent))
        differences = (*_wrong(exchanges), *_undocumented(exchanges), *self.comparison.differences(chapter))
        return Step(chapter.title, tuple(exchanges), differences)

    def _exchange(self, request: Request, provider: Provider) -> Exchange:
        url, data = request.url(self.staged.scim_url, self.ids), request.data(self.ids)
        headers = {**provider.headers, **({} if data is None else provider.body_headers)}
        before, started = len(self.staged.sandbox.journal), time.monotonic()
        answer = self.session.request(request.method, url, data=data, headers=headers, timeout=SECONDS)
        ms = (time.monotonic() - started) * 1000
        calls = tuple(vendor_call(self.staged.sandbox, entry) for entry in self.staged.sandbox.journal[before:])
        said = _document(answer)
        if request.keep is not None and (id_ := _id(said)) is not None:
            self.ids[request.keep] = id_
        detail = str(said.get("detail", "")) if answer.status_code >= 400 else ""
        path = url.removeprefix(self.staged.scim_url)
        return Exchange(request.method, path, request.expects, answer.status_code, detail, ms, calls)


def vendor_call(sandbox: Sandbox, entry: Entry) -> VendorCall:
    """Name a call as the vendor's documents do."""
    if entry.documented:
        for operation in sandbox.operations:
            if operation.method == entry.method and operation.match(split_path(entry.path)) is not None:
                login = operation.admitted_by != "authenticate"
                return VendorCall(entry.method, operation.path.replace("{_", "{"), entry.status, login, True)
    return VendorCall(entry.method, entry.path, entry.status, login=False, documented=entry.documented)


def _wrong(exchanges: Iterable[Exchange]) -> list[str]:
    return [
        f"{each.method} {each.path}: answered {each.status} instead of {each.expected}. {each.detail}".rstrip()
        for each in exchanges
        if each.status != each.expected
    ]


def _undocumented(exchanges: Iterable[Exchange]) -> list[str]:
    return [
        f"{call.method} {call.path}: the vendor documents no such call"
        for exchange in exchanges
        for call in exchange.calls
        if not call.documented
    ]


def _id(said: dict[str, Any]) -> str | None:
    """Return the id of a resource, or of the only one of a list."""
    found = said.get("Resources", [said])
    return str(found[0]["id"]) if len(found) == 1 and "id" in found[0] else None


def _document(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json() if answer.content else {}
    except requests.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
