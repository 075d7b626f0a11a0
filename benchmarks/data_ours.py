"""Our bar store in a process of its own: all stocks at once (WAY=panel, adjusted) or each alone (WAY=single)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.backtest_child import report
from benchmarks.data_market import END, FIELDS, START, STOCKS, symbol


def version() -> str:
    import quantdesk.adapters.bar_store.parquet as parquet

    return str(parquet.__name__)


def prepare(path: Path) -> Callable[[], float]:
    from quantdesk.adapters.bar_store.parquet import ParquetBarStore
    from quantdesk.core.bars.adjust import Adjustment

    store = ParquetBarStore(path)
    symbols = [symbol(number) for number in range(STOCKS)]
    turn = iter(range(10**9))

    def panel() -> float:
        adjustment: Adjustment = "qfq" if os.environ["WAY"] == "adjusted" else "none"
        found = store.read_panel(symbols, FIELDS, START, END, adjustment=adjustment)
        return float(np.nansum(found["close"]))

    def single() -> float:
        found = store.read(symbols[next(turn) * 4 % STOCKS], "1d")
        return 0.0 if found is None else float(found.close[0])

    return single if os.environ["WAY"] == "single" else panel


if __name__ == "__main__":
    report(version, prepare)
