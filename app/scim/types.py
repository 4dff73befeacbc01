"""The two types that SCIM bodies have: any JSON value, and an object with SCIM's keys."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""Any JSON value."""

Document: TypeAlias = dict[str, Any]
"""A SCIM resource or message: a plain dict whose keys are the names the schema gives them."""
