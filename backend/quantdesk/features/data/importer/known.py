"""A file never replaces a stored value by nothing, nor by the same value with fewer digits.

Files differ in what they hold: 通达信 knows no previous close and no ST flag, keeps turnover in four bytes and an index
in hundredths. Taken as they are, such a file would wipe out the ex-right information of a better one, and two files of
one instrument would overwrite one another at every import.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.features.data.importer.reading import FileReading
from quantdesk.features.data.importer.units import SHARES_A_LOT
from quantdesk.ports.bar_store import BarStore

_PRICES = ("open", "high", "low", "close")
_HUNDREDTH = 0.01 * 1.001


def keep_better_known(bars: Bars, reading: FileReading, store: BarStore) -> Bars:
    """Give the bars of a file, completed with what the store knows better of the same days."""
    is_index = kind_of(bars.symbol) == "index"
    if {"preclose", "amount", "is_st"} <= reading.fields and not is_index:
        return bars
    stored = store.read(bars.symbol, bars.interval, bars.time[0].item(), bars.time[-1].item())
    if stored is None or not len(stored):
        return bars
    old = stored.take(np.minimum(np.searchsorted(stored.time, bars.time), len(stored) - 1))
    # Where the prices differ, the two are not the same bar, and nothing is to be learnt from the old one.
    same = (old.time == bars.time) & _same_prices(old, bars, _HUNDREDTH if is_index else 1e-6)
    kept = {}
    if is_index:
        kept = {name: np.where(same, getattr(old, name), getattr(bars, name)) for name in _PRICES}
    for name in ("preclose", "amount"):
        new = getattr(bars, name)
        kept[name] = np.where(same & np.isnan(new), getattr(old, name), new)
    if reading.format == "tdx_day":
        rounded = np.abs(old.amount - bars.amount) <= np.spacing(bars.amount.astype(np.float32))
        kept["amount"] = np.where(same & rounded, old.amount, kept["amount"])
        # Seen in real files: single shares of odd-lot trades are counted by one source and not by the other.
        close = np.abs(old.volume - bars.volume) < SHARES_A_LOT
        kept["volume"] = np.where(same & close, old.volume, bars.volume)
    is_st = bars.is_st if "is_st" in reading.fields else np.where(same, old.is_st, bars.is_st)
    suspended = bars.suspended
    if "trading" not in reading.fields:
        suspended = np.where(same & (bars.volume == 0) & (old.volume == 0), old.suspended, bars.suspended)
    return replace(bars, **kept, is_st=is_st, suspended=suspended)


def _same_prices(old: Bars, new: Bars, tolerance: float) -> BoolArray:
    """Say in which rows all four prices differ by less than the tolerance."""
    same = np.ones(len(new), dtype=np.bool_)
    for name in _PRICES:
        same &= np.abs(getattr(old, name) - getattr(new, name)) < tolerance
    return same
