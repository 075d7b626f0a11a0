"""Bull, bear and range: the rule on made-up indices, the figures by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from quantdesk.core.metrics.regimes import NAMES, classify_days, regimes_of
from tests.fakes.made_bars import business_days


def names(close: np.ndarray) -> list[str]:
    return [NAMES[n] for n in classify_days(close)]


def test_a_rising_index_is_a_bull_a_falling_one_a_bear_and_the_first_219_days_are_unknown() -> None:
    rising = names(np.linspace(100, 200, 260))
    assert set(rising[:219]) == {"unknown"}
    assert set(rising[219:]) == {"bull"}
    assert set(names(np.linspace(200, 100, 260))[219:]) == {"bear"}
    assert names(np.linspace(100, 200, 219)) == ["unknown"] * 219


def test_an_index_that_turns_is_in_range_until_its_average_follows() -> None:
    close = np.concatenate([np.linspace(100, 200, 300), np.linspace(199, 130, 100)])
    after = names(close)[300:]
    below = next(n for n, price in enumerate(close[300:]) if price < close[300 + n - 199 : 301 + n].mean())
    assert set(after[:below]) == {"bull"}
    assert after[below] == "range"  # below its average, which still rises
    assert after[-1] == "bear"


def test_a_constant_index_is_in_range() -> None:
    assert set(names(np.full(230, 100.0))[219:]) == {"range"}


def test_a_regime_never_depends_on_later_days() -> None:
    close = 100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, 500)))
    whole = classify_days(close)
    for cut in (220, 300, 499):
        assert classify_days(close[:cut]).tolist() == whole[:cut].tolist()


def test_figures_of_each_regime_by_hand() -> None:
    days = business_days("2020-01-01", 305)
    index = np.concatenate([np.linspace(100, 200, 300), [120, 119, 118, 117, 130]])
    run = days[-7:]
    dates: list[dt.date] = run.tolist()
    returns = np.array([0.01, 0.02, -0.05, 0.0, 0.10, -0.20, 0.0])
    found = regimes_of(dates, run, returns, days, index, "benchmark")
    assert [(spell.regime, spell.start, spell.end) for spell in found.spells] == [
        ("bull", dates[0], dates[1]),
        ("range", dates[2], dates[6]),
    ]
    bull, sideways = found.rows
    assert (bull.regime, bull.days, sideways.regime, sideways.days) == ("bull", 2, "range", 5)
    assert bull.total_return == pytest.approx(1.01 * 1.02 - 1)
    assert bull.max_drawdown == 0.0
    assert bull.benchmark_return == pytest.approx(index[299] / index[297] - 1)
    assert sideways.total_return == pytest.approx(0.95 * 1.10 * 0.80 - 1)
    assert sideways.max_drawdown == pytest.approx(-0.20)
    assert sideways.benchmark_return == pytest.approx(130 / 200 - 1)


def test_without_an_index_every_day_is_unknown() -> None:
    run = business_days("2020-01-01", 3)
    nothing = np.array([], dtype="datetime64[D]")
    found = regimes_of(run.tolist(), run, np.array([0.0, 0.1, 0.0]), nothing, np.array([]), "equal_weight")
    assert [(row.regime, row.days, row.benchmark_return) for row in found.rows] == [("unknown", 3, None)]
