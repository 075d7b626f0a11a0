"""A report on half a page: what an editor or a notebook shows of a run right after it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.result import (
    Assumption,
    BacktestResult,
    EngineKind,
    Fill,
    RejectionRule,
    Series,
    Side,
)
from quantdesk.core.bars.thin import thin_line

POINTS = 500
"""Of the curves."""
FILLS = 200
LOG_LINES = 200


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BriefMetrics(_Part):
    """The figures that are looked at first; see Metrics for what each means. None where undefined."""

    total_return: float
    annual_return: float | None
    volatility: float | None
    sharpe: float | None
    max_drawdown: float
    win_rate: float | None
    profit_factor: float | None
    benchmark_return: float | None
    excess_return: float | None
    round_trips: int
    orders: int
    fills: int
    rejections: int
    """Orders, or parts of orders, that a rule refused."""
    total_costs: Decimal
    final_equity: Decimal
    days: int


class BriefSeries(_Part):
    """Columns of equal length, oldest first, thinned; each extreme of equity and drawdown is kept."""

    dates: list[dt.date]
    equity: list[float]
    benchmark: list[float | None] | None
    """Scaled to the starting cash; None without a benchmark."""
    drawdown: list[float]
    """Fraction below the running peak, zero or negative."""


class BriefFill(_Part):
    date: dt.date
    symbol: str
    side: Side
    price: Decimal
    quantity: int


class BriefRefusals(_Part):
    """How often a rule refused."""

    rule: RejectionRule
    count: int
    first: dt.date
    message_zh: str
    """Of the first one."""
    message_en: str


class BriefLog(_Part):
    """A line that the strategy printed."""

    level: Literal["info", "warning"]
    text: str


class BriefReport(_Part):
    status: Literal["ok"] = "ok"
    engine: EngineKind
    strategy_class: str | None
    symbols: list[str]
    benchmark: str | None
    start: dt.date
    end: dt.date
    cash: Decimal
    metrics: BriefMetrics
    series: BriefSeries
    fills: list[BriefFill]
    """The last ones; `metrics.fills` counts all."""
    refusals: list[BriefRefusals]
    """Commonest first."""
    assumptions: list[Assumption]
    logs: list[BriefLog] = Field(default_factory=list)
    seconds: dict[str, float] = Field(default_factory=dict)
    """Taken by stage, `total` among them; not always measured."""


def brief_of(
    result: BacktestResult, *, logs: list[BriefLog] | None = None, seconds: dict[str, float] | None = None
) -> BriefReport:
    """Cut a result down to what is shown at a glance."""
    spec, metrics = result.spec, result.metrics
    shared = metrics.model_dump(include=set(BriefMetrics.model_fields))
    return BriefReport(
        engine=result.engine,
        strategy_class=spec.strategy_class,
        symbols=spec.symbols,
        benchmark=spec.benchmark,
        start=spec.start,
        end=spec.end,
        cash=spec.cash,
        metrics=BriefMetrics(
            orders=len(result.orders), fills=len(result.fills), rejections=len(result.rejections), **shared
        ),
        series=_thinned(result.series),
        fills=[_fill(fill) for fill in result.fills[-FILLS:]],
        refusals=_refusals(result),
        assumptions=result.assumptions,
        logs=logs or [],
        seconds=seconds or {},
    )


def _thinned(series: Series) -> BriefSeries:
    equity, drawdown = np.asarray(series.equity), np.asarray(series.drawdown)
    rows = range(len(equity))
    if len(equity) > POINTS:
        kept = np.union1d(thin_line(equity, POINTS // 2), thin_line(drawdown, POINTS // 2))
        rows = kept.tolist()
    return BriefSeries(
        dates=[series.date[row] for row in rows],
        equity=[series.equity[row] for row in rows],
        benchmark=None if series.benchmark is None else [series.benchmark[row] for row in rows],
        drawdown=[series.drawdown[row] for row in rows],
    )


def _fill(fill: Fill) -> BriefFill:
    return BriefFill(date=fill.date, symbol=fill.symbol, side=fill.side, price=fill.price, quantity=fill.quantity)


def _refusals(result: BacktestResult) -> list[BriefRefusals]:
    first = {one.rule: one for one in reversed(result.rejections)}
    counts = Counter(one.rule for one in result.rejections)
    return [
        BriefRefusals(
            rule=rule,
            count=count,
            first=first[rule].date,
            message_zh=first[rule].message_zh,
            message_en=first[rule].message_en,
        )
        for rule, count in counts.most_common()
    ]
