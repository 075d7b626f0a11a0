"""Bars and indicators as columns for charts: adjusted, resampled, cut, thinned. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import numpy as np

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.bars.resample import resample
from quantdesk.core.bars.thin import bucket_ends, thin_bars
from quantdesk.core.factors.indicators import INDICATORS, IndicatorError, compute, resolve
from quantdesk.features.market.errors import BadIndicator, BarsNotStored
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
    interval: Literal["1d", "1w", "1M"] = "1d"
    adjust: Adjustment = "none"
    start: dt.date | None = None
    end: dt.date | None = None
    as_of: dt.date | None = None
    max_points: int = 5000
    known_at: dt.datetime | None = None
    """Of the bars that were stored at this instant; None: of those that are."""

    def etag(self, coverage: Coverage, *more: str) -> str:
        """Give the ETag of the answer: of the stored bars, the query, and what else goes into it."""
        text = "\n".join((coverage.etag, repr(self), *more))
        return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def coverage_of(store: BarStore, symbol: str) -> Coverage:
    """Raise BarsNotStored when nothing is stored."""
    coverage = store.coverage(symbol, "1d")
    if coverage is None:
        raise BarsNotStored(
            f"no bars of {symbol} are stored; import a file that has them, or fetch them", symbol=symbol
        )
    return coverage


def bar_series(store: BarStore, coverage: Coverage, query: SeriesQuery) -> BarSeries:
    """Give the bars of the query as columns."""
    whole = _history(store, query)
    cut = whole.between(query.start, query.end)
    bars = thin_bars(cut, query.max_points)
    change = _change(cut, whole)
    if len(bars) != len(cut):
        previous = cut.preclose[0] if len(cut) else np.nan
        closes = np.concatenate(([previous], bars.close[:-1]))
        change = _ratio(bars.close, closes)
    return BarSeries(
        symbol=query.symbol,
        interval=query.interval,
        adjust=query.adjust,
        as_of=(query.as_of or min(coverage.last, whole.time[-1].item())) if query.adjust == "qfq" else None,
        time=bars.time.astype("datetime64[D]").tolist(),
        open=_numbers(bars.open),
        high=_numbers(bars.high),
        low=_numbers(bars.low),
        close=_numbers(bars.close),
        volume=bars.volume.tolist(),
        amount=_optional(bars.amount, 2),
        change=_optional(change),
        suspended=bars.suspended.tolist(),
        total=len(cut),
        thinned=len(bars) != len(cut),
        source=coverage.source,
        updated_at=coverage.updated_at,
    )


def indicator_series(store: BarStore, query: SeriesQuery, names: Sequence[str]) -> IndicatorSeries:
    """Give the indicators on the points of `bar_series` for the same query. Raise BadIndicator.

    They are computed on the whole history, so that the range asked for does not move their values.
    """
    chosen = [parse_indicator(name) for name in names]
    whole = _history(store, query)
    lo = 0 if query.start is None else int(np.searchsorted(whole.time, np.datetime64(query.start), "left"))
    hi = len(whole) if query.end is None else int(np.searchsorted(whole.time, np.datetime64(query.end), "right"))
    rows = lo + bucket_ends(max(hi - lo, 0), query.max_points)
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
    return IndicatorSeries(
        symbol=query.symbol, time=whole.time[rows].astype("datetime64[D]").tolist(), indicators=results
    )


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


def _history(store: BarStore, query: SeriesQuery) -> Bars:
    stored = store.read(query.symbol, "1d", as_of=query.known_at)
    if stored is None:
        when = f" at {query.known_at.isoformat()}" if query.known_at else ""
        raise BarsNotStored(f"no bars of {query.symbol} are stored{when}", symbol=query.symbol)
    bars = adjust(stored, query.adjust, query.as_of)
    return bars if query.interval == "1d" else resample(bars, query.interval)


def _change(cut: Bars, whole: Bars) -> FloatArray:
    """Give close / previous close - 1; the exchange's (ex-right) previous close where it is known."""
    first = int(np.searchsorted(whole.time, cut.time[0])) if len(cut) else 0
    before = np.concatenate(([np.nan if first == 0 else whole.close[first - 1]], cut.close[:-1]))
    return _ratio(cut.close, np.where(np.isfinite(cut.preclose), cut.preclose, before[: len(cut)]))


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
