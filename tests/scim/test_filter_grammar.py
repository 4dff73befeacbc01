"""RFC 7644 §3.4.2.2 line by line: the grammar, the operators of Table 3 and what each type compares like."""

import pytest

from app.scim.errors import InvalidFilter
from app.scim.filter import And, Comparison, Not, Or, Present, ValuePath, matches, parse_filter
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER, USER_TYPE, Attribute, AttributePath, Schema

CORE, URN, ACME = USER.id, ENTERPRISE_USER.id, "urn:acme:params:scim:schemas:extension:acme-2.1:2.0:User"
SEATS = Attribute(
    "seats",
    "complex",
    multi_valued=True,
    sub_attributes=(
        Attribute("value", "integer"),
        Attribute("$ref", "reference", case_exact=True),
        Attribute("since", "dateTime"),
        Attribute("ok", "boolean"),
        Attribute("badge-no_2"),
    ),
)
EXTENSION = Schema(
    ACME,
    "Acme",
    "Acme",
    (
        Attribute("level", "integer"),
        Attribute("ratio", "decimal"),
        Attribute("key", "binary", case_exact=True),
        Attribute("hired", "dateTime"),
        Attribute("tags", multi_valued=True),
        Attribute("x-y_z9"),
        SEATS,
    ),
)
TYPE = USER_TYPE.with_extension(EXTENSION)
ADA = {
    "schemas": [CORE, URN, ACME],
    "id": "U1",
    "externalId": "E1",
    "userName": "Ada",
    "title": "5",
    "nickName": "",
    "active": False,
    "profileUrl": "https://x.example/Ada",
    "name": {"familyName": "Lovelace"},
    "emails": [{"type": "work", "value": "ada@work", "primary": True}, {"type": "home", "value": "ada@home"}],
    "addresses": [{"type": "work", "country": "GB"}],
    "meta": {"resourceType": "User", "lastModified": "2030-01-01T00:00:00.500Z"},
    URN: {"department": "R&D", "manager": {"value": "M1", "displayName": "Mary"}},
    ACME: {
        "level": 12,
        "ratio": -0.25,
        "key": "YQ==",
        "hired": "2029-12-31T23:00:00-01:00",
        "tags": ["a", "B"],
        "x-y_z9": "q",
        "seats": [{"value": 5, "$ref": "/S/5", "since": "2020-01-01T00:00:00Z", "ok": True, "badge-no_2": "b"}],
    },
}


def hit(text):
    return matches(parse_filter(text, TYPE), ADA, TYPE)


def name(text):
    return Present(AttributePath(text))


