"""Filters, read and evaluated."""

import threading

import pytest

from app.scim.errors import InvalidFilter
from app.scim.filter import And, Comparison, Not, Or, Present, ValuePath, matches, parse_filter
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER_TYPE, Attribute, AttributePath, Schema
from app.scim.validation import parse_resource

URN = ENTERPRISE_USER.id
ADA = {
    **parse_resource(
        {
            "userName": "Ada@Example.com",
            "externalId": "E1",
            "active": True,
            "title": 'say "hi" \\ bye',
            "nickName": "True",
            "emails": [{"type": "work", "value": "ada@work"}, {"type": "home", "value": "ada@home"}],
            URN: {"department": "R&D", "manager": {"value": "M1"}},
        },
        USER_TYPE,
    ),
    "id": "U1",
    "meta": {"lastModified": "2030-01-01T00:00:00Z"},
}


def hit(text):
    return matches(parse_filter(text, USER_TYPE), ADA, USER_TYPE)


def test_and_binds_stronger_than_or():
    title, active, nick = (Present(AttributePath(name)) for name in ("title", "active", "nickName"))
    assert parse_filter("title pr or active pr and nickName pr", USER_TYPE) == Or(title, And(active, nick))
    assert parse_filter("(title pr or active pr) and nickName pr", USER_TYPE) == And(Or(title, active), nick)
    assert parse_filter("not (title pr) and active pr", USER_TYPE) == And(Not(title), active)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "ada@example.COM"',
        'USERNAME EQ "Ada@Example.com"',
        'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"',
        'id eq "U1" and externalId eq "E1"',
        "externalId eq E1",
        "userName eq ada@example.com",
        'userName sw "ADA" and userName ew ".com" and userName co "@"',
        'emails[type eq "work"].value eq "ADA@work"',
        'emails[type eq "work" and value co "@work"]',
        'emails.value eq "ada@home" and emails eq "ada@work"',
        'displayName ne "x" and not (displayName eq "x")',
        'emails.value ne "ada@elsewhere"',
        'emails[type eq "home"].value ne "ada@work" and emails[type eq "other"].value ne "ada@work"',
        'emails[type ne "home"]',
        f'{URN}:department eq "r&d"',
        f'{URN}:manager.value eq "M1" and manager eq "M1"',
        'active eq true and active eq "True" and active ne false',
        r'title eq "say \"hi\" \\ bye"',
        r'title eq "say \u0022hi\u0022 \\ bye"',
        'nickName eq "true"',
        "title pr and not (displayName pr)",
        "displayName eq null and title ne null",
        'meta.lastModified gt "2029-12-31T23:59:59Z"',
        'meta.lastModified eq "2030-01-01T01:00:00+01:00"',
        'meta.lastModified sw "2030-01"',
        f'schemas eq "{URN}"',
        'userName gt "abc" and userName le "zzz"',
        "displayName pr or (title pr and (active eq true))",
        'not (displayName eq "x")',
    ],
)
def test_these_filters_find_ada(text):
    assert hit(text)


@pytest.mark.parametrize(
    "text",
    [
        'externalId eq "e1"',
        'id eq "u1"',
        'manager eq "m1"',
        'emails[type eq "home" and value eq "ada@work"]',
        'emails[type eq "home"].value eq "ada@work"',
        'displayName eq "x"',
        'emails.value ne "ada@home"',
        'emails[type eq "home"].value ne "ada@home"',
        'userName ne "ADA@example.com"',
        "displayName pr",
        'not (userName sw "a")',
        'meta.created lt "2031-01-01T00:00:00Z"',
        "title pr and displayName pr or active eq false",
    ],
)
def test_these_filters_do_not_find_ada(text):
    assert not hit(text)


def test_a_dotted_work_address_compares_within_one_entry():
    tree = parse_filter('emails[type eq "work"].value eq "x"', USER_TYPE)
    work, x = Comparison(AttributePath("type"), "eq", "work"), Comparison(AttributePath("value"), "eq", "x")
    assert tree == ValuePath(AttributePath("emails"), And(work, x))


def test_members_compare_by_their_id():
    tree = parse_filter('members eq "7"', GROUP_TYPE)
    assert tree == Comparison(AttributePath("members", "value"), "eq", "7")
    assert matches(tree, {"members": [{"value": "6"}, {"value": "7"}]}, GROUP_TYPE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "userName",
        "userName eq",
        'eq "x"',
        'userName eq "x',
        'userName eq "x" and',
        'userName eq "x") or (title pr',
        '(userName eq "x"',
        'userName regex "x"',
        'shoeSize eq "x"',
        'userName.first eq "x"',
        'name eq "x"',
        'emails[shoe eq "x"]',
        'userName[value eq "x"]',
        'emails[type eq "a"][type eq "b"]',
        'emails.value[type eq "a"]',
        'password eq "x"',
        "password pr",
        "userName eq 5",
        "userName eq true",
        "userName gt null",
        'active eq "perhaps"',
        "active gt true",
        'active co "t"',
        'meta.lastModified gt "soon"',
        r'userName eq "\u0000"',
        r'userName eq "\ud800"',
        r'userName eq "\x"',
        "not userName pr",
        'urn:nobody:knows:userName eq "x"',
        f"{URN} pr",
        "userName eq 1e999",
        "userName eq " + "9" * 5000,
        'userName eq "' + "x" * 8192 + '"',
        "(" * 51 + "title pr" + ")" * 51,
        "not (" * 51 + "title pr" + ")" * 51,
        "(" * 4000,
        "\ud800",
        "\0",
    ],
)
def test_anything_wrong_is_an_invalid_filter(text):
    with pytest.raises(InvalidFilter):
        parse_filter(text, USER_TYPE)


def test_a_long_chain_is_read_and_evaluated():
    chain = " or ".join(f'id eq "{number}"' for number in range(500))
    assert not matches(parse_filter(chain, USER_TYPE), ADA, USER_TYPE)
    assert hit(f'{chain} or id eq "U1"')


ACME = Schema(
    "urn:ietf:params:scim:schemas:extension:acme-2:2.0:User",
    "Acme",
    "Acme",
    (
        Attribute("level", "integer"),
        Attribute("ratio", "decimal"),
        Attribute("trueName"),
        Attribute("nullable"),
    ),
)
VENDOR = USER_TYPE.with_extension(ACME)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("level eq 12", True),
        ("level gt -1000", True),
        ("level lt 11.5", False),
        ("ratio eq -0.25", True),
        ("ratio ge -2.5e-1", True),
        ('trueName eq "x"', True),
        ("nullable pr", False),
        (f"{ACME.id}:level le 12", True),
    ],
)
def test_numbers_and_names_that_look_like_literals_are_read_whole(text, expected):
    document = {ACME.id: {"level": 12, "ratio": -0.25, "trueName": "x"}}
    assert matches(parse_filter(text, VENDOR), document, VENDOR) is expected


def test_many_threads_read_the_same_filter_alike():
    text = 'userName eq "x" or active eq true and emails[type eq "work" or type eq "home"]'
    expected = parse_filter(text, USER_TYPE)
    trees = []

    def read():
        trees.extend(parse_filter(text, USER_TYPE) for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trees) == 160
    assert all(tree == expected for tree in trees)
