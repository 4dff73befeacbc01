"""What happens to two people, whoever the identity provider is, and what must be true after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the IdP wants the vendor to have them; who is not ``employed`` has no access at all.

    Who ``leads`` is a Team Lead by title and by no group: a row of the role table gives what that means.
    """

    email: str
    given: str
    family: str
    groups: tuple[str, ...] = ()
    employed: bool = True
    leads: bool = False

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Content:
    """What a group should contain: what was ``asked`` for, and what that ``brings`` along by itself."""

    asked: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step: ``key`` names its requests in each IdP's table, the rest is what holds once they are answered.

    A group that is not in ``contents`` is empty.
    """

    key: str
    title: str
    people: tuple[Person, ...] = ()
    groups: tuple[str, ...] = ()
    contents: Mapping[str, Content] = field(default_factory=dict)


TITLE = "Team Lead"
FINANCE = "Finance"
ENGINEERING = "Engineering"
BOTH = (ENGINEERING, FINANCE)

HIRED_ADA = Person("ada@acme.example", "Ada", "Byron")
HIRED_GRACE = Person("grace@acme.example", "Grace", "Hopper")
ADA_IN_FINANCE = replace(HIRED_ADA, groups=(FINANCE,))
GRACE_IN_FINANCE = replace(HIRED_GRACE, groups=(FINANCE,))
GRACE = replace(HIRED_GRACE, groups=BOTH)
ADA_MOVED = replace(HIRED_ADA, groups=(ENGINEERING,))
ADA = replace(ADA_MOVED, family="Lovelace")
ADA_LEADS = replace(ADA, leads=True)
ADA_AWAY = replace(ADA_LEADS, employed=False)
GRACE_GONE = replace(GRACE, employed=False)

STORY = (
    Chapter("connect", "tests the connection"),
    Chapter("hire ada", "hires Ada Byron", (HIRED_ADA,)),
    Chapter("hire grace", "hires Grace Hopper", (HIRED_ADA, HIRED_GRACE)),
    Chapter("push finance", "pushes Finance with both", (ADA_IN_FINANCE, GRACE_IN_FINANCE), (FINANCE,)),
    Chapter("push engineering", "pushes Engineering: Grace", (ADA_IN_FINANCE, GRACE), BOTH),
    Chapter("transfer", "moves Ada to Engineering", (ADA_MOVED, GRACE), BOTH),
    Chapter("rename", "renames her Ada Lovelace", (ADA, GRACE), BOTH),
    Chapter("promote", "makes her a Team Lead", (ADA_LEADS, GRACE), BOTH),
    Chapter("leave", "disables Ada: she leaves", (ADA_AWAY, GRACE), BOTH),
    Chapter("re-hire", "enables Ada: she is back", (ADA_LEADS, GRACE), BOTH),
    Chapter("leave for good", "disables Grace for good", (ADA_LEADS, GRACE_GONE), BOTH),
)
