"""Random documents in every order, and random damage to cursors, against what is written out by hand."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scim.attributes import Attribute, Schema
from app.scim.cursor import decode, encode
from app.scim.errors import InvalidCursor, InvalidValue
from app.scim.paging import Cursor, Gap, Window, cut
from app.scim.schemas import GROUP_TYPE, USER_TYPE
from app.scim.sorting import Position, parse_order
from tests.properties.documents import URN, users

OWN = "urn:example:2.0:User"
TYPE = USER_TYPE.with_extension(
    Schema(
        OWN,
        "Own",
        "Of every type",
        (
            Attribute("seats", "integer"),
            Attribute("share", "decimal"),
            Attribute("since", "dateTime"),
            Attribute("badge", case_exact=True),
            Attribute("codes", multi_valued=True),
            Attribute("hidden", returned="never"),
        ),
    )
)
MOMENTS = [
    "2030-01-01T00:00:00Z",
    "2030-01-01T01:00:00+01:00",
    "2030-01-01T00:00:00.000001Z",
    "2029-12-31T23:59:59",
]
owns = st.fixed_dictionaries(
    {},
    optional={
        "seats": st.integers(-2, 10),
        "share": st.one_of(st.integers(-2, 2), st.floats(-2, 2)),
        "since": st.sampled_from(MOMENTS),
        "badge": st.sampled_from(["a", "B", "b", "É", "é"]),
        "codes": st.lists(st.sampled_from(["z", "A", "b"]), min_size=1, max_size=2),
    },
)
documents = st.lists(st.tuples(users, owns, st.sampled_from([1.0, 2.0])), max_size=8)


def instant(text):
    moment = datetime.fromisoformat(text)
    return moment.timestamp() if moment.tzinfo else datetime.fromisoformat(f"{text}Z").timestamp()


def primary(user):
    entries = user.get("emails", [])
    return next((each for each in entries if each.get("primary")), entries[0] if entries else {})


def folded(value):
    return value if value is None else value.casefold()


VALUES = {
    "userName": lambda user, own: folded(user["userName"]),
    "NAME.familyname": lambda user, own: folded(user.get("name", {}).get("familyName")),
    f"{URN.upper()}:costCenter": lambda user, own: folded(user.get(URN, {}).get("costCenter")),
    "active": lambda user, own: user.get("active"),
    "emails": lambda user, own: folded(primary(user).get("value")),
    "emails.type": lambda user, own: folded(primary(user).get("type")),
    "emails.primary": lambda user, own: primary(user).get("primary"),
    f"{OWN}:seats": lambda user, own: own.get("seats"),
    "share": lambda user, own: own.get("share"),
    "since": lambda user, own: instant(own["since"]) if "since" in own else None,
    "badge": lambda user, own: own.get("badge"),
    "codes": lambda user, own: folded(own["codes"][0]) if "codes" in own else None,
}


@settings(max_examples=60, deadline=None)
@given(drawn=documents)
def test_every_attribute_sorts_by_its_type_and_those_without_a_value_are_last(drawn):
    stored = [(str(number), *each) for number, each in enumerate(drawn)]
    for sort_by, value in VALUES.items():
        known = [each for each in stored if value(each[1], each[2]) is not None]
        known.sort(key=lambda each: (value(each[1], each[2]), each[3], each[0]))
        unknown = sorted((each for each in stored if each not in known), key=lambda each: (each[3], each[0]))
        expected = [each[0] for each in (*known, *unknown)]
        for sort_order, listed in (("ascending", expected), ("DESCENDING", expected[::-1])):
            order = parse_order(sort_by, sort_order, [TYPE])

            def position(each, order=order):
                id_, user, own, created = each
                return Position(order.key("User", {**user, OWN: own}), created, id_)

            page = cut(stored, position, order, Window(100))
            assert [each[0] for each in page.items] == listed, (sort_by, sort_order)


@pytest.mark.parametrize(
    ("sort_by", "types"),
    [
        ("nope", [TYPE]),
        ("name", [TYPE]),
        ("meta", [TYPE]),
        ("password", [TYPE]),
        ("hidden", [TYPE]),
        ("userName.value", [TYPE]),
        ("emails[type eq work]", [TYPE]),
        (OWN, [TYPE]),
        ("level", [GROUP_TYPE, TYPE]),
        ("mixed", [USER_TYPE.with_extension(Schema(OWN, "A", "", (Attribute("mixed"),))),
                   GROUP_TYPE.with_extension(Schema(OWN, "B", "", (Attribute("mixed", "integer"),)))]),
    ],
)  # fmt: skip
def test_what_has_no_order_is_refused(sort_by, types):
    with pytest.raises(InvalidValue, match="sortBy"):
        parse_order(sort_by, None, types)


keys = {
    "userName": st.text(),
    "active": st.booleans(),
    "share": st.floats(-1e300, 1e300),
    "seats": st.integers(-9, 9),
}
cursors = st.sampled_from(sorted(keys)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.builds(
            Cursor,
            st.one_of(
                st.none(),
                st.builds(
                    Gap,
                    st.builds(Position, st.one_of(st.none(), keys[name]), st.floats(0, 1e10), st.text(min_size=1)),
                    st.booleans(),
                ),
            ),
            st.booleans(),
        ),
    )
)


@settings(max_examples=120, deadline=None)
@given(drawn=cursors, other=st.text(max_size=3), cutting=st.integers(1, 200), bit=st.integers(0, 5))
def test_a_cursor_reads_as_it_was_written_and_no_other_text_does(drawn, other, cutting, bit):
    sort_by, cursor = drawn
    order = parse_order(sort_by, None, [TYPE])
    storable = cursor.gap is None or "\0" not in f"{cursor.gap.beside.key}{cursor.gap.beside.id}"
    text = encode(cursor, order, "main", "Users", "")
    if storable:
        assert decode(text, order, "main", "Users", "") == cursor
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert set(text) <= set(alphabet)
    at = cutting % len(text)
    flipped = text[:at] + alphabet[alphabet.index(text[at]) ^ 1 << bit] + text[at + 1 :]
    for wrong in (text[:at], text[at:] + "A", flipped, other + text if other else "x", text + "="):
        if wrong:
            with pytest.raises(InvalidCursor):
                decode(wrong, order, "main", "Users", "")
    for scope in (("main", "Users", "x"), ("main", "", ""), ("other", "Users", ""), ("main", "Users")):
        with pytest.raises(InvalidCursor):
            decode(text, order, *scope)
    with pytest.raises(InvalidCursor):
        decode(text, parse_order(sort_by, "descending", [TYPE]), "main", "Users", "")


@pytest.mark.parametrize(
    ("sort_by", "key"),
    [
        ("userName", 1),
        ("userName", "\0"),
        ("active", "x"),
        ("active", 1),
        ("seats", "x"),
        ("seats", True),
        (None, 2),
    ],
)
def test_a_forged_cursor_whose_key_does_not_compare_is_refused(sort_by, key):
    order = parse_order(sort_by, None, [TYPE])
    forged = encode(Cursor(Gap(Position(key, 1.0, "1"), after=True)), order)
    with pytest.raises(InvalidCursor):
        decode(forged, order)