A, B, C = "title", "active", "nickName"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (f"{A} pr or {B} pr and {C} pr", Or(name(A), And(name(B), name(C)))),
        (f"{A} pr and {B} pr or {C} pr", Or(And(name(A), name(B)), name(C))),
        (f"{A} pr and ({B} pr or {C} pr)", And(name(A), Or(name(B), name(C)))),
        (f"not ({A} pr) and {B} pr", And(Not(name(A)), name(B))),
        (f"not({A} pr) or {B} pr", Or(Not(name(A)), name(B))),
        (f"not ({A} pr or {B} pr)", Not(Or(name(A), name(B)))),
        (f"not (not ({A} pr))", Not(Not(name(A)))),
        (f"NOT ({A} PR) aNd {B} Pr OR {C} pR", Or(And(Not(name(A)), name(B)), name(C))),
        (f"(({A} pr))", name(A)),
        (f"  {A}\t pr\r\n and   {B} pr ", And(name(A), name(B))),
        (f"{A} ne 'x'".replace("'", '"'), Not(Comparison(AttributePath(A), "eq", "x"))),
        (f"{A} eq null", Not(name(A))),
        (f"{A} ne null", name(A)),
        ("name eq null", Not(name("name"))),
        ("emails ne null", name("emails")),
        ("emails[not (type pr)]", ValuePath(AttributePath("emails"), Not(name("type")))),
    ],
)
def test_grouping_is_before_not_before_and_before_or(text, tree):
    assert parse_filter(text, TYPE) == tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # eq, ne: identical, as the attribute's caseExact says; no value is identical to none
        ('userName eq "ADA"', True),
        ('userName ne "ADA"', False),
        ('externalId eq "e1"', False),
        ('externalId ne "e1"', True),
        ('profileUrl eq "https://x.example/ada"', False),
        ('displayName eq ""', False),
        ('displayName ne ""', True),
        ('displayName ne "x"', True),
        ('emails.value ne "ada@home"', False),
        ('emails.value ne "other"', True),
        ('emails[type ne "work"]', True),
        ('emails[type ne "work" and type ne "home"]', False),
        ('emails[type eq "work"].value ne "ada@work"', False),
        ('emails[type eq "fax"].value ne "ada@work"', True),
        ('emails[type eq "work"].value ne null', True),
        ('emails[type eq "fax"].value eq null', True),
        ('tags ne "b"', False),
        # co, sw, ew
        ('userName co "D"', True),
        ('userName sw "ad" and userName ew "DA"', True),
        ('userName co "" and userName sw "Ada" and userName ew "Ada"', True),
        ('externalId sw "e"', False),
        ('displayName co ""', False),
        ('meta.lastModified sw "2030-01"', True),
        # pr: a value that is not empty
        ("active pr", True),
        ("nickName pr", False),
        ("name pr and emails pr and manager pr and schemas pr and meta pr and tags pr and seats.$ref pr", True),
        ("name.givenName pr or phoneNumbers pr or displayName pr", False),
        ("emails[primary pr]", True),
        # gt, ge, lt, le: text by its letters, numbers by value, times as instants
        ('userName gt "abc" and userName lt "ADB" and userName ge "ada" and userName le "ADA"', True),
        ('title gt "10"', True),
        ("level gt 5 and level lt 100 and level ge 12 and level le 12.0", True),
        ("ratio lt 0 and ratio gt -1e3 and ratio eq -2.5E-1", True),
        ('displayName lt "z"', False),
        ('hired eq "2030-01-01T00:00:00Z"', True),
        ('hired eq "2030-01-01T05:30:00+05:30" and hired ge "2029-12-31"', True),
        ('hired ne "2030-01-01T00:00:00.000Z"', False),
        (
            'meta.lastModified gt "2030-01-01T00:00:00.499Z" and meta.lastModified lt "2030-01-01T00:00:00.501Z"',
            True,
        ),
        ('meta.lastModified le "2029-12-31T23:59:59.9999999Z"', False),
        # literals: JSON, with its escapes
        ("active eq false and active ne true", True),
        ('active eq "False" and active eq FALSE', True),
        ('key eq "YQ==" and key ne "yq=="', True),
        (r'department eq "R\u0026D"', True),
        (r'profileUrl eq "https:\/\/x.example\/Ada"', True),
        ('title eq "5"', True),
        # names: in any case, with a schema's URN, with digits, hyphens, underscores and $
        ('USERNAME eq "ada"', True),
        (f'{CORE}:userName eq "ada" and {CORE.upper()}:NAME.FAMILYNAME eq "lovelace"', True),
        (f'{CORE}:id eq "U1" and {CORE}:meta.resourceType eq "User"', True),
        (f'{CORE}:emails[type eq "work" and value sw "ada"]', True),
        (f'{CORE}:emails[type eq "home"].value eq "ADA@HOME"', True),
        (f'{URN}:manager.value eq "M1" and {URN}:manager[displayName eq "mary"]', True),
        (f'{URN}:manager.value eq "m1"', False),
        (f'{ACME}:x-y_z9 eq "Q" and {ACME}:seats.badge-no_2 eq "B"', True),
        (f'{ACME}:seats[value gt 4 and $ref eq "/S/5" and since lt "2021-01-01T00:00:00Z" and ok eq true]', True),
        (f'{ACME}:seats[value gt 4 and not ($ref eq "/S/5")]', False),
        ('seats.$ref eq "/s/5"', False),
        # the same value of a parent
        ('emails[type eq "work" and value eq "ada@home"]', False),
        ('emails.type eq "work" and emails.value eq "ada@home"', True),
        ('emails[(type eq "work" or type eq "home") and not (primary eq true)]', True),
        ('addresses[country eq "gb" and type eq "work"]', True),
        ("manager eq null or manager ne null", True),
        # what every resource has
        (f'schemas eq "{URN}" and schemas ne "urn:other"', True),
        ('meta.resourceType eq "User" and not (meta.resourceType eq "Group")', True),
    ],
)
def test_the_operators_of_table_3(text, expected):
    assert hit(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        # grammar
        f"not {A} pr",
        'not emails[type eq "work"]',
        f"not not ({A} pr)",
        f"{A} pr {B} pr",
        f"({A} pr)({B} pr)",
        f"{A} pr and",
        f"and {A} pr",
        f"{A} pr eq",
        f"{A} eq",
        "()",
        "emails[]",
        "emails[type]",
        'emails[type eq "work"',
        'emails type eq "work"]',
        'emails.type.x eq "y"',
        'emails. eq "x"',
        '.type eq "x"',
        '1abc eq "x"',
        f"{A} eq level pr",
        # value paths are not nested, and choose among values that have sub-attributes
        'emails[emails[type eq "work"]]',
        'emails[type[value eq "x"]]',
        'emails[type eq "a"].value[type eq "b"]',
        'emails[userName eq "x"]',
        f'emails[{CORE}:type eq "x"]',
        'userName[value eq "x"]',
        'tags[value eq "x"]',
        # names that nothing has
        'shoe eq "x"',
        'userName.value eq "x"',
        'name.shoe eq "x"',
        f'{URN}:shoe eq "x"',
        f'{URN}:userName eq "x"',
        'urn:other:2.0:User:userName eq "x"',
        f'{URN} eq "x"',
        "password pr",
        # what cannot be compared
        "active gt true",
        "active ge false",
        'active co "t"',
        'active eq "maybe"',
        "active eq 1",
        'key lt "YQ=="',
        'key sw "Y"',
        "level co 1",
        'level eq "12"',
        "level eq true",
        "userName eq 5",
        "userName eq true",
        "title gt null",
        "name gt null",
        'name eq "x"',
        'addresses eq "x"',
        'hired gt "soon"',
        "hired gt 5",
        # literals that are not JSON
        'userName eq "x',
        r'userName eq "\x"',
        "level eq 05",
        "level eq NaN",
        "level eq " + "9" * 30,
        'userName eq {"a":1}',
        'userName eq ["a"]',
        # limits
        'userName eq "' + "x" * 8192 + '"',
        "(" * 51 + f"{A} pr" + ")" * 51,
        "emails[" + "(" * 51 + "type pr" + ")" * 51 + "]",
        "(" * 8000,
        "not(" * 2000,
    ],
)
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(InvalidFilter):
        parse_filter(text, TYPE)


