"""What every bar store keeps of futures: open interest and settlement, which other bars are without."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.ports.bar_store import BarStore
from tests.contract.test_bar_store import LATER, NOW, make, same

SYMBOL = "rb2410.SHFE"


@pytest.fixture(params=["segments", "base files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BarStore:
    return ParquetBarStore(tmp_path / "bars", base_rows=1 if request.param == "base files" else 1000)


def contract(rows: int = 5, *, hold: float = 1000.0) -> Bars:
    counted = hold + np.arange(rows)
    return replace(make(SYMBOL, rows), open_interest=counted, settle=np.where(counted % 2, 3500.0, np.nan))


def told(values: FloatArray | None) -> list[float | None] | None:
    return None if values is None else [None if np.isnan(value) else float(value) for value in values]


def test_open_interest_and_settlement_read_back(store: BarStore) -> None:
    store.merge([contract()], source="sina", now=NOW)
    found = store.read(SYMBOL, "1d")
    assert found is not None
    assert same(found, contract())
    assert told(found.open_interest) == [1000, 1001, 1002, 1003, 1004]
    assert told(found.settle) == [None, 3500, None, 3500, None]
    part = store.read(SYMBOL, "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 3))
    assert part is not None
    assert told(part.open_interest) == [1001, 1002]


def test_a_share_has_neither(store: BarStore) -> None:
    store.merge([make(), contract()], source="import", now=NOW)
    found = store.read("600519.SH", "1d")
    assert found is not None
    assert found.open_interest is None
    assert found.settle is None


def test_a_settlement_that_comes_later_is_a_correction(store: BarStore) -> None:
    bars = contract()
    store.merge([replace(bars, settle=None)], source="sina", now=NOW)
    before = store.coverage(SYMBOL, "1d")
    receipt = store.merge([bars], source="sina", now=LATER)
    assert (receipt.inserted, receipt.updated, receipt.unchanged) == (0, 2, 3)
    after = store.coverage(SYMBOL, "1d")
    assert before
    assert after
    assert before.etag != after.etag
    then = store.read(SYMBOL, "1d", as_of=NOW)
    assert then is not None
    assert then.settle is None
    assert told(then.open_interest) == told(bars.open_interest)
    versions = store.provenance(SYMBOL, "1d", dt.date(2024, 1, 2))
    assert [told(one.bar.settle) for one in versions] == [[3500], None]


def test_bars_with_and_without_them_lie_together(store: BarStore) -> None:
    late = make(SYMBOL, 3, start="2024-01-06", seed=2)
    store.merge([contract()], source="sina", now=NOW)
    store.merge([late], source="import", now=LATER)
    store.compact(fully=True)
    found = store.read(SYMBOL, "1d")
    assert found is not None
    assert told(found.open_interest) == [1000, 1001, 1002, 1003, 1004, None, None, None]


def test_the_tag_says_open_interest_and_settlement_apart(store: BarStore) -> None:
    bars = contract(1)
    one, none = np.array([7.0]), np.array([np.nan])
    tags = set()
    for hold, settle in ((one, none), (none, one), (one, one), (none, none)):
        store.merge([replace(bars, open_interest=hold, settle=settle)], source="sina", now=NOW)
        cover = store.coverage(SYMBOL, "1d")
        assert cover
        tags.add(cover.etag)
    assert len(tags) == 4


def test_the_tag_of_bars_without_them_is_what_it_was_before_there_were_any(store: BarStore) -> None:
    store.merge([make(rows=5)], source="import", now=NOW)
    cover = store.coverage("600519.SH", "1d")
    assert cover
    assert cover.etag == "9e40bc1b69fe2bc4097d2cb789a79957"
