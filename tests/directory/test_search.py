"""Filters as SQL find exactly what the protocol's own evaluation finds, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.directory import members, resources, search
from app.directory.database import Database
from app.directory.links import insert as insert_link
from app.directory.resources import Resource
from app.directory.tables import metadata
from app.scim.filter import matches, parse_filter
from app.scim.meta import meta
from app.scim.paging import Window
from app.scim.schemas import GROUP_TYPE, USER_TYPE
from app.scim.sorting import parse_order

WORDS = [
    "Ann",
    "ANN",
    "ann",
    "Straße",
    "STRASSE",
    "İ",
    "i̇",
    "a_b",
    "a%b",
    "axb",
    "50%",
    "\\",
    "'",
    '"',
    "",
    "Ä",
    "ä",
    "x y",
    "😀",
]

words = st.sampled_from([word for word in WORDS if word])
documents = st.lists(
    st.fixed_dictionaries(
        {"active": st.booleans()},
        optional={
            "displayName": words,
            "externalId": words,
            "title": words,
            "emails": st.lists(st.fixed_dictionaries({"value": words, "type": words}), min_size=1, max_size=2),
        },
    ),
    min_size=1,
    max_size=6,
)


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


literals = st.sampled_from(WORDS).map(quoted)
texts = st.sampled_from(
    ["userName", "displayName", "externalId", "title", "id", "emails.value", "emails.type", "emails"]
)
operators = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "le"])
atoms = st.one_of(
    st.builds(lambda name, op, word: f"{name} {op} {word}", texts, operators, literals),
    st.builds(lambda name: f"{name} pr", texts),
    st.builds(
        lambda op, value: f"active {op} {value}", st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])
    ),
    st.builds(lambda word: f"emails[type eq {word} and value pr]", literals),
)
filters = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a}) and ({b})", inner, inner),
        st.builds(lambda a, b: f"({a}) or ({b})", inner, inner),
        st.builds(lambda a: f"not ({a})", inner),
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request, databases):
    made = Database(databases.fresh(request.param))
    yield made
    made.close()


def look(connection, type_, filter_, window):
    """Search one kind in no particular order."""
    return search.search(
        connection, search.Query("main", [(type_, filter_)], parse_order(None, None, [type_])), window
    )


def emptied(database):
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=documents, text=filters)
def test_a_filter_finds_the_same_in_sql_and_in_the_protocol(database, documents, text):
    emptied(database)
    stored = [
        Resource(f"id{number}", "main", "User", {"userName": f"Ann{number}", **document}, "1", float(number), 1.0)
        for number, document in enumerate(documents)
    ]
    with database.write() as connection:
        for each in stored:
            resources.insert(connection, each)
    filter_ = parse_filter(text, USER_TYPE)
    expected = [
        each.id
        for each in stored
        if matches(
            filter_, {**each.document, "id": each.id, "meta": meta("User", each.created, 1.0, "1", "")}, USER_TYPE
        )
    ]
    with database.read() as connection:
        page = look(connection, USER_TYPE, filter_, Window(100))
        second = look(connection, USER_TYPE, filter_, Window(1, 1))
    assert [each.id for each in page.items] == expected
    assert page.total == second.total == len(expected)
    assert [each.id for each in second.items] == expected[1:2]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("Group", 'members eq "ann"', ["g1", "g2"]),
        ("Group", 'members.value eq "bob"', ["g1"]),
        ("Group", 'members eq "ANN"', []),
        ("Group", 'not (members eq "bob")', ["g2", "g3"]),
        ("Group", 'displayName eq "G1" and members eq "ann"', ["g1"]),
        ("Group", 'members[value eq "bob"]', ["g1"]),
        ("Group", 'members.value sw "b"', ["g1"]),
        ("Group", "members pr", ["g1", "g2"]),
        ("Group", 'members ne "ann"', ["g3"]),
        ("User", 'groups eq "g1"', ["ann", "bob"]),
        ("User", 'groups.display eq "G2"', ["ann"]),
        ("User", "not (groups pr)", []),
    ],
)
def test_a_filter_on_membership_finds_the_members(database, kind, text, expected):
    emptied(database)
    ends = {}
    with database.write() as connection:
        for number, (id_, of) in enumerate(
            [("ann", "User"), ("bob", "User"), *((f"g{n}", "Group") for n in (1, 2, 3))]
        ):
            document = {"userName": id_, "active": True} if of == "User" else {"displayName": id_}
            resources.insert(connection, Resource(id_, "main", of, document, "1", float(number), 0.0))
            ends[id_] = insert_link(connection, "main", of, id_, id_, id_)
        members.want(connection, ends["g1"], [ends["ann"], ends["bob"]], [])
        members.want(connection, ends["g2"], [ends["ann"]], [])
    type_ = USER_TYPE if kind == "User" else GROUP_TYPE
    with database.read() as connection:
        page = look(connection, type_, parse_filter(text, type_), Window(100))
    assert [each.id for each in page.items] == expected
