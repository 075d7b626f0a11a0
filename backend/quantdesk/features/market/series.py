"""Bars and indicators as columns for charts: adjusted, resampled, cut, thinned. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.frame import Bars, FloatArray, Interval
from quantdesk.core.bars.thin import bucket_ends, thin_bars
from quantdesk.core.factors.indicators import INDICATORS, IndicatorError, compute, resolve
from quantdesk.features.market.errors import BadIndicator
from quantdesk.features.market.history import History, history, is_intraday
from quantdesk.features.market.history import coverage_of as coverage_of
from quantdesk.features.market.schemas import (
    BarSeries,
    IndicatorCatalogue,
    IndicatorInfo,
    IndicatorLine,
    IndicatorParameter,
    IndicatorResult,
    IndicatorSeries,
)
from quantdesk.ports.bar_store import BarStore, Coverage

_DECIMALS = 6
"""Kept of adjusted prices and indicators: far below a tick, far above float noise, and short as JSON."""


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    symbol: str
    interval: Interval = "1d"
    adjust: Adjustment = "none"
    start: dt.date | None = None
    end: dt.date | None = None
    as_of: dt.date | None = None
    max_points: int = 5000
    known_at: dt.datetime | None = None
    """Of the bars that were stored at this instant; None: of those that are."""

    def coverages(self, store: BarStore) -> list[Coverage]:
        """Give what the answer is made of: the bars it is read from, and the daily ones that adjust those of minutes.

        Raise BarsNotStored when nothing is stored that it could be read from.
        """
        found = [coverage_of(store, self.symbol, self.interval)]
        if self.adjust != "none" and found[0].interval != "1d" and (daily := store.coverage(self.symbol, "1d")):
            found.append(daily)
        return found

    def etag(self, coverages: Sequence[Coverage], *more: str) -> str:
        """Give the ETag of the answer: of the stored bars, the query, and what else goes into it."""
        text = "\n".join((*(one.etag for one in coverages), repr(self), *more))
        return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def bar_series(store: BarStore, coverage: Coverage, query: SeriesQuery) -> BarSeries:
    """Give the bars of the query as columns."""
    return columns(_history(store, coverage, query), coverage, query)


def columns(found: History, coverage: Coverage, query: SeriesQuery) -> BarSeries:
    """Give the query's range of bars as columns, thinned as asked."""
    whole, rows = found.bars, days_between(found, query.start, query.end)
    cut = whole.take(rows)
    bars = thin_bars(cut, query.max_points)
    days = found.days[rows][bucket_ends(len(cut), query.max_points)]
    change = _change(whole)[rows]
    if len(bars) != len(cut):
        previous = cut.preclose[0] if len(cut) else np.nan
        closes = np.concatenate(([previous], bars.close[:-1]))
        change = _ratio(bars.close, closes)
    return BarSeries(
        symbol=query.symbol,
        interval=query.interval,
        adjust=found.adjust,
        as_of=(query.as_of or min(coverage.last, found.days[-1].item())) if found.adjust == "qfq" else None,
        time=_times(bars, query.interval),
        days=days.tolist() if is_intraday(query.interval) else None,
        open=_numbers(bars.open),
        high=_numbers(bars.high),
        low=_numbers(bars.low),
        close=_numbers(bars.close),
        volume=bars.volume.tolist(),
        amount=_optional(bars.amount, 2),
        change=_optional(change),
        suspended=bars.suspended.tolist(),
        open_interest=None if bars.open_interest is None else _optional(bars.open_interest),
        settle=None if bars.settle is None else _optional(bars.settle),
        total=len(cut),
        thinned=len(bars) != len(cut),
        stored_interval=coverage.interval,
        source=coverage.source,
        updated_at=coverage.updated_at,
    )


def indicator_series(store: BarStore, coverage: Coverage, query: SeriesQuery, names: Sequence[str]) -> IndicatorSeries:
    """Give the indicators on the points of `bar_series` for the same query. Raise BadIndicator.

    They are computed on the whole history, so that the range asked for does not move their values.
    """
    chosen = [parse_indicator(name) for name in names]
    found = _history(store, coverage, query)
    whole, cut = found.bars, days_between(found, query.start, query.end)
    rows = cut.start + bucket_ends(cut.stop - cut.start, query.max_points)
    results = []
    for key, given in chosen:
        try:
            parameters = resolve(key, given)
        except IndicatorError as error:
            raise BadIndicator(str(error), field="names") from error
        results.append(
            IndicatorResult(
                key=key,
                parameters={k: list(v) if isinstance(v, tuple) else v for k, v in parameters.items()},
                pane=INDICATORS[key].pane,
                lines=[
                    IndicatorLine(name=line.name, style=line.style, values=_optional(line.values[rows]))
                    for line in compute(key, whole, parameters)
                ],
            )
        )
    return IndicatorSeries(symbol=query.symbol, time=_times(whole.take(rows), query.interval), indicators=results)


