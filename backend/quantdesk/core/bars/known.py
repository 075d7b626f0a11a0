"""New bars never replace a known figure by nothing.

Sources differ in what they hold: one has no ex-right previous close, another no ST flag and no suspended days. Taken
as they are, the bars of the poorer one would wipe out what the richer one said of the same days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import numpy as np

from quantdesk.core.bars.frame import FUTURES_COLUMNS, Bars, BoolArray

PRICES = ("open", "high", "low", "close")
Flag = Literal["suspended", "is_st"]


def same_bars(old: Bars, new: Bars, *, tolerance: float = 1e-6) -> BoolArray:
    """Say in which rows both are the same bar: of one time, with all four prices closer than `tolerance`."""
    same: BoolArray = old.time == new.time
    for name in PRICES:
        same = same & (np.abs(getattr(old, name) - getattr(new, name)) < tolerance)
    return same


def aligned(stored: Bars, new: Bars) -> Bars:
    """Give for each row of `new` the stored one of the same time, or any where there is none."""
    return stored.take(np.minimum(np.searchsorted(stored.time, new.time), len(stored) - 1))


def keep_known(new: Bars, old: Bars, same: BoolArray, *, stated: Collection[Flag]) -> Bars:
    """Complete `new` where it is the same bar as the aligned `old` one.

    Previous close, turnover and what only futures have are kept where the new ones are NaN; flags that the source does
    not state (not in `stated`) are kept, a suspension only while there is no volume.
    """
    kept: dict[str, object] = {
        name: np.where(same & np.isnan(getattr(new, name)), getattr(old, name), getattr(new, name))
        for name in ("preclose", "amount")
    }
    for name in FUTURES_COLUMNS:
        before, told = getattr(old, name), getattr(new, name)
        if before is not None:
            told = np.full(len(new), np.nan) if told is None else told
            kept[name] = np.where(same & np.isnan(told), before, told)
    if "is_st" not in stated:
        kept["is_st"] = np.where(same, old.is_st, new.is_st)
    if "suspended" not in stated:
        kept["suspended"] = np.where(same & (new.volume == 0) & (old.volume == 0), old.suspended, new.suspended)
    return replace(new, **kept)  # type: ignore[arg-type]
