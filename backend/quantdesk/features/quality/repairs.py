"""Quarantine and repair: a bar is taken out of the store and kept, put back exactly, or replaced from a source.

A quarantined bar lies as a blob of its own, `quarantine/<symbol>/<date>-<id>.json`, that is on disk before the bar
leaves the store and goes only after the bar is back: whatever fails between, no figure is lost.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import COLUMNS, FUTURES_COLUMNS, Bars
from quantdesk.core.bars.known import aligned, keep_known, same_bars
from quantdesk.features.market import service as market
from quantdesk.features.market.errors import SourcesOffline
from quantdesk.features.quality.errors import (
    BarsNotThere,
    QuarantineConflict,
    QuarantineNotFound,
    RefetchFailed,
    UnknownSource,
)
from quantdesk.features.quality.schemas import BarDifference, BarRow, QuarantinedBar, Repair, RepairCreate
from quantdesk.kit import audit, clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.data_source import bars_dataset
from quantdesk.ports.errors import SourceError

_FOLDER = "quarantine"
_FIGURES = ("open", "high", "low", "close", "preclose", "volume", "amount")
_FLAGS = ("suspended", "is_st")
_NO_DAYS = np.array([], dtype="datetime64[D]")


async def repair(uow: UnitOfWork, context: Context, principal: Principal, body: RepairCreate) -> Repair:
    """Carry out a repair.

    Raise BadSymbol, BarsNotThere, QuarantineNotFound, QuarantineConflict, SourcesOffline, UnknownSource,
    RefetchFailed.
    """
    symbol = market.canonical(body.symbol)
    body = body.model_copy(update={"symbol": symbol, "dates": sorted(set(body.dates))})
    match body.action:
        case "quarantine":
            done = await _quarantine(context, principal, body)
        case "restore":
            done = await _restore(context, body)
        case "refetch":
            done = await _refetch(context, body)
    if done.changed and not body.dry_run:
        detail = {"days": ", ".join(str(day) for day in done.changed[:20]), "count": str(len(done.changed))}
        audit.record(uow, principal, f"data.{body.action}", symbol, detail | {"reason": body.reason})
    return done


async def quarantined(context: Context, symbol: str | None = None) -> list[QuarantinedBar]:
    """Give the bars in quarantine, of one symbol or of all, by symbol and date."""
    prefix = f"{_FOLDER}/{symbol}/" if symbol else f"{_FOLDER}/"
    found = [await _load(context, key) for key in await context.blobs.keys(prefix)]
    return [_told(one) for one in found]


async def _quarantine(context: Context, principal: Principal, body: RepairCreate) -> Repair:
    symbol, days = body.symbol, _days(body.dates)
    stored = await asyncio.to_thread(context.bars.read, symbol, "1d")
    coverage = await asyncio.to_thread(context.bars.coverage, symbol, "1d")
    have = _NO_DAYS if stored is None else stored.time
    absent = days[~np.isin(days, have)]
    if stored is None or coverage is None or len(absent):
        raise BarsNotThere(f"no bar of {symbol} on {_listed(absent)} is stored", symbol=symbol)
    chosen = stored.take(np.isin(stored.time, days))
    if not body.dry_run:
        now = clock.utcnow()
        for row in range(len(chosen)):
            kept = {
                "symbol": symbol,
                "date": str(chosen.time[row]),
                "bar": {name: _exact(getattr(chosen, name)[row]) for name in (*_FIGURES, *_FLAGS, *_futures(chosen))},
                "source": coverage.source,
                "reason": body.reason,
                "username": principal.username,
                "at": now.isoformat(),
            }
            key = f"{_FOLDER}/{symbol}/{chosen.time[row]}-{new_id()}.json"
            await context.blobs.put(key, json.dumps(kept).encode(), content_type="application/json")
        await asyncio.to_thread(lambda: context.bars.remove(symbol, "1d", chosen.time, now=now))
    return Repair(action="quarantine", symbol=symbol, dry_run=body.dry_run, changed=body.dates)


async def _restore(context: Context, body: RepairCreate) -> Repair:
    symbol = body.symbol
    keys: dict[str, str] = {}
    for key in await context.blobs.keys(f"{_FOLDER}/{symbol}/"):
        keys[key.rpartition("/")[2][:10]] = key  # of one day the last one counts
    absent = [str(day) for day in body.dates if str(day) not in keys]
    if absent:
        raise QuarantineNotFound(f"no bar of {symbol} on {', '.join(absent[:5])} is in quarantine", symbol=symbol)
    kept = [await _load(context, keys[str(day)]) for day in body.dates]
    bars = _bars(symbol, kept)
    stored = await asyncio.to_thread(context.bars.read, symbol, "1d")
    if stored is not None:
        again = bars.take(np.isin(bars.time, stored.time))
        if len(again) and _differing(aligned(stored, again), again):
            raise QuarantineConflict(
                f"{symbol} has another bar on {_listed(again.time)} by now; quarantine that one first", symbol=symbol
            )
    if not body.dry_run:
        await asyncio.to_thread(lambda: context.bars.merge([bars], source=str(kept[-1]["source"]), now=clock.utcnow()))
        for day in body.dates:
            await context.blobs.delete(keys[str(day)])
    return Repair(action="restore", symbol=symbol, dry_run=body.dry_run, changed=body.dates)


async def _refetch(context: Context, body: RepairCreate) -> Repair:
    symbol, days = body.symbol, _days(body.dates)
    if not context.sources:
        raise SourcesOffline
    if body.source is not None and body.source not in context.sources:
        raise UnknownSource(
            f"there is no source {body.source!r}; there are {', '.join(context.sources)}", field="source"
        )
    names = [body.source] if body.source is not None else list(context.sources)
    failures = []
    for name in names:
        ask: Callable[..., Bars] = context.sources[name].daily_bars
        try:
            given = await asyncio.to_thread(ask, symbol, body.dates[0], body.dates[-1])
            break
        except SourceError as error:
            failures.append(str(error))
    else:
        raise RefetchFailed(f"{'; '.join(failures)}. What is stored is unchanged", symbol=symbol)
    fetched = given.take(np.isin(given.time, days))
    stored = await asyncio.to_thread(context.bars.read, symbol, "1d")
    if stored is not None and len(stored) and len(fetched):
        old = aligned(stored, fetched)
        fetched = keep_known(fetched, old, same_bars(old, fetched), stated=())
    differences = [_difference(day, stored, fetched) for day in days]
    differences = [one for one in differences if one.fields or one.stored is None or one.fetched is None]
    changed = [one.date for one in differences if one.fetched is not None]
    if changed and not body.dry_run:
        dataset = bars_dataset(symbol)
        parser = context.sources[name].parser(dataset) if dataset else None
        await asyncio.to_thread(lambda: context.bars.merge([fetched], source=name, now=clock.utcnow(), parser=parser))
    return Repair(
        action="refetch", symbol=symbol, dry_run=body.dry_run, changed=changed, source=name, differences=differences
    )


def bar_row(bars: Bars, row: int) -> BarRow:
    """Give a bar as JSON can hold it: no NaN."""
    figures = {name: _known(getattr(bars, name)[row]) for name in _FIGURES}
    flags = {name: bool(getattr(bars, name)[row]) for name in _FLAGS}
    return BarRow(time=str(bars.time[row]), **figures, **flags)


def _difference(day: Any, stored: Bars | None, fetched: Bars) -> BarDifference:
    mine, theirs = (None if bars is None else bars.take(bars.time == day) for bars in (stored, fetched))
    have, got = mine is not None and len(mine) == 1, theirs is not None and len(theirs) == 1
    return BarDifference(
        date=day.item(),
        stored=bar_row(mine, 0) if mine is not None and have else None,
        fetched=bar_row(theirs, 0) if theirs is not None and got else None,
        fields=_differing(mine, theirs) if mine is not None and theirs is not None and have and got else [],
    )


def _differing(one: Bars, other: Bars) -> list[str]:
    """Give the columns in which two series of the same times differ."""
    fields = [name for name in _FIGURES if not np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)]
    return fields + [name for name in _FLAGS if not np.array_equal(getattr(one, name), getattr(other, name))]


def _futures(bars: Bars) -> list[str]:
    """Give those of the futures' columns that the bars have."""
    return [name for name in FUTURES_COLUMNS if getattr(bars, name) is not None]


