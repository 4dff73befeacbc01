"""Any filter, order and window gives the same page in SQL as a naive evaluation, whatever is written in between."""

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from app.directory import resources, search
from app.directory.database import Database
from app.directory.ordering import in_sql
from app.directory.resources import Resource
from app.directory.search import Query
from app.scim.cursor import decode, encode
from app.scim.filter import matches, parse_filter
from app.scim.meta import meta
from app.scim.paging import Cursor, Gap, Window
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER_TYPE
from app.scim.sorting import Position, parse_order
from tests.directory.test_search import atoms, literals, words

TYPES = {"User": USER_TYPE, "Group": GROUP_TYPE}
URN = ENTERPRISE_USER.id


def folded(*names):
    """Read a text without case at a path of plain objects."""

    def read(document):
        for name in names:
            document = document.get(name, {})
        return document.casefold() if document else None

    return read


def of_the_primary(name):
    def read(document):
        entries = document.get("emails", [])
        chosen = [entry for entry in entries if entry.get("primary")] or entries
        return chosen[0].get(name, "").casefold() or None if chosen else None

    return read


SORTS = {
    "userName": folded("userName"),
    "displayname": folded("displayName"),
    "urn:ietf:params:scim:schemas:core:2.0:User:userName": folded("userName"),
    "title": folded("title"),
    "name.familyName": folded("name", "familyName"),
    f"{URN}:department": folded(URN, "department"),
    "department": folded(URN, "department"),
    "emails": of_the_primary("value"),
    "Emails.Type": of_the_primary("type"),
    "externalId": lambda document: document.get("externalId"),
    "ID": lambda document: document["id"],
    "active": lambda document: document.get("active"),
    "meta.created": lambda document: document["created"],
    "meta.lastModified": lambda document: document["modified"],
    "meta.resourceType": lambda document: document["kind"],
}
"""What each sortBy means, said once more, by hand."""

moments = st.sampled_from([1.0, 1.5, 1.50001, 2.0])
emails = st.lists(
    st.fixed_dictionaries({"value": words}, optional={"type": words, "primary": st.just(True)}),
    min_size=1,
    max_size=2,
)
common = {"displayName": words, "externalId": words}
documents = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("User"), "active": st.booleans()},
        optional={
            **common,
            "title": words,
            "emails": emails,
            "name": st.fixed_dictionaries({"familyName": words}),
            URN: st.fixed_dictionaries({"department": words}),
        },
    ),
    st.fixed_dictionaries({"kind": st.just("Group")}, optional=common),
)
drawn = st.tuples(documents, st.sampled_from(["a", "B", "_"]), moments, moments)
filters = st.one_of(
    st.none(),
    st.none(),
    st.builds(lambda word: f"displayName co {word}", literals),
    st.builds(lambda a, b: f"({a}) or not ({b})", atoms, atoms),
    st.just("meta.resourceType eq User"),
)
kinds = st.sampled_from([("User",), ("User", "Group"), ("Group",)])
PROMOTED = [None, "userName", "displayname", "externalId", "ID", "active", "meta.created", "meta.lastModified"]
sorts = st.one_of(st.sampled_from(PROMOTED), st.sampled_from(sorted(SORTS)))
directions = st.sampled_from(["Descending", "ascending"])
stores = st.lists(drawn, min_size=3, max_size=7)
changes = st.one_of(
    st.none(),
    st.tuples(st.just("insert"), drawn),
    st.tuples(st.just("delete"), st.integers(0, 20)),
    st.tuples(st.just("rename"), st.integers(0, 20), words),
)


