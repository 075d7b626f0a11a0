"""backtesting.py."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, SLOW, dates, load, quantity


def version() -> str:
    import backtesting

    return str(backtesting.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import pandas as pd
    from backtesting import Backtest, Strategy

    class Averages(Strategy):  # type: ignore[misc]
        def init(self) -> None:
            def average(values: object, days: int) -> object:
                return pd.Series(values).rolling(days).mean()

            self.fast = self.I(average, self.data.Close, FAST)
            self.slow = self.I(average, self.data.Close, SLOW)

        def next(self) -> None:
            if self.fast[-1] > self.slow[-1]:
                if not self.position:
                    self.buy(size=quantity(self.equity, self.data.Close[-1]))
            elif self.position:
                self.position.close()

    columns = load(path)
    frame = pd.DataFrame({name.capitalize(): values[:, 0] for name, values in columns.items()})
    frame.index = pd.DatetimeIndex(dates(len(frame)))
    warnings.filterwarnings("ignore")

    def work() -> float:
        return float(Backtest(frame, Averages, cash=CASH, commission=FEE).run()["Equity Final [$]"])

    return work


if __name__ == "__main__":
    report(version, prepare)
