"""Send requests to a bridge, and judge each answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings

from app.contract.bench import TARGET, Answer, Bench, created
from app.contract.documents import GROUP, person
from tests.fuzz.requests import Request, requests

NOT_OFFERED = ("/Me",)
"""What may be answered 501, as the documents say."""


@dataclass
class Fuzz:
    """A bridge under fire; ``answers`` counts what it said, ``last`` are the latest requests."""

    bench: Bench
    answers: Counter[str] = field(default_factory=Counter)
    last: list[Request] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=lambda: {"user": [], "group": []})
    cursor: str = ""
    tag: str = ""

    def run(self, examples: int, number: int) -> None:
        """Send so many requests. Raises ``AssertionError`` at the first that is answered as none may be."""
        target = self.bench.parts.targets[TARGET]

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(requests({**target.published, **target.types}))
        def one(request: Request) -> None:
            self.send(request)

        one()

    def send(self, request: Request) -> Answer:
        """Send one request and judge the answer; that an error has SCIM's form is the bench's own judgement."""
        self.last = [*self.last[-4:], request]
        ids = {kind: self._id(kind, request.nth) for kind in self.ids}
        path, content = request.path, request.body
        for kind, id_ in ids.items():
            path = path.replace(f"{{{kind}}}", id_)
            content = content.replace(f"{{{kind}}}".encode(), id_.encode()) if content is not None else None
        seen = {"{user}": ids["user"], "{cursor}": self.cursor, "{tag}": self.tag}
        query = urlencode([(name, _filled(value, seen)) for name, value in request.query], errors="replace")
        headers = {name: _filled(value, seen) for name, value in request.headers.items()}
        media_type = headers.pop("Content-Type", "application/scim+json")
        answer = self.bench.request(
            request.method, f"{path}?{query}", data=content, headers=headers, content_type=media_type
        )
        self.answers[f"{request.method} {answer.status}"] += 1
        may_be_501 = answer.status == 501 and request.path.startswith(NOT_OFFERED)
        assert answer.status < 500 or may_be_501, f"{answer.status} {answer.body} to {request}"
        self._note(request, answer)
        return answer

    def _id(self, kind: str, nth: int) -> str:
        if not self.ids[kind]:
            body = {"schemas": [GROUP], "displayName": f"g{nth}"} if kind == "group" else person(f"p{nth}")
            answer = self.bench.post("/Groups" if kind == "group" else "/Users", body)
            if answer.status == 409:
                return "gone"
            self.ids[kind].append(created(answer))
        return self.ids[kind][nth % len(self.ids[kind])]

    def _note(self, request: Request, answer: Answer) -> None:
        self.tag = answer.headers.get("ETag", self.tag)
        if isinstance(answer.body, dict):
            self.cursor = answer.body.get("nextCursor") or answer.body.get("previousCursor") or self.cursor
        kind = {"/Users": "user", "/Groups": "group"}.get(request.path)
        if kind and answer.status == 201:
            self.ids[kind].append(answer.body["id"])
        if request.method == "DELETE" and answer.status == 204:
            kind = "user" if request.path.startswith("/Users") else "group"
            self.ids[kind].remove(self.ids[kind][request.nth % len(self.ids[kind])])


def _filled(text: str, seen: dict[str, str]) -> str:
    for name, value in seen.items():
        text = text.replace(name, value)
    return text
