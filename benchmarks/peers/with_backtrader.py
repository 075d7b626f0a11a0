"""Plain Backtrader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, SHARE, SLOW, dates, load


def version() -> str:
    import backtrader as bt

    return str(bt.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import backtrader as bt
    import pandas as pd

    class Averages(bt.Strategy):  # type: ignore[misc]
        def __init__(self) -> None:
            self.fast = bt.indicators.SMA(self.data.close, period=FAST)
            self.slow = bt.indicators.SMA(self.data.close, period=SLOW)

        def next(self) -> None:
            if self.fast[0] > self.slow[0]:
                if not self.position:
                    self.order_target_percent(target=SHARE)
            elif self.position:
                self.close()

    columns = load(path)
    frame = pd.DataFrame({name: values[:, 0] for name, values in columns.items()})
    frame.index = pd.DatetimeIndex(dates(len(frame)))

    def work() -> float:
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.broker.setcash(CASH)
        cerebro.broker.setcommission(FEE)
        cerebro.adddata(bt.feeds.PandasData(dataname=frame))
        cerebro.addstrategy(Averages)
        cerebro.run()
        return float(cerebro.broker.getvalue())

    return work


if __name__ == "__main__":
    report(version, prepare)
