"""Vendor errors as SCIM errors: the one translation. An error is never a lie (RFC 7644 §3.12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.provisioning.state import State
from app.scim import errors
from mappings import (
    AuthFailed,
    Conflict,
    Protected,
    RateLimited,
    Rejected,
    Unavailable,
    Unknown,
    Unsupported,
    VendorError,
)

RETRY_AFTER = 10
"""What to tell the IdP when the vendor did not say when to come again, in seconds."""

OUTAGE = (Unavailable, Unknown, RateLimited, AuthFailed)
"""What passes without anybody changing what the IdP wants: the vendor, the network, the target's credentials."""


class InDoubt(Unknown):
    """Nothing is found of a create that was never answered. It may still come; the vendor is there and answers."""


def is_outage(error: VendorError | None) -> bool:
    """Whether waiting may help, so that ``on_outage`` decides."""
    return isinstance(error, OUTAGE)


def outage_met(states: Iterable[State]) -> VendorError | None:
    """Return an outage that every delivery met which asked the vendor at all; ``None`` if one got through."""
    asked = [state for state in states if state.calls or is_outage(state.error)]
    met = [state.error for state in asked if is_outage(state.error)]
    return met[0] if met and not any(got_through(state) for state in asked) else None


def got_through(state: State) -> bool:
    """Whether a delivery has asked the vendor and was answered, whatever the answer was."""
    return bool(state.calls) and (isinstance(state.error, InDoubt) or not is_outage(state.error))


def naming(target: str, error: VendorError) -> VendorError:
    """Let an error say which target it is about, if it does not yet."""
    if not error.detail.startswith(target):
        error.detail = f"{target}: {error.detail}"
    return error


def scim_error(error: VendorError) -> errors.ScimError:
    """Return what the IdP is told about a vendor's error."""
    met = _met(error)
    if isinstance(met, RateLimited):
        return errors.TooManyRequests(error.detail, retry_after=error.retry_after or RETRY_AFTER)
    if isinstance(met, AuthFailed):
        return errors.BadGateway(f"{error.detail}: the credentials of this target were refused")
    if isinstance(error, Unavailable | Unknown):
        return errors.Unavailable(error.detail, retry_after=error.retry_after or RETRY_AFTER)
    if isinstance(error, Conflict):
        return errors.Uniqueness(error.detail)
    if isinstance(error, Unsupported):
        return errors.MutabilityError(error.detail)
    if isinstance(error, Protected) or (isinstance(error, Rejected) and error.status == 403):
        return errors.Forbidden(error.detail)
    return errors.InvalidValue(error.detail)


def _met(error: VendorError) -> BaseException | None:
    """Return what the vendor answered: a limit, perhaps, to the look that was to tell what a create has made."""
    return error.__cause__ if isinstance(error, Unknown) and isinstance(error.__cause__, OUTAGE) else error


def combined(failed: Sequence[State], members: int) -> errors.ScimError:
    """Return one answer for those of several members that failed: who and why, worth retrying if any of them is."""
    reasons = [(state, state.error) for state in failed if state.error is not None]
    worst = next((error for _, error in reasons if is_outage(error)), reasons[0][1])
    answer = scim_error(worst)
    if members > 1:
        listed = "; ".join(f"{state.resource_id} ({state.name}): {error.detail}" for state, error in reasons[:20])
        more = f"; and {len(reasons) - 20} more" if len(reasons) > 20 else ""
        answer.detail = f"{len(reasons)} of {members} members could not be changed at the vendor: {listed}{more}"
    return answer
