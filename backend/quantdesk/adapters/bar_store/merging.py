"""What a batch of bars changes of what is stored, and what the overview then says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from quantdesk.adapters.bar_store import codec, legacy, rows
from quantdesk.adapters.bar_store.entries import Key
from quantdesk.adapters.bar_store.rows import Columns, Hashes, content_tag
from quantdesk.core.bars.frame import Bars, Interval, TimeArray
from quantdesk.ports.bar_store import Coverage, LastBar

_HASHED_AT_ONCE = 50_000
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

ReadFrom = Callable[[dt.date | None], Columns]
"""Gives a symbol's stored bars from a day on; None: all of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """One symbol's bars of a batch."""

    key: Key
    rows: Columns
    hashes: Hashes


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of one symbol."""

    key: Key
    rows: Columns
    """Those that are new or other than the stored ones."""
    inserted: int
    updated: int
    coverage: Coverage


def checked(batch: Sequence[Bars]) -> dict[Key, Columns]:
    """Give the batch by symbol; where one comes twice, its later bars replace the earlier.

    Raise ValueError for what are no proper bars.
    """
    found: dict[Key, Columns] = {}
    for bars in batch:
        if not _SYMBOL.fullmatch(bars.symbol) or bars.interval not in get_args(Interval):
            raise ValueError(f"bars of {bars.symbol[:80]!r}, {bars.interval!r}: no such symbol or interval")
        key = (bars.interval, bars.symbol)
        proper = rows.of_bars(codec.normalised(bars))
        if len(proper["time"]):
            found[key] = rows.laid_over(found[key], proper) if key in found else proper
    return dict(sorted(found.items()))


def numbered(found: Mapping[Key, Columns], write: int) -> list[Given]:
    """Give the bars of a write, with their hashes."""
    given: list[Given] = []
    for keys in _groups(found):
        together = rows.hashes(rows.joined([found[key] for key in keys]))
        end = 0
        for key in keys:
            start, end = end, end + len(found[key]["time"])
            number = np.full(end - start, write, dtype=np.int64)
            given.append(Given(key, {**found[key], "write": number}, together[start:end]))
    return given


def _groups(found: Mapping[Key, Columns]) -> Iterator[list[Key]]:
    """Give the keys in groups of one interval: a call a symbol would cost more than the hashing of its few bars."""
    group: list[Key] = []
    count = 0
    for key, columns in found.items():
        if group and (key[0] != group[0][0] or count > _HASHED_AT_ONCE):
            yield group
            group, count = [], 0
        group.append(key)
        count += len(columns["time"])
    if group:
        yield group


def follows(given: Given, before: Coverage | None) -> bool:
    """Say whether all bars come after what is stored, so that none of that needs to be read."""
    if before is None:
        return True
    return not before.etag.startswith(legacy.MARK) and _day(given.rows, 0) > before.last


def change_of(given: Given, before: Coverage | None, read: ReadFrom, source: str, now: dt.datetime) -> Change | None:
    """Compare with what is stored; None when nothing changes."""
    if before is None or follows(given, before):
        return _inserted(given, before, source, now)
    new = given.rows
    carried = not before.etag.startswith(legacy.MARK)
    old = read(_day(new, 0) if carried else None)
    at = np.searchsorted(old["time"], new["time"])
    known = at < len(old["time"])
    known[known] = old["time"][at[known]] == new["time"][known]
    replaced = rows.take(old, at[known])
    differs = ~rows.same_as(replaced, rows.take(new, known))
    updated, inserted = int(differs.sum()), int((~known).sum())
    if not updated and not inserted:
        return None
    changed = ~known
    changed[known] = differs
    fresh = rows.take(new, changed)
    before_tag = before.etag if carried else content_tag([rows.hashes(old)])
    tag = content_tag([given.hashes[changed]], [rows.hashes(rows.take(replaced, differs))], before_tag)
    tail = rows.laid_over(old, fresh)
    if len(tail["time"]) == 1 and np.isnan(tail["preclose"][0]) and before.rows > 1:
        tail = rows.laid_over(read(None), fresh)  # the close before stands for an unknown previous close
    coverage = _coverage(given.key, fresh, tail, before, before.rows + inserted, tag, source, now)
    return Change(given.key, fresh, inserted, updated, coverage)


def removal_of(key: Key, stored: Columns, times: TimeArray, before: Coverage, write: int, now: dt.datetime) -> Change:
    """Give the change that removes the bars of these times; some of the stored bars stay."""
    gone = np.isin(stored["time"], times)
    left = rows.take(stored, ~gone)
    removed = rows.take(stored, gone)
    removed["write"] = np.full(int(gone.sum()), -write, dtype=np.int64)
    tag = content_tag([rows.hashes(left)])
    coverage = _coverage(key, left, left, None, len(left["time"]), tag, before.source, now)
    return Change(key, removed, 0, int(gone.sum()), coverage)


def _inserted(given: Given, before: Coverage | None, source: str, now: dt.datetime) -> Change:
    """Give the change of bars that are all new, and after all that is stored."""
    count = len(given.hashes)
    tag = content_tag([given.hashes], before=before.etag if before else None)
    total = count + (before.rows if before else 0)
    coverage = _coverage(given.key, given.rows, given.rows, before, total, tag, source, now)
    return Change(given.key, given.rows, count, 0, coverage)


def _coverage(
    key: Key,
    fresh: Columns,
    tail: Columns,
    before: Coverage | None,
    count: int,
    tag: str,
    source: str,
    now: dt.datetime,
) -> Coverage:
    first, last = _day(fresh, 0), _day(fresh, -1)
    return Coverage(
        symbol=key[1],
        interval=key[0],
        first=min(first, before.first) if before else first,
        last=max(last, before.last) if before else last,
        rows=count,
        source=source,
        updated_at=now,
        etag=tag,
        latest=_latest(tail, before),
    )


def _latest(tail: Columns, before: Coverage | None) -> LastBar:
    """Give the figures of the newest bar; `tail` are the last bars, `before` those in front of a single one."""
    closes: NDArray[Any] = tail["close"]
    earlier = float(closes[-2]) if len(closes) > 1 else before.latest.close if before else np.nan
    known = [close for close in (float(tail["preclose"][-1]), earlier) if not np.isnan(close)]
    return LastBar(
        close=float(closes[-1]),
        previous_close=known[0] if known else None,
        suspended=bool(tail["suspended"][-1]),
        is_st=bool(tail["is_st"][-1]),
    )


def _day(columns: Columns, row: int) -> dt.date:
    day: Any = rows.days_of(columns["time"][row])
    return cast(dt.date, day.item())
