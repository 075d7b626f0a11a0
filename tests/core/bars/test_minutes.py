"""Minute bars of quotes against a plain loop."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.minutes import minute_bars

QUOTES = st.lists(
    st.tuples(st.integers(0, 400_000), st.floats(1, 100), st.one_of(st.just(math.nan), st.floats(0, 1e6))),
    max_size=30,
    unique_by=lambda quote: quote[0],
).map(sorted)


@given(QUOTES)
def test_minutes_are_those_of_a_loop_over_the_quotes(quotes: list[tuple[int, float, float]]) -> None:
    at = np.array([one[0] for one in quotes], dtype="datetime64[ms]")
    last, so_far = (np.array([one[column] for one in quotes], dtype=float) for column in (1, 2))
    bars = minute_bars("600519.SH", at, last, so_far, so_far)

    expected: dict[int, list[float]] = {}
    known, counted = math.nan, 0.0
    for milliseconds, price, day in quotes:
        end = -(-milliseconds // 60_000) * 60
        row = expected.setdefault(end, [price, price, price, price, 0.0, math.nan])
        row[1], row[2], row[3] = max(row[1], price), min(row[2], price), price
        if not math.isnan(day):
            known = day if math.isnan(known) else max(known, day)
        if not math.isnan(known):
            before = row[4]
            row[4] = row[5] = before + known - counted
            counted = known
    assert bars.time.astype(np.int64).tolist() == list(expected)
    got = np.array([bars.open, bars.high, bars.low, bars.close, bars.volume, bars.amount]).T.reshape(-1, 6)
    np.testing.assert_allclose(got, np.array(list(expected.values())).reshape(-1, 6), rtol=1e-9, atol=1e-6)
