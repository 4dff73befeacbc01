"""What can go wrong at a vendor, as one small tree.

A driver throws these into a flow at the ``yield`` of the call; a flow may catch what it can put right.

::

    VendorError
    ├── Definite            the call changed nothing at the vendor
    │   ├── NotFound        404
    │   ├── Conflict        409: something else has that name
    │   ├── Rejected        any other 4xx: the vendor will not do this
    │   │   ├── Protected   the bridge must not touch it: nothing was sent
    │   │   └── Unsupported the vendor documents no call for this: nothing was sent
    │   ├── RateLimited     429
    │   ├── AuthFailed      the target's credentials were refused
    │   └── Unavailable     no connection was made
    └── Unknown             sent, but no readable answer came back: it may or may not have happened
"""

from __future__ import annotations


class VendorError(Exception):
    """A vendor call failed.

    ``detail`` says so in words an administrator can act on and never holds a secret; ``status`` is the
    vendor's HTTP status, if there was an answer; ``retry_after`` is in seconds, if the vendor named it.
    ``repeated``: the answer is to a repetition of a call, whose first answer was lost.
    """

    repeated = False

    def __init__(self, detail: str, *, status: int | None = None, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class Definite(VendorError):
    """The call changed nothing at the vendor."""


class NotFound(Definite):
    """The vendor knows nothing under that id."""


class Conflict(Definite):
    """The vendor already holds something under that name that is not the bridge's."""


class Rejected(Definite):
    """The vendor understood the call and will not do it."""


class Protected(Rejected):
    """The bridge must not touch this account or role; nothing was sent."""


class Unsupported(Rejected):
    """The vendor's documents offer no call for this; nothing was sent."""


class RateLimited(Definite):
    """The vendor asks to be called later."""


class AuthFailed(Definite):
    """The vendor refused the credentials of the target."""


class Unavailable(Definite):
    """The vendor could not be reached; nothing was sent."""


class Unknown(VendorError):
    """The call was sent and no readable answer came back: it may or may not have happened."""
