"""The frame every sandbox stands on: strict routing, journal, faults, control."""

import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
import requests

from mappings.sandbox import Sandbox, Tokens, create
from mappings.sandbox_calls import FORM, Operation, RefusedError
from mappings.sandbox_fields import BOOLEAN, TEXT, Fields, json_text, list_of, one_of, record

NOTE = Fields(
    required={"text": TEXT},
    optional={
        "size": one_of(0, 1),
        "done": BOOLEAN,
        "tags": list_of(record(Fields({"name": TEXT}))),
        "password": TEXT,
    },
)
FORM_NOTE = Fields({"members": json_text(list_of(TEXT))}, {"refresh_token": TEXT})


class Notes(Sandbox):
    vendor = "notes"
    operations = (
        Operation("GET", "/notes", "get_notes", query=Fields(optional={"upper": one_of("true", "false")})),
        Operation("POST", "/notes/{key}", "create_note", body=NOTE, status=201),
        Operation("PUT", "/notes/{note}", "update_note", body=FORM_NOTE, content_type=FORM),
        Operation("DELETE", "/notes/{note}/of/{_owner}", "delete_note", status=204),
    )

    def __init__(self, **frame):
        super().__init__(**frame)
        self.notes = {}

    def authenticate(self, request):
        if request.headers.get("X-Key") != "key":
            raise RefusedError(401, "who are you?")

    def find_note(self, key):
        if key not in self.notes:
            raise RefusedError(404, "no such note")
        return self.notes[key]

    def find_owner(self, name):
        if name != "me":
            raise RefusedError(404, "no such owner")

    def get_notes(self, upper="false"):
        return [key.upper() if upper == "true" else key for key in self.notes]

    def create_note(self, key, body):
        self.notes[key] = {"key": key, **body}
        return self.notes[key]

    def update_note(self, note, body):
        return {**note, "members": body["members"]}

    def delete_note(self, note):
        del self.notes[note["key"]]

    def list_users(self):
        return [{"id": key, "key": key, "fields": note, "roles": []} for key, note in self.notes.items()]

    def list_groups(self):
        return []


class Client:
    def __init__(self, sandbox, base_url, **headers):
        self.sandbox = sandbox
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(headers)

    def __call__(self, method, path, **kwargs):
        return self.session.request(method, self.base_url + path, timeout=5, **kwargs)


@pytest.fixture
def sandbox():
    sandbox = Notes()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def call(sandbox):
    return Client(sandbox, sandbox.start(), **{"X-Key": "key"})


def refused_as_undocumented(call, answer, status):
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    entry = call.sandbox.journal[-1]
    assert entry in call.sandbox.undocumented
    assert entry.status == status
    assert entry.reason == answer.json()["error"]
    return True


def test_an_undocumented_path_is_refused_and_recorded(call):
    assert refused_as_undocumented(call, call("GET", "/secret"), 404)
    assert refused_as_undocumented(call, call("GET", "/notes/"), 404)
    assert refused_as_undocumented(call, call("POST", "/notes//a", json={"text": "x"}), 404)


def test_an_undocumented_method_is_refused_and_recorded(call):
    assert refused_as_undocumented(call, call("PATCH", "/notes"), 405)


def test_an_undocumented_body_field_is_refused_and_recorded(call):
    assert refused_as_undocumented(call, call("POST", "/notes/a", json={"text": "x", "colour": "red"}), 400)
    assert call.sandbox.notes == {}


def test_an_undocumented_query_parameter_is_refused_and_recorded(call):
    assert refused_as_undocumented(call, call("GET", "/notes?limit=5"), 400)
    assert refused_as_undocumented(call, call("GET", "/notes?upper=yes"), 400)
    assert refused_as_undocumented(call, call("GET", "/notes?upper=true&upper=false"), 400)
    assert call("GET", "/notes?upper=true").json() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 1},
        {"text": None},
        {"text": "x", "size": 2},
        {"text": "x", "size": True},
        {"text": "x", "done": "true"},
        {"text": "x", "tags": "a"},
        {"text": "x", "tags": [{"name": "a", "id": "b"}]},
    ],
)
def test_a_missing_field_a_wrong_type_or_an_unknown_value_is_refused(call, body):
    assert refused_as_undocumented(call, call("POST", "/notes/a", json=body), 400)


@pytest.mark.parametrize("data", ["", "{", "[]", '{"text": "a", "text": "b"}', b"\xff"])
def test_a_body_that_is_not_one_json_object_is_refused(call, data):
    answer = call("POST", "/notes/a", data=data, headers={"Content-Type": "application/json"})
    assert refused_as_undocumented(call, answer, 400)


def test_a_wrong_content_type_is_refused(call):
    assert refused_as_undocumented(call, call("POST", "/notes/a", data={"text": "x"}), 400)
    assert call("POST", "/notes/a", json={"text": "x"}).status_code == 201
    assert refused_as_undocumented(call, call("PUT", "/notes/a", json={"members": "[]"}), 400)


