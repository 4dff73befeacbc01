"""Run the contract: every rung on a workshop of its own, and what tier that makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import stamina

from app.config import ConfigError
from app.contract.promises import Broken
from app.contract.rungs import RUNGS, TIERS, Rung, Tier
from app.contract.workshop import workshop
from mappings import discovery


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one rung: ``reason`` is why it is not kept; ``remark`` what else there is to say."""

    rung: Rung
    reason: str | None = None
    remark: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Report:
    """What the contract says of one mapping."""

    vendor: str
    declared: Tier
    results: tuple[Result, ...]

    @property
    def reached(self) -> Tier | None:
        """The highest tier of which, and below which, everything is kept; ``None``: not even the first."""
        whole = None
        for tier in TIERS:
            if not all(result.kept for result in self.results if result.rung.tier == tier):
                break
            whole = tier
        return whole

    @property
    def next(self) -> Tier | None:
        """The tier above the one reached; ``None`` if there is none."""
        above = TIERS[TIERS.index(self.reached) + 1 :] if self.reached else TIERS
        return above[0] if above else None

    @property
    def missing(self) -> tuple[Result, ...]:
        """What the next tier lacks."""
        return tuple(result for result in self.results if result.rung.tier == self.next and not result.kept)

    @property
    def keeps_its_word(self) -> bool:
        """Whether the tier that the mapping declares is reached."""
        return self.reached is not None and TIERS.index(self.reached) >= TIERS.index(self.declared)


def prove(vendor: str, rung: Rung) -> Result:
    """Try one rung. A defect of the mapping, whatever it raises, is a promise that is not kept."""
    try:
        with stamina.set_testing(True, attempts=2, cap=True), workshop(vendor) as shop:  # without its waits
            remark = rung.check(shop)
    except Broken as broken:
        return Result(rung, str(broken))
    except ConfigError as wrong:
        return Result(rung, f"the sandbox's credentials and options do not fit the mapping's: {wrong}")
    except Exception as defect:  # noqa: BLE001 -- the mapping's code, which may raise anything
        return Result(rung, f"{type(defect).__name__}: {defect}{_where(defect)}")
    return Result(rung, remark=remark)


def check(vendor: str, tell: Callable[[Result], None] = lambda _: None) -> Report:
    """Run the whole contract for one vendor; ``tell`` hears of each rung. Raises ``KeyError`` if there is none."""
    declared = discovery.load(vendor).tier
    results = []
    for rung in RUNGS:
        results.append(prove(vendor, rung))
        tell(results[-1])
    return Report(vendor, declared, tuple(results))


def _where(defect: BaseException) -> str:
    """Return the place in the code, the last one first met on the way down."""
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno})"
