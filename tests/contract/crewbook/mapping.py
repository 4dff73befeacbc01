"""Crewbook: each of the dialects that the tables of a plain REST API have a word for.

https://crewbook.example/api
"""

from __future__ import annotations

from typing import ClassVar

from mappings import PROTECTED, Attribute, Calls, Flow, Login, Readers, Setting, at_once
from mappings.readers import display_name, extension, full_name, primary_email
from mappings.rest import Collection, Membership, RestMapping, Switch, usual_calls

RANKS = ("deckhand", "mate")


class Crewbook(RestMapping):
    """Sailors and crews of one ship."""

    vendor = "crewbook"
    title = "Crewbook"
    documents = "https://crewbook.example/api"
    group_word = "crew"
    passwords = "none"
    credentials = ((Setting("key", "a key of the ship"),),)
    switch = Switch("ashore", "aboard", shown="away", least={"rank": "deckhand"})
    options = (
        Setting("rank", "the rank of whom the IdP gives none", default="deckhand", choices=RANKS),
        switch.option,
        *PROTECTED,
    )
    catalogues = frozenset({"Roles", "Entitlements"})
    user_attributes = (Attribute("rank", "What the sailor may do.", choices=RANKS),)
    user_fields: ClassVar[Readers] = {"mail": primary_email, "called": full_name, "rank": extension(vendor, "rank")}
    group_fields: ClassVar[Readers] = {"title": display_name}
    accounts = Collection(("sailors",), "sailor", "mail", "sailors", id="ref", page="from", next="more")
    teams = Collection(("crews",), "crew", "title", "crews", plural="crews", id="ref", look_first=True)
    membership = Membership("sailors", "PUT", listed="sailors")
    tier = "gold"
    calls: ClassVar[Calls] = {**usual_calls(accounts, teams, switch), "set password": "Crewbook has no passwords"}

    def login(self) -> Flow[Login]:
        return at_once(Login({"X-Key": self.secrets["key"]}))


MAPPING = Crewbook