def test_a_form_may_carry_json_text(call):
    call("POST", "/notes/a", json={"text": "x"})
    assert call("PUT", "/notes/a", data={"members": '["b"]'}).json()["members"] == '["b"]'
    assert refused_as_undocumented(call, call("PUT", "/notes/a", data={"members": "b"}), 400)


def test_a_body_where_none_is_documented_is_refused(call):
    assert refused_as_undocumented(call, call("GET", "/notes", json={}), 400)


def test_each_call_needs_credentials_and_their_lack_is_no_undocumented_call(call):
    answer = call("GET", "/notes", headers={"X-Key": "wrong"})
    assert (answer.status_code, answer.json()) == (401, {"error": "who are you?"})
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize(
    ("segment", "key"),
    [
        ("a%2Fb", "a/b"),
        ("a+b", "a+b"),
        ("100%25", "100%"),
        ("two%20words", "two words"),
        ("%2F%2F", "//"),
        ("%3F", "?"),
    ],
)
def test_a_percent_encoded_segment_is_decoded_as_one(call, segment, key):
    assert call("POST", f"/notes/{segment}", json={"text": "x"}).json()["key"] == key
    assert call("DELETE", f"/notes/{segment}/of/me").status_code == 204
    assert call.sandbox.notes == {}


def test_a_slash_that_is_not_encoded_makes_two_segments(call):
    assert refused_as_undocumented(call, call("POST", "/notes/a/b", json={"text": "x"}), 404)


def test_what_a_path_names_is_looked_up_before_the_call(call):
    call("POST", "/notes/a", json={"text": "x"})
    assert call("DELETE", "/notes/b/of/me").json() == {"error": "no such note"}
    assert call("DELETE", "/notes/a/of/you").json() == {"error": "no such owner"}
    assert call.sandbox.undocumented == []


def test_an_answer_without_a_body_has_none(call):
    call("POST", "/notes/a", json={"text": "x"})
    answer = call("DELETE", "/notes/a/of/me")
    assert (answer.status_code, answer.content, answer.headers.get("Content-Type")) == (204, b"", None)


def test_the_journal_keeps_every_call_and_no_secret(call):
    call("POST", "/notes/a%2Fb", json={"text": "x", "password": "pa55"})
    call("PUT", "/notes/a%2Fb", data={"members": "[]", "refresh_token": "t0k3n"})
    call("GET", "/notes?token=t0k3n")
    call("POST", "/notes/c", data='{"password": "pa55', headers={"Content-Type": "application/json"})
    first, second, third, fourth = call.sandbox.journal
    assert (first.method, first.path, first.status) == ("POST", "/notes/a%2Fb", 201)
    assert first.body == {"text": "x", "password": "***"}
    assert second.body == {"members": "[]", "refresh_token": "***"}
    assert third.query == {"token": "***"}
    assert fourth.body == "(18 bytes that cannot be read)"
    assert "pa55" not in repr(call.sandbox.journal)


def test_a_status_fault_answers_in_the_vendors_error_shape_and_applies_nothing(call):
    call.sandbox.faults.add("status", method="POST", status=429, retry_after="7")
    answer = call("POST", "/notes/a", json={"text": "x"})
    assert (answer.status_code, answer.headers["Retry-After"], set(answer.json())) == (429, "7", {"error"})
    assert call.sandbox.notes == {}
    assert call("POST", "/notes/a", json={"text": "x"}).status_code == 201
    assert [entry.fault for entry in call.sandbox.journal] == ["status", None]
    assert call.sandbox.undocumented == []


def test_a_garbage_fault_answers_with_a_page(call):
    call.sandbox.faults.add("garbage")
    answer = call("GET", "/notes")
    assert answer.status_code == 200
    assert answer.text.startswith("<html>")


def test_a_dropped_call_is_not_applied(call):
    call.sandbox.faults.add("drop")
    with pytest.raises(requests.ConnectionError):
        call("POST", "/notes/a", json={"text": "x"})
    assert call.sandbox.notes == {}
    assert call.sandbox.journal[-1].status is None


def test_a_lost_call_is_applied_and_not_answered(call):
    call.sandbox.faults.add("lose")
    with pytest.raises(requests.ConnectionError):
        call("POST", "/notes/a", json={"text": "x"})
    assert list(call.sandbox.notes) == ["a"]
    assert call.sandbox.journal[-1].status is None


