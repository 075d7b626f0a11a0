"""What the ledger's routes give."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel

from quantdesk.core.backtest.words import Words

TrialSource = Literal["backtest", "optimisation"]


class Deflated(BaseModel):
    """The Deflated Sharpe Ratio (Bailey and López de Prado, 2014) and what goes into it. Sharpe ratios a year."""

    sharpe: float
    """Of the run in question."""
    expected_best_of_luck: float
    """The best Sharpe ratio to expect of as many tries without any skill."""
    probability: float
    """That the true Sharpe ratio is above zero, given the tries; the Deflated Sharpe Ratio. 0 to 1."""
    trials: int
    """Distinct tries that were counted."""
    effective_trials: float
    """How many independent tries they amount to; equal to `trials` where their returns are not known."""
    days: int
    skewness: float
    kurtosis: float
    """3 for a normal distribution."""
    words: Words


class LedgerEntry(BaseModel):
    source: TrialSource
    source_id: str
    """The backtest's or the optimisation's id."""
    number: int
    """The trial's number in the optimisation; 0 for a backtest."""
    version: int
    sharpe: float | None
    """A year."""
    days: int
    created_at: dt.datetime


class StrategyTrials(BaseModel):
    """How often a strategy was tried, and what its best run is worth after so many tries."""

    strategy_id: str
    runs: int
    """All runs, the same one repeated included."""
    distinct: int
    """Runs that differ in code, parameters or specification."""
    backtests: int
    optimisation_trials: int
    best: LedgerEntry | None
    """By Sharpe ratio."""
    deflated: Deflated | None
    """Of the best; None where no try has a Sharpe ratio."""
    words: Words


class Significance(BaseModel):
    """Where one backtest stands among the tries of its strategy."""

    backtest_id: str
    strategy_id: str
    number: int
    """It was the n-th distinct try of the strategy."""
    distinct: int
    """Distinct tries up to now."""
    sharpe: float | None
    deflated: Deflated | None
    words: Words
