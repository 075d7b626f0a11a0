"""Where checks put what they find: at most so many findings of a kind, but the count of all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, TimeArray
from quantdesk.core.quality.finding import TABLE, Finding, Kind, Severity

MOST_OF_A_KIND = 200
_WRONG_PRICES = frozenset({"spike", "jump", "beyond_limit"})
_FOLLOWING = frozenset({"average_outside", "off_tick", "unit_change"})
SHANGHAI = np.timedelta64(8 * 3600, "s")


def trading_days(time: TimeArray, *, utc: bool = False) -> TimeArray:
    """Give the days of bars: as they stand for daily ones, else in Shanghai (`utc`: in UTC)."""
    if time.dtype == np.dtype("datetime64[D]"):
        return time
    shift = np.timedelta64(0, "s") if utc else SHANGHAI
    days: TimeArray = (time + shift).astype("datetime64[D]")
    return days


class Collected:
    """The findings of one symbol."""

    def __init__(self, bars: Bars, *, coin: bool = False, most: int = MOST_OF_A_KIND) -> None:
        self.symbol = bars.symbol
        self.items: list[Finding] = []
        self.counts: Counter[Kind] = Counter()
        """Of all findings, also those beyond the limit."""
        self.faulty: dict[Severity, list[TimeArray]] = {"error": [], "warning": [], "info": []}
        """Times of the bars concerned, as chunks."""
        self.missing = 0
        """Bars that should be there."""
        self._daily = bars.interval in ("1d", "1w", "1M")
        self._coin = coin
        self._most = most

    def add(
        self,
        kind: Kind,
        times: TimeArray,
        *,
        field: str = "",
        value: Any = None,
        expected: Any = None,
        count: Any = None,
        rows: TimeArray | None = None,
    ) -> None:
        """Add one finding a time; value, expected and count are arrays of that length, single values, or None.

        `rows` are the times of all bars that the findings speak of, where these are more than `times`.
        """
        if not len(times):
            return
        level = TABLE[kind].severity
        self.counts[kind] += len(times)
        self.faulty[level].append(times if rows is None else rows)
        room = max(self._most - (self.counts[kind] - len(times)), 0)
        days = trading_days(times, utc=self._coin)
        for row in range(min(len(times), room)):
            self.items.append(
                Finding(
                    symbol=self.symbol,
                    date=days[row].item(),
                    kind=kind,
                    severity=level,
                    field=field,
                    value=_number(value, row),
                    expected=_either(expected, row),
                    count=1 if count is None else int(_at(count, row)),
                    at=None if self._daily else times[row].item().replace(tzinfo=dt.UTC),
                )
            )

    def first_of_each(self, kind: Kind, times: TimeArray, columns: list[tuple[str, BoolArray, Any, Any]]) -> BoolArray:
        """Add one finding a row at fault: that of the first column (field, wrong, value, expected). Give the rows."""
        done = np.zeros(len(times), dtype=np.bool_)
        for name, wrong, value, expected in columns:
            new = wrong & ~done
            if new.any():
                self.add(kind, times[new], field=name, value=_of(value, new), expected=_of(expected, new))
                done |= new
        return done

    def blamed(self, times: TimeArray) -> BoolArray:
        """Say which bars have an error or a warning so far."""
        blamed: BoolArray = np.isin(times, _unique(self.faulty["error"] + self.faulty["warning"]))
        return blamed

    def tell_once(self) -> None:
        """Drop what follows from a wrong price that is told already: an odd average or tick of the same bar."""
        wrong = {(item.date, item.at) for item in self.items if item.kind in _WRONG_PRICES}
        dropped = [item for item in self.items if item.kind in _FOLLOWING and (item.date, item.at) in wrong]
        if dropped:
            self.items = [item for item in self.items if item not in dropped]
            self.counts -= Counter(item.kind for item in dropped)

    def rows_at_fault(self) -> tuple[int, int]:
        """Give (bars with an error, bars with a warning and no error)."""
        errors = _unique(self.faulty["error"])
        return len(errors), len(np.setdiff1d(_unique(self.faulty["warning"]), errors))


def runs(positions: Any) -> list[tuple[int, int]]:
    """Give (first, length) of each run of consecutive increasing integers."""
    at = np.asarray(positions, dtype=np.int64)
    if not len(at):
        return []
    starts = np.flatnonzero(np.concatenate(([True], np.diff(at) != 1)))
    lengths = np.diff(np.append(starts, len(at)))
    return list(zip(at[starts].tolist(), lengths.tolist(), strict=True))


def _unique(chunks: list[TimeArray]) -> TimeArray:
    return np.unique(np.concatenate(chunks)) if chunks else np.array([], dtype="datetime64[D]")


def _of(values: Any, rows: BoolArray) -> Any:
    return values[rows] if isinstance(values, np.ndarray) else values


def _at(values: Any, row: int) -> Any:
    return values[row] if isinstance(values, np.ndarray | list) else values


def _number(values: Any, row: int) -> float | None:
    if values is None:
        return None
    number = float(_at(values, row))
    return number if np.isfinite(number) else None


def _either(values: Any, row: int) -> float | str | None:
    one = _at(values, row) if values is not None else None
    if one is None or isinstance(one, str):
        return one
    if isinstance(one, np.datetime64 | dt.date):
        return str(one)
    return _number(one, 0)