class Directory:
    """Rows in a transaction that is never committed, and the same resources in a list."""

    def __init__(self, connection, stored):
        self.connection, self.all, self.made, self.touched = connection, [], 0, set()
        for drawing in stored:
            self.insert(drawing)
        self.touched.clear()

    def insert(self, drawing):
        document, prefix, created, modified = drawing
        document = dict(document)
        kind, id_ = document.pop("kind"), f"{prefix}{self.made}"
        name = (
            {"userName": f"Ann{id_}"} if kind == "User" else {"displayName": f"{document.get('displayName')}{id_}"}
        )
        self.made += 1
        self.touched.add(id_)
        self.all.append(Resource(id_, "main", kind, {**document, **name}, "1", created, modified))
        resources.insert(self.connection, self.all[-1])

    def change(self, change):
        if change is None:
            return
        what, subject, *more = change
        if what == "insert":
            self.insert(subject)
        elif self.all:
            old = self.all.pop(subject % len(self.all))
            self.touched.add(old.id)
            resources.delete(self.connection, old.id)
            if what == "rename":
                self.all.append(replace(old, document={**old.document, "displayName": f"{more[0]}{old.id}"}))
                resources.insert(self.connection, self.all[-1])


class Oracle:
    """What a list holds, found by comparing every resource with every other."""

    def __init__(self, kinds, text, sort_by, sort_order):
        self.kinds, self.sort_by = kinds, sort_by
        self.descending = bool(sort_by) and (sort_order or "").lower() == "descending"
        self.filters = {kind: parse_filter(text, TYPES[kind]) if text else None for kind in kinds}

    def place(self, resource):
        whole = {**resource.document, **{n: getattr(resource, n) for n in ("id", "kind", "created", "modified")}}
        value = SORTS[self.sort_by](whole) if self.sort_by else self.kinds.index(resource.kind)
        return Position(value, resource.created, resource.id)

    def precedes(self, one, other):
        """Whether the first stands before the second; descending is ascending read backwards."""
        if self.descending:
            one, other = other, one
        if (one.key is None) != (other.key is None):
            return other.key is None
        if one.key != other.key:
            return one.key < other.key
        return one.created < other.created if one.created != other.created else one.id < other.id

    def matches(self, resource):
        if resource.kind not in self.kinds:
            return False
        known = meta(resource.kind, resource.created, resource.modified, "1", "")
        document = {**resource.document, "id": resource.id, "meta": known}
        filter_ = self.filters[resource.kind]
        return filter_ is None or matches(filter_, document, TYPES[resource.kind])

    def listed(self, everything):
        found = [each for each in everything if self.matches(each)]
        places = {each.id: self.place(each) for each in found}
        before = {
            each.id: sum(self.precedes(places[other.id], places[each.id]) for other in found) for each in found
        }
        return sorted(found, key=lambda each: before[each.id])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request, databases):
    made = Database(databases.fresh(request.param))
    yield made
    made.close()


@pytest.fixture
def connection(database):
    return database.engine.connect


def prepared(kinds, text, sort_by, sort_order):
    if text and any(name in text for name in ("userName", "title", "emails", "active")):
        kinds = ("User",)
    if kinds == ("Group",) and sort_by and not GROUP_TYPE.resolve(sort_by):
        sort_by = None
    oracle = Oracle(kinds, text, sort_by, sort_order)
    order = parse_order(sort_by, sort_order, [TYPES[kind] for kind in kinds])
    return oracle, Query("main", [(TYPES[kind], oracle.filters[kind]) for kind in kinds], order)


def ids(found):
    return [each.id for each in found]


def checked(examples):
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@checked(15)
@given(stored=stores, kinds=kinds, text=filters, offset=st.integers(0, 4), limit=st.integers(0, 4))
def test_a_page_by_index_is_the_same_in_sql_and_by_hand(connection, stored, kinds, text, offset, limit):
    with connection() as open_, open_.begin() as transaction:
        directory = Directory(open_, stored)
        for sort_by, sort_order in product([None, *SORTS], ["ascending", "descending"]):
            oracle, sought = prepared(kinds, text, sort_by, sort_order)
            expected = ids(oracle.listed(directory.all))
            for first, most in ((0, 100), (offset, limit)):
                page = search.search(open_, sought, Window(most, first))
                assert ids(page.items) == expected[first : first + most], (sort_by, sort_order)
                assert (page.total, page.next, page.previous) == (len(expected), None, None)
        transaction.rollback()


