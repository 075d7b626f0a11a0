"""A sweep's figures straight from the simulator's tables are those of the reports."""

from __future__ import annotations

import numpy as np
import pytest

from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.sweep import run_sweep, simple_returns
from tests.core.backtest.test_vector_engine import ARRAYS, EVENT, SYMBOLS, market

SPEC = BacktestSpec.model_validate(
    {
        "symbols": SYMBOLS,
        "start": "2024-01-01",
        "end": "2024-12-31",
        "cash": "300000",
        "benchmark": "600001.SH",
        "adjustment": "none",
        "params": {"way": "signals"},
    }
)


@pytest.mark.parametrize("source", [ARRAYS, EVENT], ids=["vector", "event"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_trial_has_the_metrics_and_returns_of_its_report(source: str, seed: int):
    bars = market(seed)
    trials = [{"seed": 5}, {"seed": 6, "way": "weights"}, {"seed": 5}]

    outcomes = run_sweep(SPEC, source, trials, bars).trials

    for outcome, params in zip(outcomes, trials, strict=True):
        report = run_strategy(SPEC.model_copy(update={"params": {**SPEC.params, **params}}), source, bars)
        assert outcome.params == params
        assert outcome.metrics == report.metrics
        assert outcome.dates == report.series.date
        expected = simple_returns(np.array([float(SPEC.cash), *report.series.equity]))
        np.testing.assert_array_equal(outcome.returns, expected)
    assert outcomes[0].metrics == outcomes[2].metrics
    assert outcomes[0].metrics is not None
    assert outcomes[0].metrics.round_trips > 0


def test_a_trial_that_fails_does_not_end_the_others():
    outcomes = run_sweep(SPEC, ARRAYS, [{"seed": 1}, {"sed": 1}, {"seed": -1}], market(1)).trials

    assert outcomes[0].error is None
    assert outcomes[1].error is not None
    assert "no such parameter" in outcomes[1].error.message
    assert outcomes[2].error is not None
    assert outcomes[2].error.line is not None
