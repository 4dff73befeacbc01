"""Bulk requests without a bridge: what waits for what, against a directory that does one thing at a time."""

import copy
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scim.bulk import Done, Job, Schedule, parse_bulk, resolve, units
from app.scim.errors import InvalidSyntax, InvalidValue, NotFound, PayloadTooLarge, ScimError, Uniqueness
from tests.bridge import add, remove

WIDTH = 3
STORED = {f"id{number}": {"userName": f"n{number}"} for number in range(3)}


class World:
    """Users with unique names, and groups whose members must be there: each operation at once, as a whole."""

    def __init__(self):
        self.users = {id_: document["userName"] for id_, document in STORED.items()}
        self.groups = {}

    def perform(self, operation):
        try:
            HANDLERS[operation.endpoint, operation.method](self, operation.id, operation.data)
        except ScimError as error:
            return error
        return Done(200)

    def take_back(self, operation):
        (self.users if operation.endpoint == "Users" else self.groups).pop(operation.id)

    def name(self, id_, data):
        if data["userName"].casefold() in {name.casefold() for at, name in self.users.items() if at != id_}:
            raise Uniqueness("taken")
        self.users[id_] = data["userName"]

    def rename(self, id_, data):
        if id_ not in self.users:
            raise NotFound("nobody")
        self.name(id_, data if "userName" in data else {"userName": data["Operations"][0]["value"]})

    def fire(self, id_, _data):
        if self.users.pop(id_, None) is None:
            raise NotFound("nobody")
        for members in self.groups.values():
            members.discard(id_)

    def found(self, id_, data):
        self._know(member["value"] for member in data["members"])
        self.groups[id_] = {member["value"] for member in data["members"]}

    def move(self, id_, data):
        if id_ not in self.groups:
            raise NotFound("no group")
        members = set(self.groups[id_])
        for change in data["Operations"]:
            if change["op"] == "add":
                self._know(member["value"] for member in change["value"])
                members |= {member["value"] for member in change["value"]}
            else:
                members -= {change["path"].split('"')[1]}
        self.groups[id_] = members

    def _know(self, ids):
        if unknown := set(ids) - self.users.keys():
            raise InvalidValue(f"nobody knows {unknown}")


HANDLERS = {
    ("Users", "POST"): World.name,
    ("Users", "PUT"): World.rename,
    ("Users", "PATCH"): World.rename,
    ("Users", "DELETE"): World.fire,
    ("Groups", "POST"): World.found,
    ("Groups", "PATCH"): World.move,
}

# -- what is asked for

names = st.builds(
    lambda name, big: name.upper() if big else name, st.sampled_from(["n0", "n1", "n2", "n3", "n4"]), st.booleans()
)
NOTHING = st.none()
bulk_ids = st.sampled_from([f"b{number}" for number in range(4)])
people = st.one_of(bulk_ids.map("bulkId:{}".format), st.sampled_from(sorted(STORED)))
users = st.builds(
    lambda name, boss: {"userName": name} | ({"manager": {"value": boss}} if boss else {}),
    names,
    st.none() | people,
)
renames = names.map(lambda name: {"Operations": [{"op": "replace", "path": "userName", "value": name}]})
changes = st.lists(people.map(add) | people.map(remove), min_size=1, max_size=2)


def operation(method, path, data=NOTHING):
    return st.fixed_dictionaries({"method": st.just(method), "path": path, "data": data})


user_paths, group_paths = people.map("/Users/{}".format), people.map("/Groups/{}".format)
groups = st.lists(people, max_size=2).map(
    lambda ids: {"displayName": "g", "members": [{"value": id_} for id_ in ids]}
)
hired = operation("POST", st.just("/Users"), users)
operations = st.one_of(
    hired,
    hired,
    hired,
    operation("POST", st.just("/Groups"), groups),
    operation("PUT", user_paths, users),
    operation("PATCH", user_paths, renames),
    operation("DELETE", user_paths),
    operation("PATCH", group_paths, changes.map(lambda found: {"Operations": found})),
)


@st.composite
def requests(draw, among=operations, most=8):
    asked = draw(st.lists(among, min_size=1, max_size=most))
    fresh = itertools.count()
    return [each | ({"bulkId": f"b{next(fresh)}"} if each["method"] == "POST" else {}) for each in asked]


def read(asked, fail_on_errors=None):
    request = parse_bulk({"Operations": asked, "failOnErrors": fail_on_errors})
    ids = itertools.count()
    return resolve(request.operations, lambda: f"new{next(ids)}")


# -- how it runs: side by side as the schedule allows, or one after the other