@pytest.mark.parametrize(
    ("text", "of_user", "of_group"),
    [
        ('userName eq "ada"', True, False),
        ('userName ne "ada"', False, True),
        ("not (userName pr)", False, True),
        ('userName eq "ada" or displayName eq "staff"', True, True),
        ('displayName eq "staff" and not (name pr)', False, True),
        ('members[value eq "U1"]', False, True),
        ('emails[type eq "work"]', True, False),
        ('department ne "R&D"', False, True),
        (f'{GROUP_TYPE.schema.id}:displayName eq "staff"', False, True),
        (f'{CORE}:displayName eq "staff" or {CORE}:displayName ne "staff"', True, True),
        (f'schemas eq "{CORE}"', True, False),
        ('meta.resourceType eq "Group"', False, True),
    ],
)
def test_over_several_types_an_attribute_that_a_type_does_not_have_is_one_without_a_value(text, of_user, of_group):
    types = (TYPE, GROUP_TYPE)
    staff = {"displayName": "Staff", "members": [{"value": "U1"}], "meta": {"resourceType": "Group"}}
    assert matches(parse_filter(text, TYPE, types), ADA, TYPE) is of_user
    assert matches(parse_filter(text, GROUP_TYPE, types), staff, GROUP_TYPE) is of_group


@pytest.mark.parametrize(
    "text", ['shoe eq "x"', 'userName eq "ada" or shoe pr', 'members.shoe eq "x"', "active gt true"]
)
def test_over_several_types_an_attribute_of_none_is_refused(text):
    for type_ in (TYPE, GROUP_TYPE):
        with pytest.raises(InvalidFilter):
            parse_filter(text, type_, (TYPE, GROUP_TYPE))