def _bars(symbol: str, kept: list[dict[str, Any]]) -> Bars:
    columns: dict[str, Any] = {"time": np.array([one["date"] for one in kept], dtype="datetime64[D]")}
    for name in COLUMNS[1:]:
        values = [one["bar"][name] for one in kept]
        if name in _FLAGS:
            columns[name] = np.array(values, dtype=np.bool_)
        else:
            columns[name] = np.array([float(value) for value in values], dtype=np.float64)
    for name in FUTURES_COLUMNS:
        if any(name in one["bar"] for one in kept):
            columns[name] = np.array([float(one["bar"].get(name, "nan")) for one in kept], dtype=np.float64)
    return Bars(symbol=symbol, interval="1d", **columns)


async def _load(context: Context, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await context.blobs.get(key))
    return found


def _told(kept: dict[str, Any]) -> QuarantinedBar:
    return QuarantinedBar(
        symbol=kept["symbol"],
        date=dt.date.fromisoformat(kept["date"]),
        bar=bar_row(_bars(kept["symbol"], [kept]), 0),
        source=kept["source"],
        reason=kept["reason"],
        username=kept["username"],
        at=dt.datetime.fromisoformat(kept["at"]),
    )


def _exact(value: Any) -> str | bool:
    """Write a float so that it reads back to the last bit, NaN and infinity too."""
    return bool(value) if isinstance(value, np.bool_) else repr(float(value))


def _known(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None


def _days(dates: list[dt.date]) -> Any:
    return np.array(dates, dtype="datetime64[D]")


def _listed(days: Any) -> str:
    shown = ", ".join(str(day) for day in days[:5])
    return shown if len(days) <= 5 else f"{shown} and {len(days) - 5} more"
