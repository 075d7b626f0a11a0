"""A file never replaces a stored value by nothing, nor by the same value with fewer digits.

Files differ in what they hold: 通达信 knows no previous close and no ST flag, keeps turnover in four bytes and an index
in hundredths. Taken as they are, such a file would wipe out the ex-right information of a better one, and two files of
one instrument would overwrite one another at every import.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray
from quantdesk.core.bars.known import PRICES, Flag, aligned, keep_known, same_bars
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.features.data.importer.dry import DryStore
from quantdesk.features.data.importer.reading import FileReading
from quantdesk.features.data.importer.units import SHARES_A_LOT
from quantdesk.ports.bar_store import BarStore

_FLOAT32 = 3e-7
_HUNDREDTH = 0.01 * 1.001
_FLAGS: dict[str, Flag] = {"trading": "suspended", "is_st": "is_st"}


def keep_better_known(bars: Bars, reading: FileReading, store: BarStore | DryStore) -> Bars:
    """Give the bars of a file, completed with what the store knows better of the same days."""
    is_index = kind_of(bars.symbol) == "index"
    if {"preclose", "amount", "is_st"} <= reading.fields and not is_index:
        return bars
    days = bars.time.astype("datetime64[D]")
    stored = store.read(bars.symbol, bars.interval, days[0].item(), days[-1].item() + dt.timedelta(days=1))
    if stored is None or not len(stored):
        return bars
    old = aligned(stored, bars)
    same = same_bars(old, bars, tolerance=_HUNDREDTH if is_index else 1e-6)
    stated = [flag for field, flag in _FLAGS.items() if field in reading.fields]
    kept = keep_known(bars, old, same, stated=stated)
    if is_index:
        kept = replace(kept, **{name: np.where(same, getattr(old, name), getattr(bars, name)) for name in PRICES})
    if reading.format == "qlib":
        kept = replace(
            kept,
            volume=_finer(old.volume, kept.volume, same),
            amount=_finer(old.amount, kept.amount, same),
            preclose=_finer(old.preclose, kept.preclose, same),
        )
    if reading.format == "tdx_day":
        rounded = np.abs(old.amount - bars.amount) <= np.spacing(bars.amount.astype(np.float32))
        # Seen in real files: single shares of odd-lot trades are counted by one source and not by the other.
        close = np.abs(old.volume - bars.volume) < SHARES_A_LOT
        kept = replace(
            kept,
            amount=np.where(same & rounded, old.amount, kept.amount),
            volume=np.where(same & close, old.volume, bars.volume),
        )
    return kept


def _finer(old: FloatArray, new: FloatArray, same: BoolArray) -> FloatArray:
    """Give the stored figure where the new one is the same within what a qlib folder keeps of it."""
    finer: FloatArray = np.where(same & (np.abs(old - new) <= _FLOAT32 * np.abs(new)), old, new)
    return finer