@checked(40)
@given(
    stored=stores, gone=stores, kinds=kinds, text=filters, by=sorts, direction=directions, limit=st.integers(0, 3)
)
def test_a_page_from_any_gap_is_the_same_in_sql_and_by_hand(
    connection, stored, gone, kinds, text, by, direction, limit
):
    """Also from beside what has been deleted meanwhile; and the gaps of its own cursors are those of its ends."""
    oracle, sought = prepared(kinds, text, by, direction)
    with connection() as open_, open_.begin() as transaction:
        directory = Directory(open_, [*stored, *gone])
        places = [oracle.place(each) for each in oracle.listed(directory.all)]
        for _ in gone:
            directory.change(("delete", len(stored)))
        listed = oracle.listed(directory.all)
        for place, after, forward in product(places, (True, False), (True, False)):
            cursor = Cursor(Gap(place, after), forward)
            assert decode(encode(cursor, sought.order, "main"), sought.order, "main") == cursor
            page = search.search(open_, sought, Window(limit, cursor=cursor))
            start = sum(is_before(oracle, each, place, after) for each in listed)
            low, high = (start, start + limit) if forward else (max(0, start - limit), start)
            assert ids(page.items) == ids(listed[low:high])
            assert page.total == len(listed)
            assert (page.previous is not None, page.next is not None) == (low > 0, high < len(listed))
            if not page.items:
                assert {page.previous, page.next} <= {None, Cursor(cursor.gap, True), Cursor(cursor.gap, False)}
        transaction.rollback()


def is_before(oracle, resource, place, after):
    """Whether a resource stands before the gap that is before or after a place."""
    here = oracle.place(resource)
    return oracle.precedes(here, place) or (after and here == place)


@checked(30)
@given(
    stored=stores,
    kinds=kinds,
    text=filters,
    by=sorts,
    direction=directions,
    limit=st.integers(1, 2),
    writes=st.lists(changes, min_size=4, max_size=9),
    forward=st.booleans(),
)
def test_what_nobody_touches_is_on_exactly_one_page(
    connection, stored, kinds, text, by, direction, limit, writes, forward
):
    oracle, sought = prepared(kinds, text, by, direction)
    with connection() as open_, open_.begin() as transaction:
        directory = Directory(open_, stored)
        listed = ids(oracle.listed(directory.all))
        seen, cursor = [], Cursor()
        while not forward:  # to the last page first, from which there is a way back
            page = search.search(open_, sought, Window(limit, cursor=cursor))
            seen, cursor = ids(page.items), page.next
            if cursor is None:
                cursor = page.previous
                break
        for change in [*writes, *[None] * 20]:
            if cursor is None:
                break
            page = search.search(open_, sought, Window(limit, cursor=cursor))
            shown = ids(page.items)
            seen = [*seen, *shown] if forward else [*shown, *seen]
            cursor = page.next if forward else page.previous
            directory.change(change)
        assert cursor is None
        untouched = [id_ for id_ in listed if id_ not in directory.touched]
        assert [id_ for id_ in seen if id_ in untouched] == untouched
        transaction.rollback()


@pytest.mark.parametrize("sort_by", ["userName", "displayName", "externalId", "id", None])
def test_postgresql_sorts_text_by_code_points_whatever_its_locale(sort_by):
    """The servers of these tests know no other order, so what they are asked is looked at."""
    order = in_sql(parse_order(sort_by, None, [USER_TYPE]))
    beyond = order.beyond(Cursor(Gap(Position("a" if sort_by else 0, 1.0, "b"), after=True)))
    texts = [*order.terms(), beyond]
    asked = [str(text.compile(dialect=postgresql.dialect())) for text in texts]
    plain = re.compile(r"resource\.(id|name_key|display_key|external_id)(?! COLLATE \"C\")")
    assert [text for text in asked if plain.search(text) and " IS NULL" not in text] == []
    assert 'resource.id COLLATE "C"' in asked[-1]