def run(asked, draw, fail_on_errors=None):
    """Run as threads would: each unit does its work at any moment between its begin and its end."""
    world, found = World(), read(asked)
    job = Job(found, world.perform, world.take_back)
    schedule, running = Schedule(units(found, STORED), fail_on_errors), []
    while True:
        while len(running) < WIDTH and (turn := schedule.next()) is not None:
            running.append([turn, job.run(turn.unit, turn.most_errors) if draw(st.booleans()) else None])
            under_way = sum(len(each.unit.operations) for each, errors in running if errors is None)
            if fail_on_errors and len(turn.unit.operations) == 1:
                assert under_way + failures(job.outcomes) <= fail_on_errors
        if not running:
            return world, job.outcomes
        turn, errors = running.pop(draw(st.integers(0, len(running) - 1)))
        schedule.finish(turn, job.run(turn.unit, turn.most_errors) if errors is None else errors)


def failures(outcomes):
    return sum(isinstance(outcome, ScimError) for outcome in outcomes.values())


def circles(found):
    """Find, slowly, which operations refer to each other, in the order that one after the other would take."""
    reach = {at: set(each.refers_to) for at, each in enumerate(found)}
    for _ in found:
        reach = {at: to.union(*(reach[other] for other in to)) for at, to in reach.items()}
    left, order = list(reach), []
    while left:
        at = next(at for at in left if all(at in reach[other] for other in reach[at] & set(left)))
        circle = [other for other in left if other == at or other in reach[at]]
        order.append(sorted(circle, key=lambda at: (found[at].endpoint == "Groups", at)))
        left = [other for other in left if other not in circle]
    return order


def one_at_a_time(asked):
    """The oracle: each in turn; a circle wholly or not at all."""
    world, found, failed = World(), read(asked), {}
    for circle in circles(found):
        before, errors = copy.deepcopy(world), {}
        for at in circle:
            refused = found[at].problem or any(failed.get(other) for other in found[at].refers_to - set(circle))
            errors[at] = bool(refused) or isinstance(world.perform(found[at]), ScimError)
        if any(errors.values()):
            world, errors = before, dict.fromkeys(circle, True)
        failed.update(errors)
    return world, failed


@settings(max_examples=120, deadline=None)
@given(requests(), st.data())
def test_side_by_side_comes_out_as_one_at_a_time(asked, data):
    expected, failed = one_at_a_time(asked)
    world, outcomes = run(asked, data.draw)
    assert {at: isinstance(outcome, ScimError) for at, outcome in outcomes.items()} == failed
    assert (world.users, world.groups) == (expected.users, expected.groups)


@settings(max_examples=100, deadline=None)
@given(requests(), st.integers(1, 3), st.data())
def test_errors_never_exceed_what_is_accepted_and_nothing_unsaid_is_done(asked, most, data):
    _, failed = one_at_a_time(asked)
    world, outcomes = run(asked, data.draw, most)
    assert failures(outcomes) <= most
    if sum(failed.values()) < most:
        assert outcomes.keys() == failed.keys()
    else:
        assert failures(outcomes) == most
    done = {at for at, outcome in outcomes.items() if isinstance(outcome, Done)}
    again = World()
    for circle in circles(read(asked)):
        for at in circle:
            assert at not in done or isinstance(again.perform(read(asked)[at]), Done)
    assert (world.users, world.groups) == (again.users, again.groups)
    if most == 1:
        order = [at for circle in circles(read(asked)) for at in circle]
        assert done <= set(order[: min([order.index(at) for at in outcomes if at not in done], default=len(order))])


hires = st.integers(2, 6).flatmap(
    lambda size: st.tuples(
        st.lists(st.none() | st.integers(0, size - 1), min_size=size, max_size=size),
        st.lists(st.sets(st.integers(0, size - 1)), max_size=2),
        st.permutations(range(size)),
    )
)


@settings(max_examples=100, deadline=None)
@given(hires, st.randoms(use_true_random=False), st.data())
def test_any_order_of_a_request_gives_the_same_directory(hires, random, data):
    bosses, teams, _ = hires
    asked = [
        {"method": "POST", "path": "/Users", "bulkId": f"u{number}", "data": {"userName": f"user {number}"}}
        for number in range(len(bosses))
    ]
    for each, boss in zip(asked, bosses, strict=True):
        each["data"]["manager"] = None if boss is None else {"value": f"bulkId:u{boss}"}
    for number, team in enumerate(teams):
        members = [{"value": f"bulkId:u{member}"} for member in sorted(team)]
        asked.append(
            {
                "method": "POST",
                "path": "/Groups",
                "bulkId": f"g{number}",
                "data": {"displayName": f"{number}", "members": members},
            }
        )
    random.shuffle(asked)
    world, outcomes = run(asked, data.draw)
    assert failures(outcomes) == 0
    assert sorted(world.users.values()) == sorted(["n0", "n1", "n2", *(f"user {n}" for n in range(len(bosses)))])
    found = {operation.id: operation for operation in read(asked)}
    shown = {
        found[id_].bulk_id: {world.users[member] for member in members} for id_, members in world.groups.items()
    }
    assert shown == {f"g{number}": {f"user {member}" for member in team} for number, team in enumerate(teams)}
    ids = {operation.bulk_id: operation.id for operation in found.values()}
    for number, boss in enumerate(bosses):
        manager = found[ids[f"u{number}"]].data["manager"]
        assert manager == (None if boss is None else {"value": ids[f"u{boss}"]})


