"""Metrics against figures worked out by hand, and against straightforward pandas code."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import drawdown_series, max_drawdown
from quantdesk.core.metrics.monthly import MonthReturn, monthly_returns
from quantdesk.core.metrics.report import metrics_of

EQUITY = np.array([100.0, 110.0, 99.0, 104.0, 120.0, 90.0])


def test_golden_figures_of_six_days():
    daily = r.daily_returns(EQUITY)
    assert daily == pytest.approx([0.1, -0.1, 5 / 99, 16 / 104, -0.25])
    total = r.total_return(EQUITY, 100.0)
    assert total == pytest.approx(-0.1)
    assert r.annual_return(5000.0, 3) is None  # 5001^84 is beyond floats
    assert r.annual_return(total, 6) == pytest.approx(0.9**42 - 1)
    mean = (0.1 - 0.1 + 5 / 99 + 16 / 104 - 0.25) / 5
    variance = sum((x - mean) ** 2 for x in (0.1, -0.1, 5 / 99, 16 / 104, -0.25)) / 4
    assert r.volatility(daily) == pytest.approx(math.sqrt(variance * 252))
    assert r.sharpe(daily) == pytest.approx(mean / math.sqrt(variance) * math.sqrt(252))
    downside = math.sqrt((0.1**2 + 0.25**2) / 5)
    assert r.sortino(daily) == pytest.approx(mean / downside * math.sqrt(252))


def test_deepest_drawdown_with_its_days():
    found = max_drawdown(EQUITY)
    assert (found.depth, found.peak, found.trough, found.recovered) == (-0.25, 4, 5, None)
    recovered = max_drawdown(np.array([100.0, 120.0, 120.0, 90.0, 119.0, 120.0]))
    assert (recovered.depth, recovered.peak, recovered.trough, recovered.recovered) == (-0.25, 2, 3, 5)
    rising = max_drawdown(np.array([1.0, 2.0, 3.0]))
    assert (rising.depth, rising.peak, rising.trough, rising.recovered) == (0.0, None, None, None)


@given(st.lists(st.floats(1.0, 1e9), min_size=1, max_size=60))
def test_drawdown_is_the_depth_below_the_running_peak(values: list[float]):
    equity = np.array(values)
    series = drawdown_series(equity)
    oracle = pd.Series(values) / pd.Series(values).cummax() - 1
    assert series == pytest.approx(oracle.to_numpy())
    found = max_drawdown(equity)
    assert found.depth == series.min()
    if found.peak is not None and found.trough is not None:
        assert equity[found.trough] / equity[found.peak] - 1 == pytest.approx(found.depth)


def test_random_returns_agree_with_pandas():
    rng = np.random.default_rng(3)
    a, b = pd.Series(rng.normal(0.001, 0.02, 700)), pd.Series(rng.normal(0.0005, 0.015, 700))
    a = a + 0.6 * b
    alpha, beta = r.alpha_beta(a.to_numpy(), b.to_numpy())
    assert beta == pytest.approx(a.cov(b) / b.var())
    assert alpha == pytest.approx((1 + a.mean() - beta * b.mean()) ** 252 - 1)
    active = a - b
    assert r.information_ratio(a.to_numpy(), b.to_numpy()) == pytest.approx(active.mean() / active.std() * 252**0.5)
    assert r.sharpe(a.to_numpy()) == pytest.approx(a.mean() / a.std() * 252**0.5)
    assert r.sortino(a.to_numpy()) == pytest.approx(a.mean() * 252 / ((a.clip(upper=0) ** 2).mean() ** 0.5 * 252**0.5))


def test_days_without_a_benchmark_value_are_left_out_of_the_regression():
    a = np.array([0.01, 0.02, -0.01, 0.03])
    b = np.array([np.nan, 0.01, -0.02, 0.02])
    assert r.alpha_beta(a, b) == r.alpha_beta(a[1:], b[1:])


def test_what_is_not_defined_is_none():
    flat = np.zeros(10)
    assert r.sharpe(flat) is None
    assert r.sortino(np.full(5, 0.01)) is None
    assert r.volatility(np.array([0.1])) is None
    assert r.annual_return(0.1, 1) is None
    assert r.calmar(0.2, 0.0) is None
    assert r.alpha_beta(flat, flat) == (None, None)
    assert r.turnover(1.0, 1.0, np.array([1.0])) is None


def test_exposure_and_turnover_by_hand():
    equity, cash = np.array([100.0, 100.0, 200.0]), np.array([100.0, 50.0, 50.0])
    assert r.exposure(equity, cash) == pytest.approx((0 + 0.5 + 0.75) / 3)
    assert r.turnover(300.0, 200.0, np.array([100.0, 100.0])) == pytest.approx(200 / 100 * 252 / 2)


def test_monthly_returns_chain_to_the_total():
    days = [dt.date(2020, 1, 30), dt.date(2020, 1, 31), dt.date(2020, 2, 3), dt.date(2020, 4, 1)]
    months = monthly_returns(days, [100.0, 110.0, 99.0, 198.0])
    assert months == [
        MonthReturn(2020, 1, pytest.approx(0.1)),
        MonthReturn(2020, 2, pytest.approx(-0.1)),
        MonthReturn(2020, 4, pytest.approx(1.0)),
    ]
    assert monthly_returns([], []) == []


def test_report_scales_the_benchmark_from_its_first_known_day():
    days = [dt.date(2020, 1, d) for d in (2, 3, 6, 7)]
    metrics = metrics_of(
        dates=days,
        equity=np.array([100.0, 110.0, 105.0, 115.0]),
        cash=np.array([100.0, 0.0, 0.0, 0.0]),
        benchmark=np.array([np.nan, 100.0, 101.0, 102.0]),
        starting_cash=100.0,
        fills=[],
        trips=[],
    )
    assert metrics.benchmark_return == pytest.approx(0.02)
    assert metrics.excess_return == pytest.approx(0.15 - 0.02)
    assert metrics.final_equity == Decimal("115.00")
    assert (metrics.max_drawdown_start, metrics.max_drawdown_end, metrics.max_drawdown_recovered) == tuple(days[1:])
    assert metrics.win_rate is None


def test_empty_series_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        metrics_of(
            dates=[], equity=np.array([]), cash=np.array([]), benchmark=None, starting_cash=1.0, fills=[], trips=[]
        )
