"""What a bar store forgets when it is told to keep the past for some days only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.ports.errors import Forgotten
from tests.contract.test_bar_store import make, same
from tests.contract.test_bar_store_past import DAY_1, FIRST, SYMBOL, corrected
from tests.support.bar_places import PLACES, Opener

MONTH = dt.timedelta(days=30)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Opener:
    return PLACES[request.param]


@pytest.mark.parametrize("base_rows", [1, 1000])
def test_what_ended_before_the_horizon_goes_and_the_rest_stays(tmp_path: Path, place: Opener, base_rows: int) -> None:
    """Three versions a month apart, and 45 days kept."""
    store = place(tmp_path, grace_s=0, keep_days=45, base_rows=base_rows)
    versions = [corrected(make(), 2, float(100 + turn)) for turn in range(3)]
    for turn, bars in enumerate(versions):
        store.merge([bars], source=f"s{turn}", now=DAY_1 + turn * MONTH)
    now = DAY_1 + 2 * MONTH + dt.timedelta(days=16)
    store.compact(fully=True, now=now)
    for again in (store, place(tmp_path, grace_s=0, keep_days=45, base_rows=base_rows)):
        with pytest.raises(Forgotten, match=r"before 2026-02-05.*QD_BARS__KEEP_DAYS"):
            again.read(SYMBOL, "1d", as_of=DAY_1 + dt.timedelta(days=1))
        assert same(again.read(SYMBOL, "1d", as_of=now - dt.timedelta(days=45)), versions[1])
        assert same(again.read(SYMBOL, "1d"), versions[2])
        bar = again.provenance(SYMBOL, "1d", FIRST + dt.timedelta(days=2))
        assert [one.write.source for one in bar] == ["s2", "s1"]
        assert [one.write.source for one in again.provenance(SYMBOL, "1d", FIRST)] == ["s0"], "it still holds"
    assert store.compact(fully=True, now=now) == 0


def test_for_ever_is_the_default(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path, grace_s=0)
    store.merge([make()], source="s0", now=DAY_1)
    store.merge([corrected(make(), 2, 7.0)], source="s1", now=DAY_1 + MONTH)
    store.compact(fully=True, now=DAY_1 + 10_000 * MONTH)
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), make())


def test_deleted_bars_go_altogether_and_their_files_with_them(tmp_path: Path, place: Opener) -> None:
    store = place(tmp_path, grace_s=0, keep_days=10)
    store.merge([make(rows=2000), make("000001.SZ")], source="s0", now=DAY_1)
    store.delete([SYMBOL], "1d", now=DAY_1 + dt.timedelta(days=1))
    store.compact(fully=True, now=DAY_1 + dt.timedelta(days=5))
    assert same(store.read(SYMBOL, "1d", as_of=DAY_1), make(rows=2000))
    store.compact(fully=True, now=DAY_1 + MONTH)
    assert store.read(SYMBOL, "1d") is None
    assert store.provenance(SYMBOL, "1d", FIRST) == []
    assert not [name for name in store._files.list() if SYMBOL in name.name]
    assert same(store.read("000001.SZ", "1d"), make("000001.SZ"))
    store.merge([make()], source="again", now=DAY_1 + 2 * MONTH)
    assert same(store.read(SYMBOL, "1d"), make())
    assert store.read(SYMBOL, "1d", as_of=DAY_1 + MONTH) is None


def test_a_removed_bar_is_forgotten_and_does_not_come_back(tmp_path: Path, place: Opener) -> None:
    store = place(tmp_path, grace_s=0, keep_days=10)
    bars = make()
    store.merge([bars], source="s0", now=DAY_1)
    store.remove(SYMBOL, "1d", bars.time[[2]], now=DAY_1 + dt.timedelta(days=1))
    store.compact(fully=True, now=DAY_1 + MONTH)
    stored = store.read(SYMBOL, "1d")
    assert stored is not None
    np.testing.assert_array_equal(stored.time, bars.time[[0, 1, 3, 4]])
    assert store.provenance(SYMBOL, "1d", FIRST + dt.timedelta(days=2)) == []
    horizon = DAY_1 + MONTH - dt.timedelta(days=10)
    assert len(store.read(SYMBOL, "1d", as_of=horizon) or ()) == 4


def test_a_store_that_forgot_is_read_by_one_that_keeps_for_ever(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path, keep_days=10)
    store.merge([make()], source="s0", now=DAY_1)
    store.merge([corrected(make(), 2, 7.0)], source="s1", now=DAY_1 + dt.timedelta(days=1))
    store.compact(fully=True, now=DAY_1 + MONTH)
    keeping = ParquetBarStore(tmp_path)
    with pytest.raises(Forgotten):
        keeping.read(SYMBOL, "1d", as_of=DAY_1)
    keeping.merge([corrected(make(), 2, 8.0)], source="s2", now=DAY_1 + MONTH)
    with pytest.raises(Forgotten):
        keeping.read(SYMBOL, "1d", as_of=DAY_1)
