"""A vendor's refusal that is none: what it speaks of has been changed here, or is about to end there.

Both come from two writes that cross. Told as the vendor tells it, each would be a lie: the write is good, and soon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.directory import links
from app.directory.database import Database
from app.provisioning.driver import run
from app.provisioning.flows import operations
from app.provisioning.outcomes import is_outage, naming
from app.provisioning.reading import documented
from app.provisioning.state import State
from app.provisioning.target import Target
from mappings import Call, Conflict, NotFound, Rejected, Unavailable, VendorError

SOON = 2
"""When to come again, in seconds."""


@dataclass(frozen=True, slots=True)
class Explaining:
    """Looks at what went wrong with one account or role; ``send`` asks the vendor."""

    database: Database
    target: Target
    state: State
    send: Callable[[Call], Any]

    def explained(self, error: VendorError) -> VendorError:
        """Return what to say of an error; it names the target."""
        if isinstance(error, Conflict):
            error = self._unless_ending(error)
        elif isinstance(error, Rejected | NotFound):
            error = self._unless_changed(error)
        return naming(self.target.name, error)

    def _unless_ending(self, taken: Conflict) -> VendorError:
        """The name is free soon if it is had by what the IdP has deleted or replaced, and the vendor still has.

        It is free already if nobody has it any more: another process has just ended who had it. The vendor is asked
        only where something of the kind is waiting for its end.
        """
        with self.database.read() as connection:
            ending = links.ending(connection, self.target.name, self.state.kind)
        wanted = self.state.desired(self.target)
        if not ending or wanted is None:
            return taken
        find = operations(self.target.mapping, self.state.kind).find
        try:
            found = run(documented(find(replace(wanted, vendor_id=None))), self.send)
        except VendorError as failure:
            return failure if is_outage(failure) else taken
        if found is None:
            return Unavailable(f"{wanted.key} was had by what is being deleted at the vendor", retry_after=SOON)
        owner = ending.get(str(found.vendor_id))
        if owner is None:
            return taken
        self.database.transact(lambda connection: links.demand(connection, [owner]))
        return Unavailable(f"{wanted.key} is still had by what is being deleted at the vendor", retry_after=SOON)

    def _unless_changed(self, refused: Rejected | NotFound) -> VendorError:
        """A group of the user has been renamed meanwhile, or one that is wanted deleted, and so has the role."""
        groups = self.state.memberships
        with self.database.read() as connection:
            is_now = links.names_with_resource(connection, [group.group_link for group in groups])
        changed = [
            group.group_name
            for group in groups
            if is_now.get(group.group_link, "" if group.desired else group.group_name) != group.group_name
        ]
        if not changed:
            return refused
        return Unavailable(f"{', '.join(sorted(changed))}: changed meanwhile ({refused.detail})", retry_after=SOON)