# -- what is read, and what is wrong with it


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ([], InvalidSyntax),
        ({}, InvalidSyntax),
        ({"Operations": []}, InvalidSyntax),
        ({"Operations": {"method": "DELETE"}}, InvalidSyntax),
        ({"Operations": [{}], "operations": [{}]}, InvalidSyntax),
        ({"Operations": [{}], "failOnErrors": 0}, InvalidValue),
        ({"Operations": [{}], "failOnErrors": True}, InvalidValue),
        ({"Operations": [{}], "failOnErrors": "1"}, InvalidValue),
        ({"Operations": [{}] * 1001}, PayloadTooLarge),
    ],
)
def test_what_is_no_bulk_request_is_refused_as_a_whole(body, error):
    with pytest.raises(error):
        parse_bulk(body)


POST = {"method": "POST", "path": "/Users", "bulkId": "x", "data": {"userName": "x"}}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("DELETE /Users/1", 400),
        ({}, 400),
        (POST | {"method": "GET"}, 400),
        (POST | {"method": None}, 400),
        (POST | {"bulkId": None}, 400),
        (POST | {"bulkId": 7}, 400),
        (POST | {"data": None}, 400),
        (POST | {"path": None}, 400),
        (POST | {"path": 7}, 400),
        (POST | {"METHOD": "POST"}, 400),
        (POST | {"path": "/Users/1"}, 405),
        (POST | {"method": "PUT"}, 405),
        (POST | {"path": "/Roles"}, 404),
        (POST | {"path": "/Users?filter=x"}, 404),
        ({"method": "DELETE", "path": "/Users/1/2"}, 404),
        ({"method": "DELETE", "path": "/Users/%00"}, 404),
        ({"method": "DELETE", "path": "/Users/1", "version": 7}, 400),
    ],
)
def test_what_is_wrong_with_an_operation_is_its_own_problem(given, status):
    wrong, right = parse_bulk({"Operations": [given, {"method": "DELETE", "path": "/Users/1"}]}).operations
    assert wrong.problem.status == status
    assert right.problem is None


def test_keys_and_methods_count_in_any_case_and_paths_with_or_without_slashes():
    given = {"METHOD": "Put", "Path": "Users/a%20b/", "DATA": {}, "VERSION": 'W/"1"', "BulkID": "x"}
    (read_,) = parse_bulk({"OPERATIONS": [given], "FailOnErrors": 2}).operations
    assert (read_.problem, read_.method, read_.endpoint, read_.id) == (None, "PUT", "Users", "a b")
    assert (read_.version, read_.bulk_id) == ('W/"1"', "x")


def test_references_are_found_wherever_they_stand():
    refers = {
        "members": [{"value": "bulkId:x", "$ref": "../Users/bulkId:x"}, "BulkId:x"],
        "path": 'members[value eq "bulkId:x"]',
        "text": "a bulkId:x in a sentence is none",
    }
    _, found = read([POST, {"method": "PATCH", "path": "/Groups/bulkId:x", "data": refers}])
    assert (found.id, found.refers_to, found.problem) == ("new0", {0}, None)
    assert found.data == {
        "members": [{"value": "new0", "$ref": "../Users/new0"}, "new0"],
        "path": 'members[value eq "new0"]',
        "text": "a bulkId:x in a sentence is none",
    }


def test_a_reference_to_nobody_or_to_two_is_409_and_one_in_what_cannot_be_set_means_nothing():
    asked = [
        POST,
        POST,
        {"method": "DELETE", "path": "/Users/bulkId:x"},
        {"method": "DELETE", "path": "/Users/bulkId:y"},
        {"method": "PUT", "path": "/Users/1", "data": {"userName": "x", "groups": [{"value": "bulkId:y"}]}},
    ]
    first, second, ambiguous, unknown, harmless = read(asked)
    assert (first.problem, second.problem.status, harmless.problem) == (None, 400, None)
    assert (ambiguous.problem.status, unknown.problem.status) == (409, 409)
    assert "bulkId:y" in unknown.problem.detail


def test_what_choses_members_by_their_names_waits_for_those_who_are_renamed():
    by_name = {"Operations": [{"op": "remove", "path": 'members[display eq "n0"]'}]}
    asked = [
        {
            "method": "PATCH",
            "path": "/Users/id0",
            "data": {"Operations": [{"op": "replace", "value": {"userName": "a"}}]},
        },
        {"method": "PATCH", "path": "/Groups/1", "data": by_name},
        {"method": "PATCH", "path": "/Groups/2", "data": {"Operations": [remove("id1")]}},
    ]
    assert [unit.after for unit in units(read(asked), STORED)] == [frozenset(), {0}, frozenset()]


def test_data_nested_too_deeply_is_the_operations_own_problem():
    data = {}
    for _ in range(5000):
        data = {"x": data}
    (found,) = read([POST | {"data": data}])
    assert found.problem.status == 400
