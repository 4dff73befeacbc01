"""From bytes to JSON in which nothing has two meanings."""

import pytest

from app.scim.body import decode, folded
from app.scim.errors import InvalidSyntax

GOOD = [
    (b'{"a": 1}', {"a": 1}),
    (b'\xef\xbb\xbf {"a": [1, 2.5, true, null]}\r\n', {"a": [1, 2.5, True, None]}),
    ('{"ß": "e\u0301😀\u202e"}'.encode(), {"ß": "e\u0301😀\u202e"}),
    (b'{"a": {"b": 1}, "b": {"a": 1}}', {"a": {"b": 1}, "b": {"a": 1}}),
    (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),  # which of them an attribute is, validation says
    (b'{"n": 0.' + b"9" * 5000 + b"}", {"n": 1.0}),
    (b"[]", []),
    (b"7", 7),
]

BAD = [
    (b"", "empty"),
    (b" \r\n", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (b"{", "not JSON"),
    (b'{"a": NaN}', "not JSON"),
    (b'{"a": 1,}', "not JSON"),
    (b"{'a': 1}", "not JSON"),
    (b'{"a": "\\ud83d"}', "not JSON"),
    (b'{"a": "\xff"}', "not UTF-8 (byte 7)"),
    ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    (b'{"active": false, "active": true}', "'active' stands more than once"),
    (b'{"active": true, "active": true}', "more than once"),
    (b'{"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}', "'c'"),
    (b'{"a\\u0062": 1, "ab": 2}', "'ab'"),
    (b'{"n": ' + b"9" * 5000 + b"}", "not JSON"),
    (b"[" * 2000 + b"]" * 2000, "not JSON"),
    (b"[" * 1000 + b"]" * 1000, "nested too deeply"),
    (b'{"a":' * 1000 + b"1" + b"}" * 1000, "nested too deeply"),
]


@pytest.mark.parametrize(("sent", "expected"), GOOD, ids=lambda value: str(value)[:30])
def test_strict_json_in_utf_8_is_read(sent, expected):
    found = decode(sent)
    assert found == expected


@pytest.mark.parametrize(("sent", "says"), BAD, ids=lambda value: str(value)[:30])
def test_what_is_no_json_or_has_two_meanings_is_refused_in_words(sent, says):
    with pytest.raises(InvalidSyntax) as refusal:
        decode(sent)
    assert says in refusal.value.detail
    assert len(refusal.value.detail) < 300


def test_the_members_of_a_message_have_one_name_in_any_case():
    assert folded({"Filter": "x", "COUNT": 1}) == {"filter": "x", "count": 1}
    with pytest.raises(InvalidSyntax):
        folded({"Filter": "x", "filter": "y"})
