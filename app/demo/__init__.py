"""``scim-bridge demo``: the whole bridge on one screen, with every vendor emulated and no network.

The bridge is the real one, started as a process; the requests are those that Okta and Entra send (`okta`,
`entra`); what must hold after each of them is told once (`story`); `replay` sends, `comparing` compares.
"""

from __future__ import annotations

from app.demo.running import run

__all__ = ["run"]
