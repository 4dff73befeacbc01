"""The contract as a table: a ladder of rungs in three tiers, from the first sign of life to the worst day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from app.contract import bronze, costs, doubts, gold, offers, planning, silver
from app.contract.workshop import Workshop
from mappings.operations import OPERATIONS

Tier = Literal["bronze", "silver", "gold"]
TIERS: tuple[Tier, ...] = ("bronze", "silver", "gold")


@dataclass(frozen=True, slots=True)
class Rung:
    """One promise of a mapping, and how it is proved.

    ``check`` raises :class:`~app.contract.promises.Broken` if it is not kept; what it returns is a remark, why
    there was nothing to prove for example.
    """

    name: str
    tier: Tier
    proves: str
    check: Callable[[Workshop], str | None]


def _cost(operation: str) -> Rung:
    proves = f"{operation}: the calls that the mapping declares and no other, or a refusal that says why"
    return Rung(f"cost: {operation}", "silver", proves, partial(costs.check_cost, operation=operation))


RUNGS: tuple[Rung, ...] = (
    Rung("answers", "bronze", "the sandbox starts, the mapping gets in and sees something", bronze.answers),
    Rung(
        "user", "bronze", "a user is made, renamed, deactivated, activated and deleted", bronze.user_lives_and_dies
    ),
    Rung(
        "no users",
        "bronze",
        "users that the vendor cannot have are refused or kept, as told",
        bronze.users_elsewhere,
    ),
    Rung("group", "bronze", "a group is made, joined, left, renamed and deleted", bronze.group_lives_and_dies),
    Rung("documented", "bronze", "no call is made that the documents do not have", bronze.only_documented_calls),
    Rung("outage", "bronze", "a vendor that is down is 503 with Retry-After", bronze.outage_is_told),
    Rung("refusal", "bronze", "what the vendor refuses is told, and put back", bronze.refusal_is_told),
    Rung("table", "silver", "the mapping declares what each operation costs", silver.table_is_complete),
    *map(_cost, OPERATIONS),
    Rung("re-hire", "silver", "whoever comes back has the same roles", silver.roles_come_back),
    Rung("members", "silver", "members by PATCH, PUT and POST", silver.members_by_every_road),
    Rung("idle", "silver", "what is already so costs nothing", silver.nothing_for_nothing),
    Rung("plan", "silver", "a plan shows what would be sent, and sends nothing", planning.plan_sends_nothing),
    Rung("readme: settings", "silver", "the README has a row for each setting", silver.readme_has_settings),
    Rung("readme: calls", "silver", "the README has a row for each call", silver.readme_has_calls),
    Rung(
        "lost user",
        "gold",
        "an account whose create was not answered is one account",
        gold.lost_user_is_one_account,
    ),
    Rung(
        "lost user, no look",
        "gold",
        "the same while nobody can look for it",
        gold.lost_user_and_a_vendor_that_is_down,
    ),
    Rung("lost group", "gold", "a group whose create was not answered is one group", gold.lost_group_is_one_group),
    Rung("lost leaver", "gold", "a lock-out that was not answered is true", gold.lost_revocation_is_true),
    Rung("stranger", "gold", "nobody else's account is ever taken over", gold.stranger_is_a_conflict),
    Rung(
        "stranger group",
        "gold",
        "nobody else's group is ever taken over",
        doubts.stranger_group_is_not_adopted,
    ),
    Rung("limit", "gold", "the vendor's 429 and Retry-After are passed on", gold.limit_is_passed_on),
    Rung(
        "credentials", "gold", "refused credentials are 502 and name the target", gold.refused_credentials_are_502
    ),
    Rung("garbage", "gold", "a proxy's page is no answer", gold.garbage_is_503),
    Rung("hang", "gold", "a vendor that hangs is 503 in good time", gold.hang_is_503),
    Rung("wrong 404", "gold", "not found there is never not found in SCIM", gold.wrong_404_is_no_404),
    Rung(
        "wrong 404 of a member",
        "gold",
        "a removal that is answered 404 counts only if it is so",
        doubts.wrong_404_of_a_member,
    ),
    Rung("lost removal", "gold", "a removal that was not answered heals", doubts.lost_removal_heals),
    Rung("kept revocation", "gold", "an outage forgets no revocation", gold.outage_keeps_revocations),
    Rung("secrets", "gold", "passwords and secrets are nowhere", gold.secrets_are_nowhere),
    Rung(
        "protected", "gold", "protected accounts and roles are refused without a call", gold.protected_are_refused
    ),
    Rung(
        "attributes", "gold", "the vendor's own attributes are published, writable, checked", offers.attributes_work
    ),
    Rung("catalogue", "gold", "what the vendor offers is served from memory", offers.catalogue_is_served),
    Rung(
        "deactivation", "gold", "each way to deactivate takes all access away", gold.deactivation_takes_access_away
    ),
    Rung("readme: whole", "gold", "the README has all that a reader expects", gold.readme_is_whole),
)


def up_to(tier: Tier) -> tuple[Rung, ...]:
    """Return the rungs of a tier and of those below it."""
    included = TIERS[: TIERS.index(tier) + 1]
    return tuple(rung for rung in RUNGS if rung.tier in included)
