"""The truncation test for look-ahead: what a strategy decides up to a day must not depend on data after that day.

The strategy runs on the whole data and again on data cut at sampled days t. Each order up to t must be the same in
both; where one differs, the strategy has seen something of the future. Whatever the engine, this holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.prepare import NoBarsError
from quantdesk.core.backtest.result import BacktestResult, Order
from quantdesk.core.backtest.run import Actions, Reseed, engine_of, run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars
from quantdesk.core.strategies.project import CodeFile

OnSample = Callable[[int, int, dt.date], None]
"""Called after each cut with: cuts done, cuts in all, the day of the cut."""

Verdict = Literal["clean", "look_ahead", "not_tested"]

_DECISION = ("side", "type", "quantity", "price")
"""What an order decides, beside its day and symbol."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Difference(_Part):
    """The first decision about a symbol that is another one when the data ends at `cut`."""

    cut: dt.date
    symbol: str | None
    """None: the strategy failed on the cut data as a whole."""
    date: dt.date
    """The day of the decision."""
    field: Literal["order", "side", "type", "quantity", "price", "error"]
    """order: there is one in only one of the two runs."""
    whole: str | None
    """On the whole data."""
    truncated: str | None
    """On the data that ends at `cut`."""


class TruncationReport(_Part):
    verdict: Verdict
    """not_tested: the strategy sent no order up to any of the days, or there is no day to cut at."""
    samples: list[dt.date]
    """The days at which the data was cut, ascending."""
    decisions: int
    """Orders that were compared, over all samples."""
    differences: list[Difference]
    """At most one a sample and symbol."""
    seed: int


def run_truncation(
    spec: BacktestSpec,
    source: str,
    samples: int,
    seed: int,
    bars: Mapping[str, Bars],
    *,
    actions: Actions | None = None,
    on_sample: OnSample | None = None,
    versions: Mapping[str, str] | None = None,
    reseed: Reseed | None = None,
    files: Sequence[CodeFile] = (),
) -> TruncationReport:
    """Run the strategy on the whole data and on data cut at `samples` days drawn by `seed`, and compare.

    Days are drawn from those on which every symbol has traded: a symbol that is listed later would be missing from
    the cut data, and a strategy may rightly do other things without it.

    Raises:
        StrategyError: the strategy fails on the whole data.
        NoBarsError: there is nothing to run on.
    """
    if engine_of(source, spec.strategy_class) in ("backtrader", None) and spec.adjustment != "none":
        # Backtrader's forward-adjusted prices are as of the last day. That is the same for every strategy and told
        # in the report; here both runs must see the same prices, which contain the corporate actions.
        actions = None
        bars = {symbol: adjust(bar.between(None, spec.end), spec.adjustment, spec.end) for symbol, bar in bars.items()}
        spec = spec.model_copy(update={"adjustment": "none"})

    def run(end: dt.date, shown: Mapping[str, Bars]) -> BacktestResult:
        own = spec.model_copy(update={"end": end})
        return run_strategy(own, source, shown, actions=actions, versions=versions, reseed=reseed, files=files)

    whole = run(spec.end, bars)
    days = _sampled(spec, bars, samples, seed)
    differences: list[Difference] = []
    decisions = 0
    for done, day in enumerate(days, 1):
        expected = [order for order in whole.orders if order.created <= day]
        decisions += len(expected)
        try:
            cut = run(day, {symbol: bar.between(None, day) for symbol, bar in bars.items()})
        except (StrategyError, NoBarsError) as failure:
            differences.append(
                Difference(cut=day, symbol=None, date=day, field="error", whole=None, truncated=str(failure))
            )
        else:
            decisions += max(0, len(cut.orders) - len(expected))
            differences += _differences(day, expected, cut.orders)
        if on_sample is not None:
            on_sample(done, len(days), day)
    verdict: Verdict = "look_ahead" if differences else "clean" if decisions else "not_tested"
    return TruncationReport(verdict=verdict, samples=days, decisions=decisions, differences=differences, seed=seed)


def _sampled(spec: BacktestSpec, bars: Mapping[str, Bars], samples: int, seed: int) -> list[dt.date]:
    feeds = [feed for symbol in spec.symbols if (bar := bars.get(symbol)) and len(feed := _in_range(spec, bar))]
    if not feeds:
        return []
    known_by_all = max(feed.time[0] for feed in feeds)
    days = np.unique(np.concatenate([feed.time for feed in feeds]))
    # Not the last day, where nothing is cut; a spec's end is after its start.
    days = days[(days >= known_by_all) & (days > np.datetime64(spec.start)) & (days < days[-1])]
    drawn = np.random.default_rng(seed).choice(len(days), size=min(samples, len(days)), replace=False)
    return [day.item() for day in np.sort(days[drawn]).astype("datetime64[D]")]


def _in_range(spec: BacktestSpec, bars: Bars) -> Bars:
    shown = bars.between(spec.start, spec.end)
    return shown.take(~shown.suspended)


def _differences(cut: dt.date, whole: list[Order], truncated: list[Order]) -> list[Difference]:
    found = []
    for symbol in dict.fromkeys(order.symbol for order in [*whole, *truncated]):
        mine = [order for order in whole if order.symbol == symbol]
        other = [order for order in truncated if order.symbol == symbol]
        difference = _first(cut, symbol, mine, other)
        if difference is not None:
            found.append(difference)
    return found


def _first(cut: dt.date, symbol: str, whole: list[Order], truncated: list[Order]) -> Difference | None:
    for left, right in zip(whole, truncated, strict=False):
        if left.created != right.created:  # the earlier one has no counterpart
            first = min(left, right, key=lambda order: order.created)
            return _missing(cut, first, in_whole=first is left)
        for field in _DECISION:
            values = getattr(left, field), getattr(right, field)
            if values[0] != values[1]:
                said = [None if value is None else str(value) for value in values]
                return Difference(
                    cut=cut, symbol=symbol, date=left.created, field=field, whole=said[0], truncated=said[1]
                )
    shared = min(len(whole), len(truncated))
    if len(whole) > shared:
        return _missing(cut, whole[shared], in_whole=True)
    if len(truncated) > shared:
        return _missing(cut, truncated[shared], in_whole=False)
    return None


def _missing(cut: dt.date, order: Order, *, in_whole: bool) -> Difference:
    words = f"{order.side} {order.quantity} {order.type}{'' if order.price is None else f' {order.price}'}"
    return Difference(
        cut=cut,
        symbol=order.symbol,
        date=order.created,
        field="order",
        whole=words if in_whole else None,
        truncated=None if in_whole else words,
    )