def test_a_hanging_call_is_answered_late_and_holds_nobody_else_up(call):
    call.sandbox.faults.add("hang", path="/notes/slow", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        call.session.post(call.base_url + "/notes/slow", json={"text": "x"}, timeout=0.2)
    assert call("GET", "/notes").json() == []


def test_stopping_drops_a_call_that_hangs(sandbox):
    call = Client(sandbox, sandbox.start(), **{"X-Key": "key"})
    sandbox.faults.add("hang", seconds=60)
    arrived = threading.Event()
    take = sandbox.faults.take
    sandbox.faults.take = lambda *about: (take(*about), arrived.set())[0]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(call, "POST", "/notes/a", json={"text": "x"})
        assert arrived.wait(5)
        sandbox.stop()
        assert isinstance(answer.exception(5), requests.ConnectionError)
    assert sandbox.notes == {}


def test_a_fault_is_matched_by_method_and_path_skips_and_counts(call):
    call.sandbox.faults.add("status", method="POST", path="/notes/*", skip=1, count=2, status=500)
    statuses = [call("POST", f"/notes/{key}", json={"text": "x"}).status_code for key in "abcd"]
    assert statuses == [201, 500, 500, 201]
    assert call.sandbox.faults.pending() == []


@pytest.mark.parametrize(
    "rule", [{"kind": "earthquake"}, {"kind": "drop", "count": "two"}, {"kind": "drop", "where": "x"}]
)
def test_a_fault_that_cannot_be_is_refused(call, rule):
    with pytest.raises((ValueError, TypeError)):
        call.sandbox.faults.add(**rule)
    assert call("POST", "/__sandbox__/faults", json=rule).status_code == 400


def test_another_process_can_drive_it_over_http(call):
    rule = {"kind": "status", "path": "/notes", "status": 502}
    assert call("POST", "/__sandbox__/faults", json=rule).status_code == 201
    assert call("GET", "/notes").status_code == 502
    call("POST", "/__sandbox__/faults", json=rule)
    assert call("DELETE", "/__sandbox__/faults").status_code == 204
    call("POST", "/notes/a", json={"text": "x"})
    state = call("GET", "/__sandbox__/state").json()
    assert state["vendor"] == "notes"
    assert [user["key"] for user in state["users"]] == ["a"]
    assert (state["groups"], state["undocumented"], state["faults"]) == ([], 0, [])
    journal = call("GET", "/__sandbox__/journal").json()
    assert [(entry["method"], entry["path"], entry["status"]) for entry in journal] == [
        ("GET", "/notes", 502),
        ("POST", "/notes/a", 201),
    ]
    assert call("DELETE", "/__sandbox__/journal").status_code == 204
    assert call("GET", "/__sandbox__/journal").json() == []
    assert call("GET", "/__sandbox__/passwords").status_code == 404


def test_it_can_be_started_again_on_the_same_port_with_its_state(sandbox):
    base_url = sandbox.start()
    Client(sandbox, base_url, **{"X-Key": "key"})("POST", "/notes/a", json={"text": "x"})
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        Client(sandbox, base_url)("GET", "/notes")
    assert sandbox.start(port=int(base_url.rpartition(":")[2])) == base_url
    assert Client(sandbox, base_url, **{"X-Key": "key"})("GET", "/notes").json() == ["a"]


def test_a_port_that_is_taken_is_an_error(call):
    other = Notes()
    with pytest.raises(OSError, match="in use"):
        other.start(port=int(call.base_url.rpartition(":")[2]))


def test_many_clients_at_once_lose_nothing(call):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: call("POST", f"/notes/{n}", json={"text": "x"}), range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(call.sandbox.notes) == len(call.sandbox.journal) == 100


def test_a_token_dies_of_age_and_of_use():
    now = [0.0]
    tokens = Tokens(lambda: now[0], seconds=10, calls=2)
    tokens.issue("t", "me")
    assert [tokens.owner("t") for _ in range(3)] == ["me", "me", None]
    tokens.issue("u", "me")
    now[0] = 10.0
    assert tokens.owner("u") is None
    tokens.issue("v", "me")
    tokens.revoke_all()
    assert tokens.owner("v") is None


def test_a_sandbox_is_found_by_its_vendors_name():
    assert create("datasentinel", random=Random(1)).vendor == "datasentinel"
    for name in ("nobody", "sandbox"):
        with pytest.raises(ValueError, match="no sandbox"):
            create(name)


@pytest.mark.parametrize("vendor", ["datasentinel", "metric_insights", "periscope", "prancer", "squirro"])
def test_every_documented_operation_has_its_method(vendor):
    sandbox = create(vendor)
    assert sandbox.vendor == vendor
    assert sandbox.credentials
    for operation in sandbox.operations:
        assert callable(getattr(sandbox, operation.handler))
        assert callable(getattr(sandbox, operation.admitted_by))


@pytest.mark.parametrize("vendor", ["datasentinel", "metric_insights", "periscope", "prancer", "squirro"])
def test_the_same_random_gives_the_same_ids(vendor):
    assert create(vendor, random=Random(7)).users() == create(vendor, random=Random(7)).users()
