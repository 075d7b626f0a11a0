"""What the event and the vectorised engine run on: the exchange at raw prices, and the prices the strategy sees."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from quantdesk.core.backtest.exchange import exchange_of
from quantdesk.core.backtest.prepare import NoBarsError, add_to, scaled
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import cumulative_factor
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.grid import Grid
from quantdesk.core.execution.listings import listings_of
from quantdesk.core.execution.market import Exchange
from quantdesk.core.instruments.actions import CorporateAction


@dataclass(frozen=True)
class Stage:
    """Everything but the strategy and its parameters: one stage serves many runs."""

    spec: BacktestSpec
    exchange: Exchange
    bars: list[Bars]
    """Raw bars of the symbols that have any in the range, in the order of the spec; suspended days included."""
    benchmark: FloatArray | None
    """Closes scaled to the starting cash, [steps]; NaN before the first."""
    without_bars: list[str]
    actions: Mapping[str, Sequence[CorporateAction]]
    """Those of the symbols with bars, up to the end."""
    index: Bars | None
    """Bars of the benchmark."""

    @property
    def dates(self) -> TimeArray:
        """[steps]: every day in the range that any symbol or the benchmark knows."""
        return self.exchange.dates

    @cached_property
    def days(self) -> list[dt.date]:
        days: list[dt.date] = self.exchange.dates.astype("datetime64[D]").tolist()
        return days

    @cached_property
    def sha256(self) -> str:
        """Digest of the bars and corporate actions used."""
        digest = hashlib.sha256()
        for bar in self.bars:
            add_to(digest, bar)
            digest.update(repr(self.actions[bar.symbol]).encode())
        if self.index is not None:
            add_to(digest, self.index)
        return digest.hexdigest()

    @cached_property
    def amount(self) -> FloatArray:
        """Turnover, [steps, symbols], NaN where it is not known; the exchange has it only where fills need it."""
        held: FloatArray = self.exchange.market.amount
        return held if held.size else Grid(self.bars, self.dates).lay(lambda _, bar: bar.amount, fill=np.nan)

    @cached_property
    def factor(self) -> FloatArray:
        """Backward-adjusting factor of each bar, [steps, symbols]; of absent bars the last one's, 1 before the first.

        price * factor is hfq, which no later day changes; hfq / factor[t] is qfq as of day t.
        """
        shape = self.exchange.market.close.shape
        factors = [cumulative_factor(bar) for bar in self.bars]
        if all((steps == 1.0).all() for steps in factors):
            return np.broadcast_to(1.0, shape)  # takes no memory
        found = np.ones(shape)
        for s, (bar, steps) in enumerate(zip(self.bars, factors, strict=True)):
            if len(steps) == len(self.dates):
                found[:, s] = steps
                continue
            rows = np.searchsorted(self.dates, bar.time)
            position = np.searchsorted(rows, np.arange(len(self.dates)), side="right") - 1
            found[:, s] = np.where(position < 0, 1.0, steps[np.maximum(position, 0)])
        return found


def set_stage(
    spec: BacktestSpec,
    bars: Mapping[str, Bars],
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    listings: Mapping[str, Listing] | None = None,
) -> Stage:
    """Lay out raw bars, by symbol, of at least the spec's symbols and benchmark.

    Raises:
        NoBarsError: no symbol has a tradable bar between start and end.
    """
    chosen: list[Bars] = []
    without: list[str] = []
    for symbol in spec.symbols:
        found = bars.get(symbol)
        cut = None if found is None else _cut(found, spec)
        if cut is None or not len(cut) or not (cut.close[~cut.suspended] > 0.0).any():
            without.append(symbol)
        else:
            chosen.append(cut)
    if not chosen:
        raise NoBarsError(
            f"no bars between {spec.start} and {spec.end} for {', '.join(spec.symbols[:5])}"
            f"{' …' if len(spec.symbols) > 5 else ''}; import them or choose other dates"
        )
    index = bars.get(spec.benchmark) if spec.benchmark else None
    index = None if index is None else index.between(spec.start, spec.end)
    if index is not None and not len(index):
        index = None
    dates = _all_of([bar.time for bar in (*chosen, index) if bar is not None])
    used = {bar.symbol: [a for a in (actions or {}).get(bar.symbol, ()) if a.ex_date <= spec.end] for bar in chosen}
    known = listings_of((bars[symbol] for symbol in spec.symbols if symbol in bars), actions)
    return Stage(
        spec=spec,
        exchange=exchange_of(spec, chosen, dates, actions=used, listings=known | dict(listings or {})),
        bars=chosen,
        benchmark=None if index is None else scaled(index, dates, float(spec.cash)),
        without_bars=without,
        actions=used,
        index=index,
    )


def _all_of(times: Sequence[TimeArray]) -> TimeArray:
    """Give all times that occur, ascending. Mostly all symbols have the same."""
    longest = max(times, key=len)
    if all(each is longest or np.array_equal(each, longest) for each in times):
        return longest
    return np.unique(np.concatenate(times))


def _cut(bars: Bars, spec: BacktestSpec) -> Bars:
    """Give the bars of the range, the first one with the close before it where its previous close is unknown."""
    earlier = len(bars) > 0 and bars.time[0] < np.datetime64(spec.start)
    return (_with_preclose(bars) if earlier else bars).between(spec.start, spec.end)


def _with_preclose(bars: Bars) -> Bars:
    """Fill unknown previous closes with the last close."""
    if (bars.preclose > 0.0).all() and bars.preclose.max(initial=0.0) < np.inf:
        return bars
    unknown = ~(np.isfinite(bars.preclose) & (bars.preclose > 0.0))
    last = np.concatenate([[np.nan], bars.close[:-1]])
    return replace(bars, preclose=np.where(unknown, last, bars.preclose))
