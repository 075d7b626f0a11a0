"""What every bar store promises. Written against the port; each adapter is one parameter of `store`."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.frame import COLUMNS, Bars, Interval
from quantdesk.ports.bar_store import BarStore, LastBar
from tests.support.bar_places import PLACES

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture(params=PLACES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BarStore:
    return PLACES[request.param](tmp_path / "bars")


def make(
    symbol: str = "600519.SH",
    rows: int = 5,
    start: str = "2024-01-01",
    seed: int = 1,
    interval: Interval = "1d",
) -> Bars:
    rng = np.random.default_rng(seed)
    step = np.timedelta64(1, "D") if interval == "1d" else np.timedelta64(300, "s")
    first = np.array(start, dtype="datetime64[D]" if interval == "1d" else "datetime64[s]")
    times: Any = first + np.arange(rows) * step
    columns: dict[str, Any] = {
        name: rng.random(rows) * 100 + 0.1 for name in ("open", "high", "low", "close", "volume", "amount", "preclose")
    }
    return Bars(
        symbol=symbol,
        interval=interval,
        time=times,
        suspended=rng.random(rows) < 0.3,
        is_st=rng.random(rows) < 0.3,
        **columns,
    )


def same(a: Bars | None, b: Bars) -> bool:
    return a is not None and all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name not in ("suspended", "is_st", "time"))
        and getattr(a, name).dtype == getattr(b, name).dtype
        for name in COLUMNS
    )


def test_an_empty_store_has_nothing(store: BarStore) -> None:
    assert store.read("600519.SH", "1d") is None
    assert store.coverage("600519.SH", "1d") is None
    assert store.list_coverage("1d") == []
    assert store.delete(["600519.SH"], "1d") == 0


def test_what_is_written_reads_back_to_the_last_bit(store: BarStore) -> None:
    bars = replace(make(rows=300), amount=np.full(300, np.nan), close=np.full(300, 0.1 + 0.2))
    receipt = store.merge([bars], source="import", now=NOW)
    assert (receipt.inserted, receipt.updated, receipt.unchanged) == (300, 0, 0)
    assert receipt.symbols_changed == ("600519.SH",)
    assert same(store.read("600519.SH", "1d"), bars)


def test_coverage_tells_what_is_stored(store: BarStore) -> None:
    store.merge([make(rows=5), make("000001.SZ", rows=3)], source="import", now=NOW)
    cover = store.coverage("600519.SH", "1d")
    assert cover is not None
    assert (cover.first, cover.last, cover.rows) == (dt.date(2024, 1, 1), dt.date(2024, 1, 5), 5)
    assert (cover.symbol, cover.interval, cover.source, cover.updated_at) == ("600519.SH", "1d", "import", NOW)
    assert [c.symbol for c in store.list_coverage("1d")] == ["000001.SZ", "600519.SH"]
    assert store.list_coverage("5m") == []


def test_a_range_is_read_with_both_ends(store: BarStore) -> None:
    store.merge([make(rows=10)], source="import", now=NOW)
    part = store.read("600519.SH", "1d", dt.date(2024, 1, 3), dt.date(2024, 1, 5))
    assert part is not None
    assert part.time.astype(str).tolist() == ["2024-01-03", "2024-01-04", "2024-01-05"]
    everything = store.read("600519.SH", "1d", dt.date.min, dt.date.max)
    assert everything is not None
    assert len(everything) == 10
    nothing = store.read("600519.SH", "1d", dt.date(2030, 1, 1))
    assert nothing is not None
    assert len(nothing) == 0


def test_bars_within_the_day_keep_their_seconds_and_are_cut_by_shanghai_days(store: BarStore) -> None:
    bars = make(interval="5m", rows=4, start="2024-01-01T15:50:00")  # 23:50, 23:55, 00:00, 00:05 in Shanghai
    store.merge([bars], source="import", now=NOW)
    assert same(store.read("600519.SH", "5m"), bars)
    second_day = store.read("600519.SH", "5m", dt.date(2024, 1, 2), dt.date(2024, 1, 2))
    assert second_day is not None
    assert len(second_day) == 2
    cover = store.coverage("600519.SH", "5m")
    assert cover is not None
    assert (cover.first, cover.last) == (dt.date(2024, 1, 1), dt.date(2024, 1, 2))


def test_intervals_are_kept_apart(store: BarStore) -> None:
    store.merge([make(), make(interval="5m", rows=7)], source="import", now=NOW)
    store.delete(["600519.SH"], "5m")
    assert store.read("600519.SH", "5m") is None
    assert same(store.read("600519.SH", "1d"), make())


def test_the_same_write_again_changes_nothing(store: BarStore) -> None:
    bars = replace(make(), amount=np.array([1.0, np.nan, 3.0, np.nan, 5.0]))
    store.merge([bars], source="import", now=NOW)
    before = store.coverage("600519.SH", "1d")
    receipt = store.merge([bars], source="other", now=LATER)
    assert (receipt.inserted, receipt.updated, receipt.unchanged, receipt.symbols_changed) == (0, 0, 5, ())
    assert store.coverage("600519.SH", "1d") == before


def test_new_days_are_inserted_differing_ones_replaced_and_the_rest_kept(store: BarStore) -> None:
    old = make(rows=6)
    store.merge([old], source="import", now=NOW)
    close = old.close.copy()
    close[4] += 0.01
    new = make(rows=4, start="2024-01-07", seed=2)
    columns = {n: np.concatenate((getattr(replace(old, close=close), n)[3:], getattr(new, n))) for n in COLUMNS}
    receipt = store.merge([Bars(symbol=old.symbol, interval="1d", **columns)], source="akshare", now=LATER)
    assert (receipt.inserted, receipt.updated, receipt.unchanged) == (4, 1, 2)
    stored = store.read("600519.SH", "1d")
    assert stored is not None
    np.testing.assert_array_equal(stored.close, np.concatenate((close, new.close)))
    cover = store.coverage("600519.SH", "1d")
    assert cover is not None
    assert (cover.rows, cover.source, cover.updated_at) == (10, "akshare", LATER)


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "time"])
def test_a_change_in_any_column_changes_the_etag_and_back_gives_it_back(store: BarStore, name: str) -> None:
    def etag() -> str:
        cover = store.coverage("600519.SH", "1d")
        assert cover is not None
        return cover.etag

    bars = make()
    store.merge([bars], source="import", now=NOW)
    first = etag()
    column = getattr(bars, name).copy()
    column[2] = ~column[2] if column.dtype == np.bool_ else column[2] + 0.01
    receipt = store.merge([replace(bars, **{name: column})], source="import", now=NOW)
    assert receipt.updated == 1
    assert etag() != first
    store.merge([bars], source="import", now=NOW)
    assert etag() == first


def test_of_a_symbol_given_twice_the_later_bars_win(store: BarStore) -> None:
    store.merge([make(seed=1), make(seed=2), make(seed=1).take(slice(0, 1))], source="import", now=NOW)
    stored = store.read("600519.SH", "1d")
    assert stored is not None
    assert stored.close[0] == make(seed=1).close[0]
    np.testing.assert_array_equal(stored.close[1:], make(seed=2).close[1:])


def test_an_empty_batch_and_empty_bars_store_nothing(store: BarStore) -> None:
    for batch in ([], [make(rows=0)]):
        receipt = store.merge(batch, source="import", now=NOW)
        assert (receipt.inserted, receipt.symbols_changed) == (0, ())
    assert store.list_coverage("1d") == []


def test_one_unsorted_series_refuses_the_whole_batch(store: BarStore) -> None:
    store.merge([make()], source="import", now=NOW)
    for order in ([1, 0, 2], [0, 1, 1]):
        with pytest.raises(ValueError, match=r"000002\.SZ.*oldest first"):
            store.merge([make("000001.SZ"), make("000002.SZ").take(order)], source="import", now=NOW)
    assert [c.symbol for c in store.list_coverage("1d")] == ["600519.SH"]


def test_columns_of_different_length_are_refused(store: BarStore) -> None:
    with pytest.raises(ValueError, match="column close"):
        store.merge([replace(make(), close=np.ones(3))], source="import", now=NOW)


@pytest.mark.parametrize("symbol", ["../evil", "/etc/passwd", "a/b", "", ".hidden", "x" * 65, "nul\0", "中文", "a\n"])
def test_a_symbol_that_is_no_plain_name_is_refused(store: BarStore, symbol: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such symbol"):
        store.merge([make(symbol)], source="import", now=NOW)
    assert store.read(symbol, "1d") is None
    assert not (tmp_path / "evil").exists()


def test_an_instant_without_a_zone_is_refused(store: BarStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.merge([make()], source="import", now=NOW.replace(tzinfo=None))


def test_deleted_bars_are_gone_and_can_be_written_again(store: BarStore) -> None:
    store.merge([make(), make("000001.SZ", rows=3)], source="import", now=NOW)
    assert store.delete(["600519.SH", "999999.SH"], "1d") == 5
    assert store.read("600519.SH", "1d") is None
    assert [c.symbol for c in store.list_coverage("1d")] == ["000001.SZ"]
    assert store.merge([make()], source="import", now=NOW).inserted == 5


def test_removed_bars_are_gone_and_the_others_stay(store: BarStore) -> None:
    bars = make()
    store.merge([bars, make("000001.SZ", rows=3)], source="import", now=NOW)
    before = store.coverage("600519.SH", "1d")
    unknown = np.datetime64("1999-01-01")
    assert store.remove("600519.SH", "1d", np.append(bars.time[[1, 4]], unknown), now=NOW) == 2
    left = store.read("600519.SH", "1d")
    after = store.coverage("600519.SH", "1d")
    assert left is not None
    assert before is not None
    assert after is not None
    assert left.time.tolist() == bars.time[[0, 2, 3]].tolist()
    assert (after.rows, after.last, after.source) == (3, bars.time[3].item(), "import")
    assert after.etag != before.etag
    assert store.remove("600519.SH", "1d", bars.time[[1]], now=NOW) == 0
    assert store.remove("999999.SH", "1d", bars.time, now=NOW) == 0
    store.merge([bars.take([1, 4])], source="import", now=NOW)
    again = store.coverage("600519.SH", "1d")
    assert again is not None
    assert again.etag == before.etag
    assert store.remove("600519.SH", "1d", bars.time, now=NOW) == 5
    assert store.read("600519.SH", "1d") is None
    assert [c.symbol for c in store.list_coverage("1d")] == ["000001.SZ"]


def test_coverage_has_the_figures_of_the_newest_bar(store: BarStore) -> None:
    bars = make(rows=3)
    store.merge([bars], source="import", now=NOW)
    coverage = store.coverage("600519.SH", "1d")
    assert coverage is not None
    assert coverage.latest == LastBar(
        float(bars.close[2]), float(bars.preclose[2]), bool(bars.suspended[2]), bool(bars.is_st[2])
    )


def test_where_the_previous_close_is_unknown_the_close_before_stands_for_it(store: BarStore) -> None:
    bars = replace(make(rows=2), preclose=np.full(2, np.nan))
    store.merge([bars.take([0])], source="import", now=NOW)
    [first] = store.list_coverage("1d")
    assert (first.latest.previous_close, first.latest.change) == (None, None)
    store.merge([bars], source="import", now=NOW)
    [second] = store.list_coverage("1d")
    assert second.latest.previous_close == bars.close[0]
    assert second.latest.change == bars.close[1] / bars.close[0] - 1


def test_the_size_follows_what_is_stored(store: BarStore) -> None:
    assert store.size() == 0
    store.merge([make(), make("000001.SZ")], source="import", now=NOW)
    both = store.size()
    store.delete(["600519.SH"], "1d")
    assert 0 < store.size() < both


def test_what_was_read_is_the_callers_own(store: BarStore) -> None:
    store.merge([make()], source="import", now=NOW)
    first = store.read("600519.SH", "1d")
    assert first is not None
    if first.close.flags.writeable:
        first.close[:] = 0
    assert same(store.read("600519.SH", "1d"), make())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_sequence_of_merges_equals_a_plain_dictionary(seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - not for secrets
    for make_store in PLACES.values():
        with tempfile.TemporaryDirectory() as folder:
            store = make_store(Path(folder) / "bars")
            model: dict[str, dict[str, float]] = {}
            for step in range(5):
                batch = []
                for symbol in choose.sample(["600000.SH", "000001.SZ", "430047.BJ"], choose.randint(1, 3)):
                    days = sorted(choose.sample(range(30), choose.randint(1, 20)))
                    bars = make(symbol, rows=30, seed=choose.randint(1, 3)).take(np.array(days))
                    batch.append(bars)
                known = {s: dict(days) for s, days in model.items()}
                inserted = updated = 0
                for bars in batch:
                    kept = model.setdefault(bars.symbol, {})
                    for day, close in zip(bars.time.astype(str), bars.close.tolist(), strict=True):
                        inserted += day not in known.get(bars.symbol, {})
                        updated += known.get(bars.symbol, {}).get(day, close) != close
                        kept[day] = close
                receipt = store.merge(batch, source="import", now=NOW + dt.timedelta(minutes=step))
                assert (receipt.inserted, receipt.updated) == (inserted, updated)
            for symbol, closes in model.items():
                stored = store.read(symbol, "1d")
                assert stored is not None
                got = dict(zip(stored.time.astype(str).tolist(), stored.close.tolist(), strict=True))
                assert got == dict(sorted(closes.items()))
