"""An identity provider: random writes from several threads, retried or given up, looked up after a lost answer."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from mappings.sandbox_offers import Offer
from tests.bridge import BASE, GROUP, MEDIA_TYPE, PATCH_OP, TOKEN, USER, refs
from tests.chaos.model import ALWAYS, Model, Person, Register, Team, Write
from tests.chaos.vendor import OUTSIDERS

DOINGS = {
    "hire": 10,
    "dismiss": 3,
    "rename": 5,
    "put": 4,
    "switch": 5,
    "move": 2,
    "grant": 5,
    "look": 3,
    "found": 3,
    "dissolve": 1,
    "join": 10,
    "leave": 8,
    "list": 4,
    "retitle": 1,
    "covet": 2,
}
"""What it does, and how often one of these is drawn."""
STILL_WANTED = ("another process is delivering", "own database is not available")
NOT_BEGUN = "another change of the same resource is still being delivered"
SOME_OF_THEM = "members could not be changed at the vendor"
BUT_KEPT = "what this one takes away is kept"


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is 0 if none came; ``over`` is when the request can have had its last effect."""

    status: int
    body: Any
    over: float

    @property
    def detail(self) -> str:
        return str((self.body or {}).get("detail", ""))

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def outage(self) -> bool:
        return self.status == 429 or self.status >= 500

    @property
    def declared(self) -> bool:
        """Whether it was refused as something that the vendor cannot do."""
        return self.status == 400 and (self.body or {}).get("scimType") == "mutability"

    @property
    def granted(self) -> str:
        """The fate of what gives something."""
        if self.ok:
            return "true"
        return "maybe" if not self.status or any(words in self.detail for words in STILL_WANTED) else "false"

    @property
    def revoked(self) -> str:
        """The fate of what takes something away: kept even if the answer was an error."""
        if self.outage:
            return "false" if NOT_BEGUN in self.detail and BUT_KEPT not in self.detail else "true"
        return self.granted


class Provider:
    """Writes through any of ``urls``. ``lingers``: how long an unanswered request may still do something.

    ``renames`` and ``moves`` say what the vendor can do with the name of a group and the address of a user,
    ``users`` what becomes of users, ``offer`` what one is given by a value of ``roles`` or ``entitlements``. What
    cannot be done has to be refused in the words of its declaration.
    """

    def __init__(
        self,
        model: Model,
        urls: list[str],
        *,
        lingers: float,
        timeout: float,
        renames: bool,
        moves: bool,
        queues: bool,
        users: str,
        offer: Offer | None,
        replace_adds: bool,
        doing: tuple[str, ...],
    ) -> None:
        self.model, self.urls = model, urls
        self.lingers, self.timeout, self.renames, self.moves = lingers, timeout, renames, moves
        self.queues, self.users, self.offer, self.replace_adds = queues, users, offer, replace_adds
        self.doings = {name: often for name, often in DOINGS.items() if name in doing}
        self.lull = threading.Event()
        self.answers: Counter[str] = Counter()
        self.writes = 0
        self.trail: list[str] = []

    def run(self, seed: int, threads: int, is_enough: Callable[[], bool]) -> None:
        """Write until it is enough, and return when every thread has finished."""
        choices = [random.Random(f"{seed}/{i}") for i in range(threads)]
        crew = [
            threading.Thread(target=_Clerk(self, each).work, args=(is_enough,), daemon=True) for each in choices
        ]
        for clerk in crew:
            clerk.start()
        for clerk in crew:
            clerk.join()

    def send(self, choice: random.Random, method: str, path: str, body: Any = None) -> Answer:
        """Send one request to some replica; one that cannot be connected to has not got it."""
        begun = time.monotonic()
        if method != "GET":
            self.writes += 1
        while True:
            url = choice.choice(self.urls)
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    got = session.request(
                        method,
                        f"{url}{BASE}{path}",
                        json=body,
                        headers={
                            "Authorization": f"Bearer {TOKEN}",
                            "Content-Type": MEDIA_TYPE,
                            "Connection": "close",
                        },
                        timeout=(5, self.timeout),
                    )
                answer = Answer(got.status_code, got.json() if got.content else None, time.monotonic())
            except requests.Timeout:
                answer = Answer(0, None, time.monotonic() + self.lingers)
            except requests.RequestException as failure:
                if "NewConnectionError" in repr(failure):
                    time.sleep(0.1)
                    continue
                answer = Answer(0, None, time.monotonic() + 1.0)
            if method != "GET":
                self._log(begun, url, method, path, body, answer)
            return answer

    def _log(self, begun: float, url: str, method: str, path: str, body: Any, answer: Answer) -> None:
        self.answers[f"{method} {path.split('/')[1].split('?', maxsplit=1)[0]} {answer.status or 'lost'}"] += 1
        when, said = f"{begun:.3f}-{time.monotonic():.3f} :{url[-4:]}", f"{answer.status} {answer.detail}"
        line = f"{when} {method} {path} {body} -> {said}"
        self.trail.append(line)
        if answer.status == 500:
            self.model.note(f"500: {line}")


