"""Paths in narrow columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.folding import folded

SEGMENTS = st.lists(st.text("abc{}", min_size=1, max_size=12), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("width", "parts"),
    [
        (40, ["DELETE /groups/{group}/members/{user}"]),
        (30, ["DELETE /groups/{group}/members", "    /{user}"]),
        (20, ["DELETE /groups", "    /{group}/members", "    /{user}"]),
        (5, ["DELETE /groups", "    /{group}", "    /members", "    /{user}"]),
    ],
)
def test_a_path_is_broken_before_slashes(width, parts):
    assert folded("DELETE /groups/{group}/members/{user}", width) == parts


def test_a_slash_at_the_end_of_a_path_has_no_line_of_its_own():
    line = "GET /{customer}/api/user/manage/ x2"
    assert folded(line, 30) == ["GET /{customer}/api/user", "    /manage/ x2"]


def test_two_slashes_in_a_row_stay_together():
    assert folded("POST /{customer}/api//user/roles", 24) == ["POST /{customer}/api", "    //user/roles"]


@given(SEGMENTS, st.integers(1, 60))
def test_nothing_is_lost_whatever_the_width(segments, width):
    line = "GET /" + "/".join(segments)
    assert "".join(part.removeprefix("    ") for part in folded(line, width)) == line
