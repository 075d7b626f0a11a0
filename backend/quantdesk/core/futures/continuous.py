"""The main-contract series (主力连续) of a product, spliced from its contracts' daily bars, with its rolls.

Which contract is the main one on a day follows from what was known at the close before, so that a backtest on the
series could have held it. The first day has no series: nothing was known yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FUTURES_COLUMNS, Bars, FloatArray, TimeArray
from quantdesk.core.futures.expiry import delivery_month

RollRule = Literal["open_interest", "volume"]
BackAdjustment = Literal["none", "difference", "ratio"]
_CONFIRMED = 2
"""Closes in a row at which a later contract must lead."""
_PRICES = ("open", "high", "low", "close", "preclose", "settle")


class NoRollFigures(ValueError):
    """The contracts' bars have nothing of what the rule compares."""


@dataclass(frozen=True, slots=True)
class Roll:
    """A change of the main contract."""

    day: dt.date
    """The first day on the new contract."""
    decided: dt.date
    """The day at whose close it was decided."""
    old: str
    new: str
    old_close: float
    """At the last close before `day`, like `new_close`: the step that back-adjustment takes out."""
    new_close: float
    forced: bool
    """True when the old contract had no bar any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Continuous:
    """A main series."""

    bars: Bars
    """Previous closes are those of the day's own contract, so that close / preclose is what holding it returned."""
    contracts: tuple[str, ...]
    """The main contract of each bar."""
    rolls: tuple[Roll, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The contracts' bars on one axis of days."""

    symbols: list[str]
    """By expiry, nearest first."""
    days: TimeArray
    row: NDArray[np.int64]
    """[contracts, days]: where the contract's bar of the day is; -1 where there is none."""
    figure: FloatArray
    """[contracts, days]: what the rule compares; 0 where it is unknown."""
    ending: TimeArray
    """[contracts]: the first day from which a contract without a bar has ended, not only missed a day."""


def continuous(
    contracts: Mapping[str, Bars],
    symbol: str,
    *,
    rule: RollRule = "open_interest",
    adjust: BackAdjustment = "none",
    until: dt.date | None = None,
) -> Continuous:
    """Splice the series `symbol` of the contracts' daily bars, as it was known at the close of `until`.

    The series rolls to the contract that leads by open interest (or volume) at two closes in a row, from the day
    after on and never back to one that expires earlier; at once to the leading later one when the main contract, near
    its end, has no bar any more. A day on which the main contract lacks its bar before that has none here. Raise
    NoRollFigures where no bar has what the rule compares.
    """
    if until is not None:
        contracts = {name: bars.between(None, until) for name, bars in contracts.items()}
    table = _table({name: bars for name, bars in contracts.items() if len(bars)}, rule)
    main = _main_contracts(table)
    held = main >= 0
    at, days = main[held], np.flatnonzero(held)
    pieces = [_piece(contracts, table, int(one), days[at == one]) for one in np.unique(at)]
    bars = _ordered(pieces, symbol) if pieces else _nothing(contracts, symbol)
    rolls = tuple(_rolls(contracts, table, at, days))
    names = tuple(table.symbols[one] for one in at.tolist())
    return Continuous(adjusted(bars, bars.time, rolls, adjust), names, rolls)


def adjusted(bars: Bars, day: TimeArray, rolls: Sequence[Roll], adjust: BackAdjustment) -> Bars:
    """Give the bars of a spliced series without the steps of its rolls; `day` is the trading day of each bar.

    The newest contract keeps its prices. `difference` adds to all bars before a roll what the new contract stood
    above the old one, so that differences are those of the held contract; `ratio` multiplies, so that returns are.
    """
    if adjust == "none" or not rolls:
        return bars
    add, factor = np.zeros(len(bars)), np.ones(len(bars))
    for roll in rolls:
        before = day < np.datetime64(roll.day)
        add[before] += roll.new_close - roll.old_close
        factor[before] *= roll.new_close / roll.old_close
    names = [name for name in _PRICES if getattr(bars, name) is not None]
    columns: Any = {name: getattr(bars, name) for name in names}
    moved = {name: values + add if adjust == "difference" else values * factor for name, values in columns.items()}
    return replace(bars, **moved)


def splice(
    pieces: Mapping[str, tuple[Bars, TimeArray]], main: Continuous, adjust: BackAdjustment, symbol: str
) -> tuple[Bars, TimeArray] | None:
    """Splice bars within the day after the daily main series; give them with their trading days, None where none is.

    `pieces` are each contract's bars with the trading day of each.
    """
    days, contracts = main.bars.time, np.array(main.contracts)
    found: list[tuple[Bars, TimeArray]] = []
    for name, (bars, day) in pieces.items():
        wanted = np.isin(day, days[contracts == name])
        if wanted.any():
            found.append((replace(bars.take(wanted), symbol=symbol), day[wanted]))
    if not found:
        return None
    joined = _ordered([bars for bars, _ in found], symbol)
    day = np.sort(np.concatenate([one for _, one in found]))
    return adjusted(joined, day, main.rolls, adjust), day


def _table(contracts: Mapping[str, Bars], rule: RollRule) -> _Table:
    symbols = sorted(contracts, key=delivery_month)
    times = [contracts[name].time for name in symbols]
    days = np.unique(np.concatenate(times)) if times else np.empty(0, "datetime64[D]")
    row = np.full((len(symbols), len(days)), -1, dtype=np.int64)
    figure = np.zeros((len(symbols), len(days)))
    for at, name in enumerate(symbols):
        bars = contracts[name]
        where = np.searchsorted(days, bars.time)
        row[at, where] = np.arange(len(bars))
        values = bars.volume if rule == "volume" else bars.open_interest
        if values is not None:
            figure[at, where] = np.nan_to_num(values)
    if len(days) and not figure.any():
        words = "open interest" if rule == "open_interest" else "volume"
        raise NoRollFigures(f"no contract has a bar with {words}; use another rule or import bars that have it")
    # Contracts end in their month or with the month before it.
    ending = np.array([delivery_month(name) - np.timedelta64(1, "M") for name in symbols], dtype="datetime64[M]")
    return _Table(symbols, days, row, figure, ending.astype("datetime64[D]"))


def _main_contracts(table: _Table) -> NDArray[np.int64]:
    """Give the main contract of each day, a row of the table; -1 where there is none."""
    main = np.full(len(table.days), -1, dtype=np.int64)
    now, leading, closes = -1, -1, 0
    for day in range(1, len(table.days)):
        candidate = _leader(table.figure[:, day - 1], now)
        closes = closes + 1 if candidate == leading else 1
        leading = candidate
        if leading > now and (now < 0 or closes >= _CONFIRMED):
            now = leading
        if now >= 0 and table.row[now, day] < 0:
            if table.days[day] < table.ending[now]:
                continue
            later = _leader(np.where(table.row[:, day] >= 0, table.figure[:, day - 1], 0), now)
            if table.row[later, day] < 0:
                continue  # none of the contracts that may follow has a bar
            now = later
        main[day] = now
    return main


def _leader(figures: FloatArray, now: int) -> int:
    """Give the contract with the greatest figure among the main one and those that expire later; nearest of equals."""
    first = max(now, 0)
    best = first + int(np.argmax(figures[first:]))
    return best if figures[best] > 0 else now


def _piece(contracts: Mapping[str, Bars], table: _Table, contract: int, days: NDArray[np.intp]) -> Bars:
    """Give a contract's bars of the days on which it is the main one, with its own previous closes."""
    bars = contracts[table.symbols[contract]]
    before = np.concatenate(([np.nan], bars.close[:-1]))
    known = replace(bars, preclose=np.where(np.isnan(bars.preclose), before, bars.preclose))
    return known.take(table.row[contract, days])


def _rolls(contracts: Mapping[str, Bars], table: _Table, at: NDArray[np.int64], days: NDArray[np.intp]) -> list[Roll]:
    rolls = []
    for place in np.flatnonzero(np.diff(at)):
        old, new = int(at[place]), int(at[place + 1])
        before, day = int(days[place]), int(days[place + 1])
        rolls.append(
            Roll(
                day=table.days[day].item(),
                decided=table.days[day - 1].item(),
                old=table.symbols[old],
                new=table.symbols[new],
                old_close=_last_close(contracts, table, old, before),
                new_close=_last_close(contracts, table, new, before),
                forced=bool(table.row[old, day] < 0),
            )
        )
    return rolls


def _last_close(contracts: Mapping[str, Bars], table: _Table, contract: int, day: int) -> float:
    """Give the contract's last close up to the day; its first one where it has none yet."""
    known = table.row[contract, : day + 1]
    rows = known[known >= 0]
    return float(contracts[table.symbols[contract]].close[rows[-1] if len(rows) else 0])


def _ordered(pieces: Sequence[Bars], symbol: str) -> Bars:
    """Lay pieces that share no time end to end, oldest first."""
    columns: dict[str, Any] = {}
    for name in pieces[0].__slots__:
        if name in ("symbol", "interval"):
            continue
        values = [getattr(piece, name) for piece in pieces]
        if name in FUTURES_COLUMNS:
            if all(value is None for value in values):
                continue
            sizes = [len(piece) for piece in pieces]
            values = [
                np.full(size, np.nan) if value is None else value for value, size in zip(values, sizes, strict=True)
            ]
        columns[name] = np.concatenate(values)
    bars = Bars(symbol=symbol, interval=pieces[0].interval, **columns)
    return bars.take(np.argsort(bars.time, kind="stable"))


def _nothing(contracts: Mapping[str, Bars], symbol: str) -> Bars:
    some = next(iter(contracts.values()), None)
    if some is None:
        raise ValueError(f"there is no contract to make {symbol} of")
    return replace(some.take(slice(0, 0)), symbol=symbol)
