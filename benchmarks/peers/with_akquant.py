"""akquant, with its indicators in Rust."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, SLOW, dates, load, quantity

SYMBOL = "600001"


def version() -> str:
    import akquant

    return str(akquant.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import akquant as aq
    import pandas as pd

    class Averages(aq.Strategy):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.fast, self.slow = aq.SMA(FAST), aq.SMA(SLOW)
            self.held = 0

        def on_bar(self, bar: Any) -> None:
            fast, slow = self.fast.update(bar.close), self.slow.update(bar.close)
            if slow is None:
                return
            if fast > slow:
                if not self.held:
                    self.held = quantity(self.equity, bar.close)
                    self.buy(SYMBOL, self.held)
            elif self.held:
                self.sell(SYMBOL, self.held)
                self.held = 0

    columns = load(path)
    frame = pd.DataFrame({name: values[:, 0] for name, values in columns.items()})
    frame.insert(0, "date", pd.DatetimeIndex(dates(len(frame))))
    frame["symbol"] = SYMBOL
    logging.disable(logging.WARNING)

    def work() -> float:
        done = aq.run_backtest(
            data=frame,
            strategy=Averages,
            symbols=SYMBOL,
            initial_cash=CASH,
            commission_rate=FEE,
            fill_policy=aq.NextOpen(),
            lot_size=1,
            show_progress=False,
        )
        return float(done.equity_curve.iloc[-1])

    return work


if __name__ == "__main__":
    report(version, prepare)
