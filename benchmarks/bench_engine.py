"""The backtest engine against plain Backtrader: the same moving averages on the same bars, in one process."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd

from benchmarks.rows import Peer, Row, median
from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars

DAYS = 2_430
RUNS = 7
SYMBOL = "600001.DEMO"
SOURCE = """
import backtrader as bt

class Averages(bt.Strategy):
    def __init__(self):
        fast = bt.indicators.SMA(self.data.close, period=10)
        slow = bt.indicators.SMA(self.data.close, period=30)
        self.cross = bt.indicators.CrossOver(fast, slow)

    def next(self):
        if self.cross > 0 and not self.position:
            self.order_target_percent(target=0.95)
        elif self.cross < 0 and self.position:
            self.close()
"""


def run() -> list[Row]:
    """Ours adds costs, lots, refusals, records and the finished report; the peer gives the final value alone."""
    bars = random_walk()
    ours = [timed(lambda: run_ours(bars)) for _ in range(RUNS)]
    plain = [timed(lambda: run_plain(bars)) for _ in range(RUNS)]
    return [
        Row(
            "moving averages over ten years of days, with the report",
            DAYS / median(ours),
            "bars/s",
            better="higher",
            peer=Peer("plain Backtrader, no report", DAYS / median(plain)),
        )
    ]


def timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def random_walk() -> Bars:
    random = np.random.default_rng(7)
    close = np.round(20 * np.exp(np.cumsum(random.normal(0.0003, 0.02, DAYS))), 2)
    start = np.concatenate([close[:1], close[:-1]])
    time_ = pd.bdate_range("2015-01-01", periods=DAYS).to_numpy().astype("datetime64[D]")
    return Bars(
        symbol=SYMBOL,
        interval="1d",
        time=time_,
        open=start,
        high=np.round(np.maximum(start, close) * 1.01, 2),
        low=np.round(np.minimum(start, close) * 0.99, 2),
        close=close,
        volume=np.full(DAYS, 1e6),
        amount=close * 1e6,
        preclose=start,
        suspended=np.zeros(DAYS, dtype=bool),
        is_st=np.zeros(DAYS, dtype=bool),
    )


def run_ours(bars: Bars) -> None:
    first, last = (day.astype(object) for day in bars.time[[0, -1]])
    spec = BacktestSpec(symbols=[SYMBOL], start=first, end=max(last, first + dt.timedelta(days=1)))
    run_strategy(spec, SOURCE, {SYMBOL: bars})


def run_plain(bars: Bars) -> None:
    scope: dict[str, Any] = {}
    exec(compile(SOURCE, "averages", "exec"), scope)  # noqa: S102 - our own text, above
    frame = pd.DataFrame(
        {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")},
        index=pd.DatetimeIndex(bars.time),
    )
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.broker.setcash(1_000_000)
    cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.addstrategy(scope["Averages"])
    cerebro.run()
