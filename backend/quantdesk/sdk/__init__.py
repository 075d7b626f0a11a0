"""What a strategy's file imports: the base classes, and the words they use; and what a notebook runs."""

from quantdesk.core.strategies.declared import param
from quantdesk.core.strategies.event.bar import Bar
from quantdesk.core.strategies.event.lines import Line
from quantdesk.core.strategies.event.orders import Fill, Order, Position
from quantdesk.core.strategies.event.strategy import Strategy
from quantdesk.core.strategies.vector.base import VectorStrategy
from quantdesk.core.strategies.vector.data import MarketData
from quantdesk.core.strategies.vector.decisions import Signals, TopkDropout, Weights
from quantdesk.core.strategies.vector.indicators import (
    crossed_above,
    crossed_below,
    ema,
    highest,
    lowest,
    rank,
    roc,
    shift,
    sma,
    std,
)
from quantdesk.sdk._backtest import backtest
from quantdesk.sdk._chart import Chart, chart
from quantdesk.sdk._report import Report

__all__ = [
    "Bar", "Chart", "Fill", "Line", "MarketData", "Order", "Position", "Report", "Signals", "Strategy", "TopkDropout",
    "VectorStrategy", "Weights", "backtest", "chart", "crossed_above", "crossed_below", "ema", "highest", "lowest",
    "param", "rank", "roc", "shift", "sma", "std",
]  # fmt: skip
