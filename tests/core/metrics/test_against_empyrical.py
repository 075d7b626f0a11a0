"""Metrics against empyrical-reloaded on random series, to 1e-10.

Where our definition differs on purpose (Metrics says how) the oracle is brought to ours: its annual return counts
returns, ours days of equity.
"""

from __future__ import annotations

import empyrical
import numpy as np
import pandas as pd
import pytest

from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import max_drawdown
from quantdesk.core.metrics.rolling import rolling_beta, rolling_mean_deviation

CLOSE = 1e-10


@pytest.fixture(params=range(8), ids=lambda seed: f"seed{seed}")
def series(request: pytest.FixtureRequest) -> tuple[pd.Series, pd.Series]:
    """Daily returns of a strategy and a benchmark that it follows in part; fat tails, and days without a move."""
    rng = np.random.default_rng(request.param)
    days = int(rng.integers(300, 2600))
    benchmark = rng.standard_t(4, days) * 0.009
    returns = 0.7 * benchmark + rng.standard_t(3, days) * 0.006 + 0.0002
    returns[rng.random(days) < 0.1] = 0.0
    index = pd.bdate_range("2012-01-02", periods=days)
    return pd.Series(returns, index), pd.Series(benchmark, index)


def test_ratios_and_risk(series: tuple[pd.Series, pd.Series]) -> None:
    returns, _ = series
    values = returns.to_numpy()
    equity = np.concatenate([[1.0], np.cumprod(1.0 + values)])
    depth = max_drawdown(equity).depth
    annual = r.annual_return(r.total_return(equity, 1.0), len(values))
    assert depth == pytest.approx(empyrical.max_drawdown(returns), abs=CLOSE)
    assert annual == pytest.approx(empyrical.annual_return(returns), abs=CLOSE)
    assert r.total_return(equity, 1.0) == pytest.approx(empyrical.cum_returns_final(returns), abs=CLOSE)
    assert r.volatility(values) == pytest.approx(empyrical.annual_volatility(returns), abs=CLOSE)
    assert r.sharpe(values) == pytest.approx(empyrical.sharpe_ratio(returns), abs=CLOSE)
    assert r.sortino(values) == pytest.approx(empyrical.sortino_ratio(returns), abs=CLOSE)
    assert r.calmar(annual, depth) == pytest.approx(empyrical.calmar_ratio(returns), abs=CLOSE)


def test_figures_against_a_benchmark(series: tuple[pd.Series, pd.Series]) -> None:
    returns, benchmark = series
    alpha, beta = r.alpha_beta(returns.to_numpy(), benchmark.to_numpy())
    assert alpha == pytest.approx(empyrical.alpha(returns, benchmark), abs=CLOSE)
    assert beta == pytest.approx(empyrical.beta(returns, benchmark), abs=CLOSE)
    information = r.information_ratio(returns.to_numpy(), benchmark.to_numpy())
    assert information == pytest.approx(empyrical.excess_sharpe(returns, benchmark) * np.sqrt(252), abs=CLOSE)


@pytest.mark.parametrize("window", [63, 126, 252])
def test_rolling_figures(series: tuple[pd.Series, pd.Series], window: int) -> None:
    returns, benchmark = series
    mean, deviation = rolling_mean_deviation(returns.to_numpy(), window)
    sharpe = empyrical.roll_sharpe_ratio(returns, window).to_numpy()
    np.testing.assert_allclose(mean / deviation * np.sqrt(252), sharpe, rtol=0, atol=CLOSE)
    volatility = empyrical.roll_annual_volatility(returns, window).to_numpy()
    np.testing.assert_allclose(deviation * np.sqrt(252), volatility, rtol=0, atol=CLOSE)
    beta = rolling_beta(returns.to_numpy(), benchmark.to_numpy(), window)
    oracle = empyrical.roll_beta(returns, benchmark, window).to_numpy()
    np.testing.assert_allclose(beta, oracle, rtol=0, atol=CLOSE)
