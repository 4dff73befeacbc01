"""The ids of what a vendor offers: part of a URL as they stand, and never the same for two values."""

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from app.scim.catalogue import resource_id

VALUES = st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"]))


@given(VALUES)
def test_a_value_can_be_read_back_from_its_id(value):
    assert unquote(resource_id(value).replace("~", "%")) == value


@given(VALUES)
def test_an_id_is_one_segment_of_a_url_unchanged(value):
    id_ = resource_id(value)
    assert unquote(id_) == id_
    assert not set(id_) & set("/?#%&; ")
    assert id_ not in {"", ".", ".."}
