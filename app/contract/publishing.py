"""The pages that are made of what the mappings declare: ``docs/VENDORS.md``, and the table in ``README.md``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mappings import Attribute, Mapping, Setting, Settings, discovery
from mappings.operations import OPERATIONS, Calls

BEGIN = "<!-- vendors: written by 'scim-bridge mappings docs' -->"
END = "<!-- /vendors -->"
Vendor = type[Mapping]

PASSWORDS = {
    "settable": "can be set at any time",
    "initial": "only with a new account",
    "none": "none",
}
USERS = {
    "managed": "accounts follow",
    "reject": "refused",
    "directory": "kept in the bridge only",
}


def pages(root: Path) -> dict[Path, str]:
    """Return the text of each page below ``root``, as the shipped mappings declare it now.

    One that promises no more than bronze is still being written, and is not told of.
    """
    vendors = [vendor for vendor in map(discovery.load, discovery.shipped()) if vendor.tier != "bronze"]
    readme = root / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest or not after:
        raise ValueError(f"{readme} has no place for the table: {BEGIN} … {END}")
    return {
        readme: f"{before}{BEGIN}\n{short_table(vendors)}{END}{after}",
        root / "docs" / "VENDORS.md": vendors_page(vendors),
    }


# -- README.md


def short_table(vendors: Iterable[Vendor]) -> str:
    """Return one row for each vendor."""
    rows = [["vendor", "a SCIM Group is", "users", "create", "change", "one member", "a leaver's account", "tier"]]
    for vendor in vendors:
        link = f"[{vendor.title}](mappings/{vendor.vendor}/README.md)"
        costs = [_calls(vendor, operation) for operation in ("create user", "change name", "add member")]
        rows.append([link, _a(vendor.group_word), _users(vendor), *costs, _leaver(vendor), vendor.tier])
    return _table(rows)


def _calls(vendor: Vendor, operation: str) -> str:
    declared = (_managed(vendor) if _by_option(vendor) else vendor.calls).get(operation)
    if declared is None or isinstance(declared, str):
        return "–"
    return {0: "no call", 1: "1 call"}.get(len(declared), f"{len(declared)} calls")


# -- docs/VENDORS.md

INTRO = """\
# What each vendor can do

