"""Many trials in one process."""

from __future__ import annotations

import random

import numpy as np
import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.prepare import NoBarsError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.sweep import TrialOutcome, run_sweep, simple_returns
from tests.fakes.made_bars import random_walk

BARS = {"600519.SH": random_walk("600519.SH", 120, seed=3)}
SPEC = BacktestSpec.model_validate(
    {
        "symbols": ["600519.SH"],
        "start": "2015-01-01",
        "end": "2015-12-31",
        "adjustment": "none",
        "params": {"size": 200},
    }
)
SOURCE = """
import random
import backtrader as bt
class S(bt.Strategy):
    params = (("day", 3), ("size", 100))
    def next(self):
        if self.p.day == 0: raise ValueError("day zero")
        if len(self) == self.p.day: self.buy(size=self.p.size)
        if self.p.day < 0 and random.random() < 0.2: self.buy(size=100)
"""


def test_each_trial_is_the_backtest_with_its_parameters_over_those_of_the_spec():
    result = run_sweep(SPEC, SOURCE, [{"day": 5}, {"day": 9, "size": 400}], BARS)
    for trial, params in zip(result.trials, [{"day": 5, "size": 200}, {"day": 9, "size": 400}], strict=True):
        alone = run_strategy(SPEC.model_copy(update={"params": params}), SOURCE, BARS)
        assert trial.metrics == alone.metrics
        assert trial.dates == alone.series.date
        equity = [1_000_000.0, *alone.series.equity]
        assert trial.returns.dtype == np.float32
        assert trial.days == 120
        assert np.prod(1.0 + trial.returns.astype(float)) == pytest.approx(equity[-1] / equity[0], rel=1e-5)
        np.testing.assert_allclose(trial.returns, np.diff(equity) / equity[:-1], atol=1e-9)


def test_a_trial_that_fails_leaves_the_others_alone_and_says_where():
    told: list[TrialOutcome] = []
    result = run_sweep(SPEC, SOURCE, [{"day": 0}, {"no_such": 1}, {"day": 2}], BARS, on_trial=told.append)
    first, second, third = result.trials
    assert first.error is not None
    assert (first.error.type, first.error.line, first.metrics, first.days) == ("ValueError", 7, None, 0)
    assert second.error is not None
    assert second.error.type == "ParameterError"
    assert third.error is None
    assert [(trial.index, trial.params) for trial in told] == [(0, {"day": 0}), (1, {"no_such": 1}), (2, {"day": 2})]


def test_what_a_trial_draws_does_not_depend_on_those_before_it():
    trials = [{"day": -1}, {"day": 4}, {"day": -1}]
    result = run_sweep(SPEC, SOURCE, trials, BARS, reseed=lambda: random.seed(11))
    assert result.trials[0].metrics == result.trials[2].metrics
    assert result.trials[0].metrics != result.trials[1].metrics


def test_without_bars_there_is_nothing_to_sweep():
    with pytest.raises(NoBarsError):
        run_sweep(SPEC, SOURCE, [{}], {})


def test_returns_of_equity_that_is_lost_are_zero_not_nan():
    assert simple_returns(np.array([100.0, 110.0, 0.0, -5.0, 7.0])).tolist() == pytest.approx([0.1, -1.0, 0.0, 0.0])
