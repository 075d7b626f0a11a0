"""vectorbt: averages, signals and the simulation, each column with an account of its own.

VECTORBT_ENGINE says which of its compiled engines runs: numba (the default) or rust (the package vectorbt-rust).
GRID=1: all pairs of averages of the grid on one stock, instead of one pair on all stocks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, GRID_FAST, GRID_SLOW, SHARE, SLOW, load

ENGINE = os.environ.get("VECTORBT_ENGINE", "numba")
PAIRS = [(fast, slow) for fast in GRID_FAST for slow in GRID_SLOW] if "GRID" in os.environ else [(FAST, SLOW)]


def version() -> str:
    import vectorbt as vbt

    if ENGINE == "rust":
        import vectorbt_rust

        return f"{vbt.__version__}, vectorbt-rust {vectorbt_rust.__version__}"
    return str(vbt.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import numpy as np
    import vectorbt as vbt

    vbt.settings["engine"] = ENGINE
    columns = load(path)
    start, close = columns["open"], columns["close"]

    def next_bar(signals: np.ndarray) -> np.ndarray:
        return np.concatenate([np.zeros((1, signals.shape[1]), bool), signals[:-1]])

    def work() -> float:
        fast = vbt.MA.run(close, [fast for fast, _ in PAIRS])
        slow = vbt.MA.run(close, [slow for _, slow in PAIRS])
        above = next_bar(fast.ma.to_numpy() > slow.ma.to_numpy())
        portfolio = vbt.Portfolio.from_signals(
            close,
            entries=above,
            exits=~above,
            price=start,
            # It takes the fee out of the share of the cash first: put it back.
            size=SHARE * (1 + FEE),
            size_type="percent",
            size_granularity=1.0,
            fees=FEE,
            init_cash=CASH,
        )
        return float(np.asarray(portfolio.final_value()).ravel()[0])

    return work


if __name__ == "__main__":
    report(version, prepare)
