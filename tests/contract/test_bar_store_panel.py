"""Panels: what the store reads of many symbols at once equals what it reads of each."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.adjust import Adjustment, adjust, cumulative_factor
from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.panel import PANEL_FIELDS, PRICE_FIELDS, SuspendedDays
from quantdesk.ports.bar_store import BarStore
from tests.contract.test_bar_store import make
from tests.fakes.made_bars import bars_of
from tests.support.bar_places import PLACES

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
START, END = dt.date(2024, 1, 10), dt.date(2024, 3, 20)


@pytest.fixture(params=[(place, rows) for place in PLACES for rows in ("segments", "base files", "both")], ids=" ".join)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BarStore:
    """A market of symbols that were listed, halted and delisted on different days; one never in the range."""
    place, rows = request.param
    store = PLACES[place](tmp_path / "bars", base_rows=1 if rows == "base files" else 1000)
    choose = random.Random(3)  # noqa: S311 - not for secrets
    batch = [with_dividends(make(f"60000{n}.SH", 120, "2023-12-20", n), n) for n in range(5)]
    batch += [with_dividends(make(f"60001{n}.SH", 120, "2023-12-20", n).take(some(choose, 120)), n) for n in range(5)]
    batch.append(make("600020.SH", 30, "2010-01-01"))
    store.merge(batch[::2], source="import", now=NOW)
    if rows == "both":
        store.compact(fully=True)
    store.merge([bars.take(slice(10)) for bars in batch], source="import", now=NOW)
    store.merge(batch, source="import", now=NOW)
    return store


def some(choose: random.Random, rows: int) -> np.ndarray:
    return np.array(sorted(choose.sample(range(rows), 60)))


def with_dividends(bars: Bars, every: int) -> Bars:
    preclose = np.concatenate([bars.close[:1], bars.close[:-1]])
    preclose[every + 5 :: 17] *= 0.97
    return replace(bars, preclose=preclose)


SYMBOLS = [f"60000{n}.SH" for n in range(5)] + [f"60001{n}.SH" for n in range(5)]


@pytest.mark.parametrize("adjustment", ["none", "qfq", "hfq"])
@pytest.mark.parametrize("suspended", ["nan", "keep"])
def test_a_panel_is_the_symbols_own_bars_side_by_side(
    store: BarStore, adjustment: Adjustment, suspended: SuspendedDays
) -> None:
    symbols = [*SYMBOLS[3:], "600020.SH", "999999.SH", *SYMBOLS[:3]]
    panel = store.read_panel(symbols, PANEL_FIELDS, START, END, adjustment=adjustment, suspended=suspended)
    assert panel.symbols == tuple(symbols)
    assert list(panel.fields) == list(PANEL_FIELDS)
    assert panel.time.dtype == np.dtype("datetime64[D]")
    days = set()
    for row, symbol in enumerate(symbols):
        whole = store.read(symbol, "1d")
        if whole is None:
            assert all(np.isnan(values[row]).all() for values in panel.fields.values())
            continue
        factor = cumulative_factor(whole)
        bars = adjust(whole, adjustment, END)
        kept = (bars.time >= np.datetime64(START)) & (bars.time <= np.datetime64(END))
        bars, factor = bars.take(kept), factor[kept]
        days |= set(bars.time.tolist())
        at = np.searchsorted(panel.time, bars.time)
        for name in PANEL_FIELDS:
            values = factor if name == "factor" else getattr(bars, name).astype(float)
            if suspended == "nan" and name in PRICE_FIELDS:
                values = np.where(bars.suspended, np.nan, values)
            expected = np.full(len(panel.time), np.nan)
            expected[at] = values
            np.testing.assert_array_equal(panel[name][row], expected)
    assert panel.time.tolist() == sorted(days)


def test_symbols_without_a_day_in_common_are_on_one_axis(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    first, second = (
        bars_of("600000.SH", [1.0, 2.0], start="2024-01-08"),
        bars_of("600001.SH", [3.0], start="2024-01-03"),
    )
    store.merge([first, second], source="import", now=NOW)
    panel = store.read_panel(["600000.SH", "600001.SH"], ["close"], dt.date(2024, 1, 1), dt.date(2024, 1, 31))
    assert panel.time.astype(str).tolist() == ["2024-01-03", "2024-01-08", "2024-01-09"]
    np.testing.assert_array_equal(panel["close"], [[np.nan, 1.0, 2.0], [3.0, np.nan, np.nan]])


def test_prices_of_a_suspended_day_are_nan_its_volume_is_zero(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    store.merge([bars_of("600000.SH", [1.0, 1.0, 2.0], suspended=[1])], source="import", now=NOW)
    panel = store.read_panel(["600000.SH"], ["close", "volume"], dt.date(2020, 1, 1), dt.date(2020, 1, 31))
    np.testing.assert_array_equal(panel["close"], [[1.0, np.nan, 2.0]])
    np.testing.assert_array_equal(panel["volume"], [[1e6, 0.0, 1e6]])


def test_bars_within_the_day_make_a_panel_of_instants(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    bars = replace(make(interval="5m", rows=9, start="2024-12-31T23:40:00"), suspended=np.zeros(9, np.bool_))
    store.merge([bars], source="import", now=NOW)
    panel = store.read_panel(["600519.SH"], ["close"], dt.date(2025, 1, 1), dt.date(2025, 1, 1), interval="5m")
    assert panel.time.tolist() == bars.time.tolist()
    np.testing.assert_array_equal(panel["close"], [bars.close])


def test_an_empty_store_gives_an_empty_panel(tmp_path: Path) -> None:
    panel = ParquetBarStore(tmp_path).read_panel(["600000.SH"], ["close"], START, END)
    assert panel["close"].shape == (1, 0)
    assert ParquetBarStore(tmp_path).read_panel([], ["close"], START, END)["close"].shape == (0, 0)
    with pytest.raises(KeyError, match="no field 'open'"):
        panel["open"]


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    with pytest.raises(ValueError, match="'vwap' is unknown"):
        store.read_panel(["600000.SH"], ["vwap"], START, END)
    with pytest.raises(ValueError, match="before start"):
        store.read_panel(["600000.SH"], ["close"], END, START)
    with pytest.raises(ValueError, match="twice"):
        store.read_panel(["600000.SH", "600000.SH"], ["close"], START, END)