def parse_indicator(text: str) -> tuple[str, dict[str, object]]:
    """Read `MA:5,10,20` or `MACD:12,26,9`. Raise BadIndicator."""
    key, _, numbers = text.partition(":")
    key = key.strip().upper()
    if key not in INDICATORS:
        raise BadIndicator(f"indicator {key[:40]!r} is unknown; use one of {', '.join(INDICATORS)}", field="names")
    if not numbers:
        return key, {}
    values: list[int | float] = []
    for item in numbers.split(","):
        try:
            values.append(int(item) if item.strip().lstrip("+-").isdecimal() else float(item))
        except ValueError:
            raise BadIndicator(f"{key}: {item[:40]!r} is not a number", field="names") from None
    params = INDICATORS[key].params
    if len(params) == 1 and params[0].kind == "ints":
        return key, {params[0].name: values}
    if len(values) > len(params):
        raise BadIndicator(f"{key} takes {len(params)} numbers, {len(values)} are given", field="names")
    return key, {param.name: value for param, value in zip(params, values, strict=False)}


def catalogue() -> IndicatorCatalogue:
    """Give the indicators there are."""
    return IndicatorCatalogue(
        items=[
            IndicatorInfo(
                key=indicator.key,
                label_zh=indicator.label_zh,
                label_en=indicator.label_en,
                pane=indicator.pane,
                parameters=[
                    IndicatorParameter(
                        name=param.name,
                        kind=param.kind,
                        default=list(param.default) if isinstance(param.default, tuple) else param.default,
                        minimum=param.minimum,
                        maximum=param.maximum,
                        label_zh=param.label_zh,
                        label_en=param.label_en,
                    )
                    for param in indicator.params
                ],
            )
            for indicator in INDICATORS.values()
        ]
    )


def _history(store: BarStore, coverage: Coverage, query: SeriesQuery) -> History:
    return history(store, coverage, query.interval, adjustment=query.adjust, as_of=query.as_of, known_at=query.known_at)


def days_between(found: History, start: dt.date | None, end: dt.date | None) -> slice:
    """Give the rows of the trading days from start to end."""
    days = found.days
    lo = 0 if start is None else int(np.searchsorted(days, np.datetime64(start), "left"))
    hi = len(days) if end is None else int(np.searchsorted(days, np.datetime64(end), "right"))
    return slice(lo, max(lo, hi))


def _times(bars: Bars, interval: Interval) -> list[dt.date] | list[dt.datetime]:
    if not is_intraday(interval):
        days: list[dt.date] = bars.time.astype("datetime64[D]").tolist()
        return days
    ends: list[dt.datetime] = bars.time.astype("datetime64[s]").tolist()
    return [one.replace(tzinfo=dt.UTC) for one in ends]


def _change(bars: Bars) -> FloatArray:
    """Give close / previous close - 1: the exchange's (ex-right) one where it is known, of futures the settlement."""
    before = _earlier(bars.close)
    if bars.settle is not None:
        settled = _earlier(bars.settle)
        before = np.where(np.isfinite(settled), settled, before)
    return _ratio(bars.close, np.where(np.isfinite(bars.preclose), bars.preclose, before))


def _earlier(values: FloatArray) -> FloatArray:
    return np.concatenate((np.full(min(len(values), 1), np.nan), values[:-1]))


def _ratio(values: FloatArray, base: FloatArray) -> FloatArray:
    change = np.full(len(values), np.nan)
    known = np.isfinite(base) & (base > 0)
    np.divide(values, base, out=change, where=known)
    return change - 1


def _numbers(values: FloatArray) -> list[float]:
    numbers: list[float] = np.round(values, _DECIMALS).tolist()
    return numbers


def _optional(values: FloatArray, decimals: int = _DECIMALS) -> list[float | None]:
    rounded = np.round(values, decimals)
    numbers: list[float | None] = rounded.tolist()
    for row in np.flatnonzero(~np.isfinite(rounded)):
        numbers[row] = None
    return numbers
