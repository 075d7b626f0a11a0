"""Thinning keeps every extreme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.thin import bucket_ends, bucket_starts, thin_bars, thin_line


def walk(rows: int, seed: int = 1) -> Bars:
    rng = np.random.default_rng(seed)
    close = 50 + rng.normal(size=rows).cumsum()
    opening = close + rng.normal(size=rows)
    return Bars(
        symbol="600000.SH",
        interval="1d",
        time=np.datetime64("1995-01-01") + np.arange(rows),
        open=opening,
        high=np.maximum(opening, close) + rng.random(rows),
        low=np.minimum(opening, close) - rng.random(rows),
        close=close,
        volume=rng.integers(1, 1000, rows).astype(np.float64),
        amount=np.full(rows, np.nan),
        preclose=np.concatenate(([50.0], close[:-1]))[:rows],
        suspended=np.zeros(rows, dtype=np.bool_),
        is_st=np.zeros(rows, dtype=np.bool_),
    )


@given(st.integers(0, 400), st.integers(1, 120))
def test_thinned_bars_keep_extremes_ends_and_volume(rows: int, max_points: int) -> None:
    bars = walk(rows)
    thin = thin_bars(bars, max_points)
    assert len(thin) == min(rows, max_points)
    if rows == 0:
        return
    assert thin.high.max() == bars.high.max()
    assert thin.low.min() == bars.low.min()
    assert (thin.open[0], thin.close[-1], thin.time[-1]) == (bars.open[0], bars.close[-1], bars.time[-1])
    assert thin.volume.sum() == pytest.approx(bars.volume.sum())
    starts, ends = bucket_starts(rows, max_points), bucket_ends(rows, max_points)
    for point, (a, b) in enumerate(zip(starts, ends, strict=True)):
        assert thin.open[point] == bars.open[a]
        assert thin.close[point] == bars.close[b]
        assert thin.high[point] == bars.high[a : b + 1].max()
        assert thin.low[point] == bars.low[a : b + 1].min()


@given(st.integers(1, 5000), st.integers(1, 500))
def test_buckets_cover_all_rows_evenly(rows: int, max_points: int) -> None:
    starts, ends = bucket_starts(rows, max_points), bucket_ends(rows, max_points)
    lengths = ends - starts + 1
    assert starts[0] == 0
    assert ends[-1] == rows - 1
    assert lengths.sum() == rows
    assert lengths.max() - lengths.min() <= 1


def test_few_bars_come_back_as_they_are() -> None:
    bars = walk(100)
    assert thin_bars(bars, 100) is bars


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), max_size=300), st.integers(4, 60))
def test_a_thinned_line_keeps_first_last_lowest_and_highest(values: list[float], max_points: int) -> None:
    line = np.array(values, dtype=np.float64)
    kept = thin_line(line, max_points)
    assert len(kept) <= max_points
    assert (np.diff(kept) > 0).all()
    if len(line) == 0:
        return
    assert (kept[0], kept[-1]) == (0, len(line) - 1)
    known = line[~np.isnan(line)]
    if len(known):
        assert np.nanmax(line[kept]) == known.max()
        assert np.nanmin(line[kept]) == known.min()


def test_a_gap_in_a_line_stays_visible() -> None:
    line = np.concatenate((np.ones(100), np.full(100, np.nan), np.ones(100)))
    kept = thin_line(line, 20)
    assert np.isnan(line[kept]).any()


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="max_points is 3"):
        thin_line(np.ones(10), 3)
    with pytest.raises(ValueError, match="max_points is 0"):
        thin_bars(walk(10), 0)