class _Clerk:
    """One thread of the provider."""

    def __init__(self, provider: Provider, choice: random.Random) -> None:
        self._provider, self._model, self._random = provider, provider.model, choice
        self._sent = 0

    def work(self, is_enough: Callable[[], bool]) -> None:
        doings = self._provider.doings
        while not is_enough():
            (drawn,) = self._random.choices(list(doings), list(doings.values()))
            name, before = "look" if self._provider.lull.is_set() else drawn, self._sent
            try:
                getattr(self, f"_{name}")()
                if self._sent == before:  # there was nothing to do
                    time.sleep(0.01)
            except Exception as error:
                self._model.note(f"the test itself: {error!r}")
                raise

    # -- users

    def _hire(self) -> None:
        model = self._model
        name = self._random.choice(list(model.current))
        if not model.busy[name].acquire(blocking=False):
            return
        try:
            if model.current[name] is None:
                self._create_person(name)
        finally:
            model.busy[name].release()

    def _create_person(self, name: str) -> None:
        given = f"G{self._random.randrange(1000)}"
        document = _document(name, given, "Lee")
        for _ in range(4):
            found = self._look_up("Users", "userName", f"{name}@acme.example")
            if found is not None:
                self._model.current[name] = self._known_person(found, name)
                return
            answer = self._send("POST", "/Users", document)
            if self._provider.users == "reject":
                self._expect_refusal(answer, f"a user {name}")
                return
            if answer.granted == "maybe":
                self._model.unanswered.setdefault(name, []).append(document)
            if answer.ok:
                person = _person(answer.body["id"], name, [document], answer.granted)
                with self._model.lock:
                    self._model.people[person.id] = person
                    self._model.current[name] = person
                return
            if answer.status == 409 and self._look_up("Users", "userName", f"{name}@acme.example") is None:
                self._model.note(f"409 without reason for {name}: {answer.detail}")
            self._pause(answer)
            if self._random.random() < 0.3:
                return

    def _covet(self) -> None:
        """Hire somebody whose account is somebody else's: that never succeeds, and what is left is deleted."""
        name = self._random.choice(OUTSIDERS)
        if self._provider.users != "managed":
            return
        answer = self._send("POST", "/Users", _document(name, "Some", "Body"))
        took = answer.ok and not self._provider.queues  # which is refused when it is delivered
        if took or (400 <= answer.status < 429 and answer.status != 409):
            self._model.note(f"the account of {name} was not refused as it should be: {answer.status}")
        found = None if answer.status == 409 else self._look_up("Users", "userName", f"{name}@acme.example")
        if found is not None:
            self._send("DELETE", f"/Users/{found['id']}")

    def _known_person(self, found: dict[str, Any], name: str) -> Person:
        with self._model.lock:
            known = self._model.people.get(found["id"])
            if known is None:
                known = _person(found["id"], name, self._model.unanswered.get(name, []), "true")
                known.alive = Register.of(True, False)  # found while undecided, it may still be taken back
                self._model.people[known.id] = known
                if not self._model.unanswered.get(name):
                    self._model.note(f"{name} exists, but every create was refused")
            return known

    def _dismiss(self) -> None:
        person = self._somebody()
        if person is None or not self._model.busy[person.name].acquire(blocking=False):
            return
        try:
            if self._model.current[person.name] is person and self._delete("Users", person.id, person.alive):
                self._model.current[person.name] = None
        finally:
            self._model.busy[person.name].release()

    def _rename(self) -> None:
        if person := self._somebody():
            given = f"G{self._random.randrange(1000)}"
            body = _patch({"op": "replace", "path": "name.givenName", "value": given})
            self._write("PATCH", f"/Users/{person.id}", body, [(person.given, given, False)], [person])

    def _put(self) -> None:
        if person := self._somebody():
            given, family = f"G{self._random.randrange(1000)}", f"F{self._random.randrange(1000)}"
            body = _document(person.name, given, family)
            del body["active"]
            writes = [(person.given, given, False), (person.family, family, False)]
            writes.append((person.email, f"{person.name}@acme.example", False))
            writes.append((person.granted, False, True))
            may_refuse = not self._provider.moves and len(person.email.writes) > 1
            self._write("PUT", f"/Users/{person.id}", body, writes, [person], may_refuse=may_refuse)

    def _move(self) -> None:
        """Give somebody another address: at most vendors that is what the account is found by."""
        person, moves = self._somebody(), self._provider.moves
        if person is not None and (moves or not self._provider.queues):
            email = f"{person.name}-{self._random.randrange(1000)}@acme.example"
            body = _patch({"op": "replace", "path": 'emails[type eq "work"].value', "value": email})
            with self._model.lock:
                is_active = person.active.possible() == {True}
            writes = [(person.email, email, False)]
            answer = self._write("PATCH", f"/Users/{person.id}", body, writes, [person], may_refuse=not moves)
            with self._model.lock:
                is_active = is_active and person.active.possible() == {True} == person.alive.possible()
            if is_active and not moves:
                self._expect_refusal(answer, f"another address for {person.name} {person.id}")

    def _switch(self) -> None:
        if person := self._somebody():
            active = self._random.random() < 0.5
            operations = [{"op": "replace", "path": "active", "value": active}]
            writes = [(person.active, active, not active)]
            if self._random.random() < 0.3:
                given = f"G{self._random.randrange(1000)}"
                operations.append({"op": "replace", "path": "name.givenName", "value": given})
                writes.append((person.given, given, False))
            self._write("PATCH", f"/Users/{person.id}", _patch(*operations), writes, [person])

    def _grant(self) -> None:
        """Give somebody a role by a value of the user's, or take it."""
        person, offer = self._somebody(), self._provider.offer
        if person is not None and offer is not None:
            given = self._random.random() < 0.5
            operation = {"op": "add", "path": offer.attribute, "value": [{"value": offer.value}]}
            if not given:
                operation = {"op": "remove", "path": f'{offer.attribute}[value eq "{offer.value}"]'}
            writes = [(person.granted, given, not given)]
            self._write("PATCH", f"/Users/{person.id}", _patch(operation), writes, [person])

    def _look(self) -> None:
        person = self._somebody()
        if person is not None:
            self._see(person)

    def _see(self, person: Person) -> None:
        """Read somebody: what was acknowledged is there, and what was revoked is not, whatever the answer was."""
        registers = {"exists": person.alive, **person.attributes}
        with self._model.lock:
            before = {name: (each.possible(), len(each.writes)) for name, each in registers.items()}
        answer = self._send("GET", f"/Users/{person.id}")
        if not answer.ok and answer.status != 404:
            return
        shown = {"exists": answer.ok, **(read_attributes(answer.body) if answer.ok else {})}
        with self._model.lock:
            for name, value in shown.items():
                had, seen = before[name]
                since = {write.value for write in registers[name].writes[seen:]}
                if value not in had | since | registers[name].possible():
                    text = f"{name} was {value} for a moment, only {sorted(had)} might be"
                    self._model.note(f"{person.name} {person.id}: {text}")

    # -- groups

    def _found(self) -> None:
        model = self._model
        base = self._random.choice(list(model.groups))
        if not model.busy[base].acquire(blocking=False):
            return
        try:
            if model.groups[base] is None:
                self._create_team(base)
        finally:
            model.busy[base].release()

    def _create_team(self, base: str) -> None:
        people = self._some(self._random.choice([0, 0, 1, 3]))
        ids = [person.id for person in people]
        body = {"schemas": [GROUP], "displayName": base, "members": refs(ids)}
        for _ in range(3):
            found = self._look_up("Groups", "displayName", base)
            if found is not None:
                self._model.groups[base] = self._known_team(found, base)
                return
            begun = time.monotonic()
            answer = self._send("POST", "/Groups", body)
            if answer.granted == "maybe" or (answer.outage and ids):  # a group whose members failed may stay
                self._model.unanswered.setdefault(base, []).append({"ids": ids})
            if answer.ok:
                team = Team(answer.body["id"], base, Register.of(True), Register.of(base))
                for id_ in ids:
                    team.member(id_).writes.append(Write(True, begun, answer.over, "true"))
                with self._model.lock:
                    self._model.teams[team.id] = team
                    self._model.groups[base] = team
                return
            taken = answer.status == 409 and base not in self._model.unanswered  # or by a lost one, for a moment
            if taken and self._look_up("Groups", "displayName", base) is None:
                self._model.note(f"409 without reason for {base}: {answer.detail}")
            self._pause(answer)

    def _known_team(self, found: dict[str, Any], base: str) -> Team:
        with self._model.lock:
            known = self._model.teams.get(found["id"])
            if known is None:
                known = Team(found["id"], base, Register.of(True, False), Register.of(base))
                for lost in self._model.unanswered.get(base, []):
                    for id_ in lost["ids"]:
                        known.member(id_).writes.append(Write(True, ALWAYS, time.monotonic(), "maybe"))
                self._model.teams[known.id] = known
                if base not in self._model.unanswered:
                    self._model.note(f"{base} exists, but every create was refused")
            return known

    def _dissolve(self) -> None:
        team = self._team()
        if team is None or not self._model.busy[team.base].acquire(blocking=False):
            return
        try:
            if self._model.groups[team.base] is team and self._delete("Groups", team.id, team.alive):
                self._model.groups[team.base] = None
        finally:
            self._model.busy[team.base].release()

    def _retitle(self) -> None:
        team, renames = self._team(), self._provider.renames
        if team is not None and (renames or not self._provider.queues):
            titles = [f"{team.base} {self._random.randrange(1000)}"] + [team.base] * renames
            title = self._random.choice(titles)
            body = _patch({"op": "replace", "value": {"displayName": title}})
            writes = [(team.name, title, False)]
            answer = self._write("PATCH", f"/Groups/{team.id}", body, writes, [], team, may_refuse=not renames)
            if not renames and team.alive.possible() == {True}:
                self._expect_refusal(answer, f"another name for {team.base}")

    def _join(self) -> None:
        people, team = self._some(self._random.choice([1, 1, 1, 2, 5])), self._team()
        if people and team:
            ids = [person.id for person in people]
            body = _patch({"op": "add", "path": "members", "value": refs(ids)})
            writes = [(team.member(id_), True, False) for id_ in ids]
            self._write("PATCH", f"/Groups/{team.id}", body, writes, people, team)

    def _leave(self) -> None:
        people, team = self._some(self._random.choice([1, 1, 1, 2, 5])), self._team()
        if people and team:
            ids = [person.id for person in people]
            operations = [{"op": "remove", "path": f'members[value eq "{id_}"]'} for id_ in ids]
            if self._random.random() < 0.5:
                operations = [{"op": "remove", "path": "members", "value": refs(ids)}]
            writes = [(team.member(id_), False, True) for id_ in ids]
            self._write("PATCH", f"/Groups/{team.id}", _patch(*operations), writes, people, team)

    def _list(self) -> None:
        """Replace the whole list of members, by PATCH or PUT; an IdP whose `replace` adds has said so."""
        people, team = self._some(self._random.choice([0, 1, 3, 6])), self._team()
        if team is None:
            return
        ids = {person.id for person in people}
        if self._random.random() < 0.3:
            self._put_list(people, ids, team)
        elif ids and self._provider.replace_adds:
            writes = [(team.member(id_), True, False) for id_ in ids]
            self._write("PATCH", f"/Groups/{team.id}", _replace_members(ids), writes, people, team)
        else:
            self._write_list("PATCH", _replace_members(ids), people, ids, team)

    def _put_list(self, people: list[Person], ids: set[str], team: Team) -> None:
        """A PUT names the group, too, as it was first called where the vendor renames none."""
        with self._model.lock:
            named = team.name.write(team.base)
        body = {"schemas": [GROUP], "displayName": team.base, "members": refs(ids)}
        answer = self._write_list("PUT", body, people, ids, team)
        with self._model.lock:
            named.over, named.fate = answer.over, "true" if answer.ok else "maybe"  # it stands if members fail

    def _write_list(self, method: str, body: Any, people: list[Person], ids: set[str], team: Team) -> Answer:
        whole = Write(ids, time.monotonic())
        with self._model.lock:
            team.lists.append(whole)
        answer = self._send(method, f"/Groups/{team.id}", body)
        self._explain(answer, people, team)
        with self._model.lock:
            whole.over = answer.over
            whole.fate = answer.granted
            in_part = (answer.outage and answer.revoked == "true") or SOME_OF_THEM in answer.detail
            if in_part:  # who left has left; who was to come may have come
                whole.value, whole.fate = set(), "true"
                for id_ in ids:
                    team.member(id_).writes.append(Write(True, whole.begun, whole.over, "maybe"))
        return answer

    # -- what all have in common

    def _write(
        self,
        method: str,
        path: str,
        body: Any,
        writes: list[tuple[Register, Any, bool]],
        people: list[Person],
        team: Team | None = None,
        *,
        may_refuse: bool = False,
    ) -> Answer:
        """Send a write until it is answered well, or given up. Each of ``writes``: where, what, does it revoke?

        ``may_refuse``: the vendor cannot do it in any case, and may say so.
        """
        several = team is not None and len(writes) > 1
        for _ in range(3):
            with self._model.lock:
                begun = [(register.write(value), revokes) for register, value, revokes in writes]
            answer = self._send(method, path, body)
            with self._model.lock:
                for write, revokes in begun:
                    write.over = answer.over
                    write.fate = answer.revoked if revokes else answer.granted
                    if several and not revokes and not answer.ok:
                        write.fate = "maybe"
            if not (may_refuse and answer.declared):
                self._explain(answer, people, team)
            if team is None and (answer.outage or self._random.random() < 0.5):
                self._see(people[0])
            if answer.ok or 400 <= answer.status < 429:
                break
            self._pause(answer)
            if self._random.random() < 0.5 or self._provider.lull.is_set():
                break
        return answer

    def _expect_refusal(self, answer: Answer, what: str) -> None:
        """Note it if the vendor was said to have done what it cannot do, or if it was refused in other words."""
        if answer.ok or (400 <= answer.status < 429 and not answer.declared):
            self._model.note(f"{what} was not refused as declared: {answer.status} {answer.detail}")

    def _delete(self, endpoint: str, id_: str, alive: Register) -> bool:
        """Delete until it is certain, or give up; whether the provider believes that it is gone."""
        for _ in range(3):
            with self._model.lock:
                before = alive.possible()
                write = alive.write(False)
            answer = self._send("DELETE", f"/{endpoint}/{id_}")
            with self._model.lock:
                write.over, write.fate = answer.over, answer.revoked
                if answer.status == 404:
                    write.fate = "true"
                    if before == {True}:
                        self._model.note(f"404 for {endpoint}/{id_}, which exists")
            if answer.ok or answer.status == 404:
                return True
            self._pause(answer)
            if self._random.random() < 0.3:
                break
        return alive.possible() == {False}

    def _explain(self, answer: Answer, people: list[Person], team: Team | None) -> None:
        """Note a 4xx that the model cannot explain: everybody concerned exists and nobody is being deleted."""
        if answer.ok or answer.status == 0 or answer.outage:
            return
        with self._model.lock:
            sure = all(person.alive.possible() == {True} for person in people)
            sure = sure and (team is None or team.alive.possible() == {True})
        if sure:
            self._model.note(f"{answer.status} without reason: {answer.detail}")

    def _send(self, method: str, path: str, body: Any = None) -> Answer:
        self._sent += 1
        return self._provider.send(self._random, method, path, body)

    def _look_up(self, endpoint: str, attribute: str, value: str) -> dict[str, Any] | None:
        for _ in range(20):
            answer = self._send("GET", f'/{endpoint}?filter={attribute} eq "{value}"')
            if answer.status == 200:
                found: list[dict[str, Any]] = answer.body["Resources"]
                return found[0] if found else None
            time.sleep(0.2)
        self._model.note(f"no answer to a filter on {endpoint}")
        return None

    def _pause(self, answer: Answer) -> None:
        time.sleep(self._random.uniform(0.02, 0.2))

    def _somebody(self) -> Person | None:
        people = self._some(1)
        return people[0] if people else None

    def _some(self, count: int) -> list[Person]:
        staff = self._model.staff()
        return self._random.sample(staff, min(count, len(staff)))

    def _team(self) -> Team | None:
        teams = self._model.known_teams()
        return self._random.choice(teams) if teams else None


def read_attributes(user: dict[str, Any]) -> dict[str, Any]:
    """Return what of a user as it is read the model knows, by the names of ``Person.attributes``."""
    return {
        "active": user["active"],
        "givenName": user["name"]["givenName"],
        "familyName": user["name"]["familyName"],
        "email": user["emails"][0]["value"],
        "granted": bool(user.get("roles") or user.get("entitlements")),
    }


def _document(name: str, given: str, family: str) -> dict[str, Any]:
    email = f"{name}@acme.example"
    return {
        "schemas": [USER],
        "userName": email,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": email, "type": "work", "primary": True}],
        "active": True,
    }


def _person(id_: str, name: str, documents: list[dict[str, Any]], fate: str) -> Person:
    names = [document["name"] for document in documents]
    return Person(
        id_,
        name,
        alive=Register.of(True),
        active=Register.of(True),
        given=Register.of(*[each["givenName"] for each in names], fate=fate),
        family=Register.of(*[each["familyName"] for each in names], fate=fate),
        email=Register.of(f"{name}@acme.example"),
        granted=Register.of(False),
    )


def _replace_members(ids: set[str]) -> dict[str, Any]:
    return _patch({"op": "replace", "path": "members", "value": refs(ids)})


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
