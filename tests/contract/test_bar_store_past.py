"""What every bar store keeps of the past: bars as of an instant, and where each came from."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import COLUMNS, Bars, Interval
from quantdesk.ports.bar_store import BarStore, BarVersion, Write
from quantdesk.ports.errors import Forgotten
from tests.contract.test_bar_store import make, same
from tests.support.bar_places import PLACES

DAY_1 = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
DAY_2 = DAY_1 + dt.timedelta(days=1)
DAY_3 = DAY_1 + dt.timedelta(days=2)
SYMBOL = "600519.SH"
FIRST = dt.date(2024, 1, 1)


@pytest.fixture(
    params=[(place, rows) for place in PLACES for rows in (1000, 1)], ids=lambda it: f"{it[0]}-{it[1]} rows"
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BarStore:
    """Keeps small writes in segments, or all in base files."""
    place, base_rows = request.param
    return PLACES[place](tmp_path / "bars", base_rows=base_rows)


def corrected(bars: Bars, row: int, close: float) -> Bars:
    values = bars.close.copy()
    values[row] = close
    return replace(bars, close=values)


def test_a_corrected_bar_has_its_old_values_as_of_before(store: BarStore) -> None:
    old = make(rows=5)
    new = corrected(old, 2, 77.0)
    store.merge([old], source="sina", now=DAY_1)
    store.merge([new], source="tencent", now=DAY_3)
    assert store.read(SYMBOL, "1d", as_of=DAY_1 - dt.timedelta(seconds=1)) is None
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), old)
    assert same(store.read(SYMBOL, "1d", as_of=DAY_2), old)
    assert same(store.read(SYMBOL, "1d", as_of=DAY_3), new)
    assert same(store.read(SYMBOL, "1d"), new)


def test_a_bar_that_came_later_is_absent_as_of_before(store: BarStore) -> None:
    bars = make(rows=6)
    store.merge([bars.take(slice(0, 4))], source="sina", now=DAY_1)
    store.merge([bars], source="sina", now=DAY_2)
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), bars.take(slice(0, 4)))
    part = store.read(SYMBOL, "1d", dt.date(2024, 1, 3), dt.date(2024, 1, 31), as_of=DAY_1)
    assert same(part, bars.take(slice(2, 4)))


def test_deleted_bars_are_still_known_as_of_before(store: BarStore) -> None:
    bars, again = make(rows=5), make(rows=3, seed=9)
    store.merge([bars], source="sina", now=DAY_1)
    store.delete([SYMBOL], "1d", now=DAY_2)
    assert store.read(SYMBOL, "1d") is None
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), bars)
    assert store.read(SYMBOL, "1d", as_of=DAY_2) is None
    store.merge([again], source="import", now=DAY_3)
    assert same(store.read(SYMBOL, "1d"), again)
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), bars)
    newest, oldest = store.provenance(SYMBOL, "1d", FIRST)
    assert (newest.write.source, newest.until, newest.deleted) == ("import", None, False)
    assert (oldest.write.source, oldest.until, oldest.deleted) == ("sina", DAY_2, True)


def test_removed_bars_are_still_known_as_of_before(store: BarStore) -> None:
    bars = make(rows=5)
    store.merge([bars], source="sina", now=DAY_1)
    store.remove(SYMBOL, "1d", bars.time[[0]], now=DAY_2)
    store.compact(fully=True)
    assert same(store.read(SYMBOL, "1d"), bars.take(slice(1, 5)))
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), bars)
    [version] = store.provenance(SYMBOL, "1d", FIRST)
    assert (version.until, version.deleted) == (DAY_2, True)
    store.merge([bars], source="import", now=DAY_3)
    assert [one.until for one in store.provenance(SYMBOL, "1d", FIRST)] == [None, DAY_2]
    assert same(store.read(SYMBOL, "1d", as_of=DAY_2), bars.take(slice(1, 5)))


def test_a_bar_says_which_write_brought_it_also_after_a_fail_over_and_a_correction(store: BarStore) -> None:
    bars = make(rows=6)
    day = dt.date(2024, 1, 1)
    store.merge([bars.take(slice(0, 3))], source="eastmoney", now=DAY_1, parser="eastmoney 2", as_of=day)
    store.merge([bars], source="sina", now=DAY_2, parser="sina 1")  # the first source had failed: the rest is Sina's
    wrong = bars.close[1]
    store.merge([corrected(bars, 1, 50.0)], source="tencent", now=DAY_3)

    def sources(row: int) -> list[str]:
        return [one.write.source for one in store.provenance(SYMBOL, "1d", bars.time[row].item())]

    assert [sources(row) for row in (0, 2, 3, 5)] == [["eastmoney"], ["eastmoney"], ["sina"], ["sina"]]
    now, before = store.provenance(SYMBOL, "1d", bars.time[1].item())
    assert (now.bar.close[0], now.write.source, now.since, now.until) == (50.0, "tencent", DAY_3, None)
    assert (before.bar.close[0], before.since, before.until) == (wrong, DAY_1, DAY_3)
    assert before.write == Write(before.write.id, "eastmoney", DAY_1, "eastmoney 2", day)
    assert now.write.id > before.write.id
    assert not before.deleted


def test_of_a_bar_that_never_was_there_is_no_provenance(store: BarStore) -> None:
    assert store.provenance(SYMBOL, "1d", FIRST) == []
    store.merge([make()], source="sina", now=DAY_1)
    assert store.provenance(SYMBOL, "1d", dt.date(1999, 1, 1)) == []


def test_a_bar_within_the_day_is_asked_by_its_instant(store: BarStore) -> None:
    bars = make(interval="5m", rows=4, start="2024-12-31T23:50:00")
    store.merge([bars], source="sina", now=DAY_1)
    shanghai = dt.timezone(dt.timedelta(hours=8))
    [version] = store.provenance(SYMBOL, "5m", dt.datetime(2025, 1, 1, 8, 0, tzinfo=shanghai))
    assert same(version.bar, bars.take(slice(2, 3)))
    with pytest.raises(ValueError, match="time zone"):
        store.provenance(SYMBOL, "5m", dt.datetime(2025, 1, 1, 8, 0))  # noqa: DTZ001


def test_bars_across_a_new_year_are_one_series(store: BarStore) -> None:
    bars = make(interval="5m", rows=40, start="2024-12-31T23:00:00")
    store.merge([bars], source="sina", now=DAY_1)
    assert same(store.read(SYMBOL, "5m"), bars)
    store.merge([corrected(bars, 20, 5.0)], source="sina", now=DAY_2)
    store.compact(fully=True)
    assert same(store.read(SYMBOL, "5m"), corrected(bars, 20, 5.0))
    assert same(store.read(SYMBOL, "5m", dt.date(2025, 1, 1), dt.date(2025, 1, 1)), corrected(bars, 20, 5.0))
    assert same(store.read(SYMBOL, "5m", as_of=DAY_1), bars)


def test_writers_whose_clock_runs_behind_do_not_change_what_was_known(store: BarStore) -> None:
    old, new = make(rows=3), corrected(make(rows=3), 0, 9.0)
    store.merge([old], source="sina", now=DAY_2)
    store.merge([new], source="late clock", now=DAY_1)
    assert store.read(SYMBOL, "1d", as_of=DAY_1) is None
    assert same(store.read(SYMBOL, "1d", as_of=DAY_2), new)
    version = store.provenance(SYMBOL, "1d", FIRST)[0]
    assert (version.write.fetched_at, version.since) == (DAY_1, DAY_2)


def test_an_instant_without_a_zone_is_refused(store: BarStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.read(SYMBOL, "1d", as_of=DAY_1.replace(tzinfo=None))


def test_the_past_outlives_many_writes_a_reopening_and_compaction(tmp_path: Path) -> None:
    """More writes than one manifest holds, and more segments than are kept apart."""
    store = ParquetBarStore(tmp_path, grace_s=0)
    bars = make(rows=30)
    for turn in range(300):
        now = DAY_1 + dt.timedelta(minutes=turn)
        store.merge([corrected(bars, turn % 30, float(turn + 1000))], source=f"s{turn}", now=now)
    assert len(list((tmp_path / "1d").iterdir())) < 25
    assert len(list(tmp_path.glob("writes.*.json"))) == 1
    for _ in range(2):
        for turn in (0, 17, 100, 255, 256, 299):
            then = store.read(SYMBOL, "1d", as_of=DAY_1 + dt.timedelta(minutes=turn, seconds=30))
            assert same(then, corrected(bars, turn % 30, float(turn + 1000)))
        versions = store.provenance(SYMBOL, "1d", FIRST)
        assert [one.write.source for one in versions][:4] == ["s271", "s270", "s241", "s240"]
        assert len(versions) == 20
        store.compact(fully=True)
        store = ParquetBarStore(tmp_path, grace_s=0)
    assert store.compact(fully=True) == 0


Row = tuple[float, ...]
KEYS: list[tuple[Interval, str]] = [("1d", "600000.SH"), ("1d", "000001.SZ"), ("5m", "600000.SH")]


def rows_of(bars: Bars | None) -> dict[Any, Row]:
    if bars is None:
        return {}
    columns = [getattr(bars, name).tolist() for name in COLUMNS]
    return {time: tuple(values) for time, *values in zip(*columns, strict=True)}


class AgainstAPlainLog(RuleBasedStateMachine):
    """The store does what a list of all changes says, replayed from its start."""

    place = staticmethod(PLACES["local"])
    keep_days: float | None = None

    @initialize(base_rows=st.sampled_from([1, 4, 12]), max_segments=st.sampled_from([2, 16]))
    def open(self, base_rows: int, max_segments: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.sizes = {"base_rows": base_rows, "max_segments": max_segments, "grace_s": 0, "keep_days": self.keep_days}
        self.store = self.place(self.folder / "bars", **self.sizes)
        self.at = DAY_1
        self.log: list[tuple[dt.datetime, str, dict[Any, dict[Any, Row | None]]]] = []

    def state(self, as_of: dt.datetime | None = None) -> dict[Any, dict[Any, Row]]:
        found: dict[Any, dict[Any, Row]] = {key: {} for key in KEYS}
        for at, _, changes in self.log:
            for key, values in changes.items():
                if as_of is None or at <= as_of:
                    found[key] |= {time: row for time, row in values.items() if row is not None}
                    for time in [time for time, row in values.items() if row is None]:
                        found[key].pop(time, None)
        return found

    def later(self, minutes: int) -> dt.datetime:
        now = self.at + dt.timedelta(minutes=minutes)
        self.at = max(self.at, now)
        return now

    def note(self, now: dt.datetime, source: str, changes: dict[Any, dict[Any, Row | None]]) -> None:
        """Log a change; it comes to hold no earlier than the one before."""
        self.log.append((max([now, *(at for at, _, _ in self.log)]), source, changes))

    @rule(
        wanted=st.dictionaries(
            st.sampled_from(KEYS), st.tuples(st.integers(1, 3), st.sets(st.integers(0, 29), min_size=1)), min_size=1
        ),
        minutes=st.integers(-1, 2),
    )
    def merge(self, wanted: dict[Any, tuple[int, set[int]]], minutes: int) -> None:
        batch, before = [], self.state()
        for (interval, symbol), (seed, at) in wanted.items():
            start = "2024-12-20" if interval == "1d" else "2024-12-31T23:00:00"
            batch.append(make(symbol, 30, start, seed, interval).take(np.array(sorted(at))))
        now = self.later(minutes)
        source = f"s{len(self.log)}"
        receipt = self.store.merge(batch, source=source, now=now)
        changes: dict[Any, dict[Any, Row | None]] = {}
        inserted = updated = 0
        for bars in batch:
            key = (bars.interval, bars.symbol)
            known = before[key]
            fresh = {time: row for time, row in rows_of(bars).items() if known.get(time) != row}
            inserted += len(fresh.keys() - known.keys())
            updated += len(fresh.keys() & known.keys())
            if fresh:
                changes[key] = dict(fresh)
        assert (receipt.inserted, receipt.updated) == (inserted, updated)
        if changes:
            self.note(now, source, changes)

    @rule(key=st.sampled_from(KEYS), minutes=st.integers(0, 1))
    def delete(self, key: tuple[Interval, str], minutes: int) -> None:
        known = self.state()[key]
        now = self.later(minutes)
        assert self.store.delete([key[1]], key[0], now=now) == len(known)
        if known:
            self.note(now, "", {key: dict.fromkeys(known)})

    @rule(key=st.sampled_from(KEYS), skip=st.integers(1, 4))
    def remove(self, key: tuple[Interval, str], skip: int) -> None:
        known = sorted(self.state()[key])[::skip]
        now = self.later(1)
        removed = self.store.remove(key[1], key[0], np.array(known, dtype="datetime64[s]"), now=now)
        assert removed == len(known)
        if known:
            self.note(now, "", {key: dict.fromkeys(known)})

    @rule(fully=st.booleans())
    def compact(self, fully: bool) -> None:
        self.store.compact(fully=fully, now=self.at)

    @rule()
    def reopen(self) -> None:
        self.store = self.place(self.folder / "bars", **self.sizes)

    @rule(key=st.sampled_from(KEYS), step=st.integers(0, 30), back=st.integers(0, 20))
    def look_back(self, key: tuple[Interval, str], step: int, back: int) -> None:
        as_of = self.at - dt.timedelta(minutes=back)
        if (horizon := self.horizon()) and as_of < horizon:
            with pytest.raises(Forgotten, match="QD_BARS__KEEP_DAYS"):
                self.store.read(key[1], key[0], as_of=as_of)
            return
        bars = self.store.read(key[1], key[0], as_of=as_of)
        assert rows_of(bars) == self.state(as_of)[key]
        times = sorted({time for _, _, changes in self.log for time in changes.get(key, {})})
        if times:
            self.ask(key, times[step % len(times)])

    def ask(self, key: tuple[Interval, str], time: Any) -> None:
        expected: list[list[Any]] = []
        for at, source, changes in self.log:
            if time in changes.get(key, {}):
                row = changes[key][time]
                if expected and expected[-1][2] is None:
                    expected[-1][2:] = [at, row is None]
                if row is not None:
                    expected.append([row, source, None, False])
        asked = time.replace(tzinfo=dt.UTC) if key[0] == "5m" else time
        found = self.store.provenance(key[1], key[0], asked)
        told = [self.told(one) for one in found[::-1]]
        assert [one for one in expected if one in told] == told
        forgotten, horizon = [one for one in expected if one not in told], self.horizon()
        assert all(horizon and one[2] and one[2] <= horizon for one in forgotten)

    def horizon(self) -> dt.datetime | None:
        return self.store._manifest.load().head.horizon

    @staticmethod
    def told(one: BarVersion) -> list[Any]:
        [row] = rows_of(one.bar).values()
        return [row, one.write.source, one.until, one.deleted]

    @invariant()
    def what_is_stored_is_what_the_log_says(self) -> None:
        state = self.state()
        for key, values in state.items():
            bars = self.store.read(key[1], key[0])
            assert rows_of(bars) == values
            cover = self.store.coverage(key[1], key[0])
            assert (cover is None) == (not values)
            if cover is not None and bars is not None:
                assert cover.rows == len(values)
                assert (cover.latest.close, cover.latest.suspended) == (bars.close[-1], bars.suspended[-1])

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


class ThatForgets(AgainstAPlainLog):
    keep_days = 4 / 24 / 60


class InABucket(AgainstAPlainLog):
    place = staticmethod(PLACES["minio"])


TestAgainstAPlainLog = AgainstAPlainLog.TestCase
TestThatForgets = ThatForgets.TestCase
TestInABucket = InABucket.TestCase
TestAgainstAPlainLog.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestThatForgets.settings = settings(TestAgainstAPlainLog.settings, max_examples=60)
TestInABucket.settings = settings(TestAgainstAPlainLog.settings, max_examples=8)
