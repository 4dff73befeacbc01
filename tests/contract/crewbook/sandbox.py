"""Crewbook's API: https://crewbook.example/api."""

from typing import Any, ClassVar

from mappings.sandbox_calls import Operation
from mappings.sandbox_fields import TEXT, Fields, one_of
from mappings.sandbox_rest import RestSandbox, collection, membership, switch

SAILOR = Fields({"mail": TEXT, "called": TEXT, "rank": one_of("deckhand", "mate")})


class CrewbookSandbox(RestSandbox):
    """Refs, pages, wrapped lists, answers that say little, 404 and 409 for what is so already."""

    vendor: ClassVar[str] = "crewbook"
    operations: ClassVar[tuple[Operation, ...]] = (
        *collection("/sailors", "user", SAILOR, without=("get",), page="from"),
        *switch("/sailors", "ashore", "aboard"),
        *collection("/crews", "group", Fields({"title": TEXT}), without=("get",)),
        *membership("/crews", "sailors", method="PUT"),
    )
    keys: ClassVar[dict[str, str]] = {"key": "sandbox-crew-key"}
    admits: ClassVar[dict[str, str]] = {"X-Key": "{key}"}
    words: ClassVar[dict[str, str]] = {"id": "ref", "members": "sailors"}
    user_key, group_key = "mail", "title"
    users_listed, groups_listed = "sailors", "crews"
    next_page = "more"
    unique = frozenset({"user"})
    created = "id"
    changed = "nothing"
    joined_already = 409
    left_already = 404
    locked = "away"
    seed_users: ClassVar[tuple[dict[str, Any], ...]] = (
        {"mail": "boss@acme.example", "called": "The Boss", "rank": "mate"},
    )
    seed_groups: ClassVar[tuple[dict[str, Any], ...]] = ({"title": "Operations"},)


SANDBOX = CrewbookSandbox