This page is written by `scim-bridge mappings docs` from what the [mappings](../mappings) declare, and a test fails
when it is stale. What it says of costs is proved for every vendor by the [contract](ADDING_A_VENDOR.md#the-tiers),
against a strict emulator.
"""

TIERS = """
The tiers: *bronze* works on a good day and is honest on a bad one; *silver* costs the documented minimum and
restores roles; *gold* is true through lost answers, limits and outages, and widens nobody's access.
"""

COSTS = """
The number of calls with the options' defaults, and what they mean, in their order. A – is not offered, and is
refused by a SCIM error that says so. Reading, listing, filtering, and writing what is already so cost nothing.

"""


def vendors_page(vendors: Sequence[Vendor]) -> str:
    """Return the whole page."""
    footnotes: dict[str, str] = {}
    parts = [
        INTRO,
        "\n## At a glance\n\n",
        _features(vendors),
        TIERS,
        "\n## What each operation costs\n",
        COSTS,
        _costs(vendors, footnotes),
        "\n",
        *(f"[^{mark}]: {_sentence(reason)}\n" for reason, mark in footnotes.items()),
        *(_section(vendor) for vendor in vendors),
    ]
    return "".join(parts)


def _features(vendors: Sequence[Vendor]) -> str:
    rows: tuple[tuple[str, Callable[[Vendor], str]], ...] = (
        ("a SCIM Group is", lambda vendor: _a(vendor.group_word)),
        ("users", _users),
        ("passwords", lambda vendor: PASSWORDS[vendor.passwords] if _manages(vendor) else "–"),
        ("a leaver's account", _leaver),
        ("attributes of a User", lambda vendor: _names(vendor.user_attributes)),
        ("attributes of a Group", lambda vendor: _names(vendor.group_attributes)),
        ("`roles` of a User", lambda vendor: _yes(vendor.role_values)),
        ("`entitlements` of a User", lambda vendor: _yes(vendor.entitlement_values)),
        ("catalogue", lambda vendor: ", ".join(f"`/{name}`" for name in sorted(vendor.catalogues, reverse=True))),
        ("protected by option", _protected),
        ("tier", lambda vendor: f"**{vendor.tier}**"),
    )
    table = [["", *(f"[{vendor.title}](#{_anchor(vendor.title)})" for vendor in vendors)]]
    table += [[name, *(tell(vendor) or "–" for vendor in vendors)] for name, tell in rows]
    return _table(table)


def _costs(vendors: Sequence[Vendor], footnotes: dict[str, str]) -> str:
    columns = {vendor.title: vendor.calls for vendor in vendors}
    columns |= {
        f'{vendor.title}, `users = "managed"`': _managed(vendor) for vendor in vendors if _by_option(vendor)
    }
    names = sorted(columns, key=str.casefold)
    rows = [
        [operation, *(_cost(columns[name], operation, footnotes) for name in names)] for operation in OPERATIONS
    ]
    return _table([["operation", *names], *rows])


def _cost(calls: Calls, operation: str, footnotes: dict[str, str]) -> str:
    declared = calls.get(operation)
    if declared is None:
        return "?"
    if isinstance(declared, str):
        return f"–[^{footnotes.setdefault(declared, str(len(footnotes) + 1))}]"
    return "<br>".join([f"**{len(declared)}**", *declared]) if declared else "**0**"


def _section(vendor: Vendor) -> str:
    ways = [_way(settings) for settings in vendor.credentials]
    lines = [
        f"\n## {vendor.title}\n\n",
        f'`vendor = "{vendor.vendor}"`: [how it works, call by call](../mappings/{vendor.vendor}/README.md), and\n',
        f"[what the vendor documents]({vendor.documents}). Credentials: {', or '.join(ways)}.\n",
    ]
    if vendor.no_users:
        lines.append(f"\n{_sentence(vendor.no_users)}\n")
    if vendor.options:
        rows = [["option", "default", "what it is"], *(_option(setting) for setting in vendor.options)]
        lines += ["\n", _table(rows)]
    attributes = [("User", each) for each in vendor.user_attributes]
    attributes += [("Group", each) for each in vendor.group_attributes]
    if attributes:
        rows = [["attribute", "of a", "type", "what it is"], *(_attribute(kind, each) for kind, each in attributes)]
        lines += ["\n", _table(rows)]
    if reasons := _unsupported(vendor):
        lines += ["\nNot offered:\n\n", *(f"* {_sentence(reason)}\n" for reason in reasons)]
    return "".join(lines)


def _way(settings: Sequence[Setting]) -> str:
    needed = [f"`{setting.name}`" for setting in settings if setting.default is None]
    more = [f"`{setting.name}`" for setting in settings if setting.default is not None]
    return " and ".join(needed) + (f" (optional: {', '.join(more)})" if more else "")


def _option(setting: Setting) -> list[str]:
    given = "none" if setting.default in (None, "") else f"`{json.dumps(setting.default)}`"
    choices = f" One of {', '.join(f'`{choice}`' for choice in setting.choices)}." if setting.choices else ""
    return [f"`{setting.name}`", "**required**" if setting.required else given, _sentence(setting.about) + choices]


def _attribute(kind: str, attribute: Attribute) -> list[str]:
    traits = {"many": attribute.multi_valued, "read only": attribute.read_only}
    shape = ", ".join([attribute.type, *(trait for trait, holds in traits.items() if holds)])
    choices = f" One of {', '.join(f'`{choice}`' for choice in attribute.choices)}." if attribute.choices else ""
    parts = f" With {', '.join(f'`{part.name}`' for part in attribute.parts)}." if attribute.parts else ""
    return [f"`{attribute.name}`", kind, shape, _sentence(attribute.about) + choices + parts]


def _unsupported(vendor: Vendor) -> list[str]:
    declared = [reason for reason in vendor.calls.values() if isinstance(reason, str)]
    flows = [getattr(getattr(vendor, name), "unsupported", None) for name in dir(vendor)]
    return list(dict.fromkeys([*declared, *(reason for reason in flows if reason)]))


# -- parts of a cell


def _option_of(vendor: Vendor, name: str) -> Setting | None:
    return next((option for option in vendor.options if option.name == name), None)


def _by_option(vendor: Vendor) -> bool:
    """Say whether users are managed, and not by default."""
    option = _option_of(vendor, "users")
    return option is not None and option.default != "managed" and "managed" in option.choices


def _managed(vendor: Vendor) -> Calls:
    """Return what everything costs with users managed."""
    credentials = {setting.name: str(setting.default or "") for setting in vendor.credentials[0]}
    options = {setting.name: setting.default for setting in vendor.options}
    return vendor(Settings(credentials, {**options, "users": "managed"})).costs


def _manages(vendor: Vendor) -> bool:
    option = _option_of(vendor, "users")
    return option is None or "managed" in option.choices


def _users(vendor: Vendor) -> str:
    option = _option_of(vendor, "users")
    if option is None:
        return USERS["managed"]
    rest = [USERS[choice] for choice in option.choices if choice != option.default]
    return f"{USERS[str(option.default)]}; by option {' or '.join(rest)}"


def _leaver(vendor: Vendor) -> str:
    if not _manages(vendor):
        return "–"
    option = _option_of(vendor, "deactivation")
    if option is None:
        return "deleted"
    rest = ", ".join(f"`{choice}`" for choice in option.choices if choice != option.default)
    kept = "deleted" if option.default == "delete" else f"`{option.default}`"
    return f"{kept}; by option {rest}" if rest else kept


def _protected(vendor: Vendor) -> str:
    names = [option.name for option in vendor.options if option.name.startswith("protected_")]
    return ", ".join(name.removeprefix("protected_") for name in names)


def _names(attributes: Iterable[Attribute]) -> str:
    return ", ".join(f"`{attribute.name}`" for attribute in attributes)


def _yes(holds: bool) -> str:
    return "yes" if holds else "–"


def _a(word: str) -> str:
    return f"a{'n' if word[0] in 'aeiou' else ''} {word}"


def _sentence(text: str) -> str:
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith(".") else f"{whole}."


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
