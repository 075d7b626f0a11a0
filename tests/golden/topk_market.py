"""A seeded market with daily scores, for the comparison with qlib. numpy only: qlib's own environment reads it too."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

STOCKS, YEARS, DAYS_A_YEAR = 40, 5, 250
DAYS = STEPS = YEARS * DAYS_A_YEAR + 2
"""The first day only gives scores, and qlib needs a day after the last it trades on."""
CASH = 1_000_000_000
"""Yuan, qlib's own default. Ours trades whole shares, qlib's fractions of them: a share is 1e-8 of this."""
TOPK, N_DROP, RISK_DEGREE = 10, 5, 0.95
OPEN_COST, CLOSE_COST, MIN_COST = 0.0005, 0.0015, 5.0


@dataclass(frozen=True)
class Market:
    """Steps x stocks, raw prices with two decimals. A suspended stock repeats its last close and has no volume."""

    dates: Any
    """datetime64[D], weekdays."""
    symbols: list[str]
    open: Any
    high: Any
    low: Any
    close: Any
    suspended: Any
    scores: Any
    """NaN: the model said nothing about the stock that day."""

    @property
    def digest(self) -> str:
        joined = sha256()
        for values in (self.open, self.high, self.low, self.close, self.suspended, self.scores):
            joined.update(np.ascontiguousarray(values).tobytes())
        return joined.hexdigest()


def market(seed: int = 20_240_708) -> Market:
    """Make random walks with gaps overnight, suspensions of a few days, and scores that are unknown here and there."""
    random = np.random.default_rng(seed)
    dates = np.busday_offset("2019-01-02", np.arange(DAYS))
    shape = (DAYS, STOCKS)
    overnight = random.normal(0.0, 0.006, shape)
    day = random.normal(0.0004, 0.015, shape)
    suspended = random.random(shape) < 0.004
    for later in (1, 2):
        suspended[later:] |= suspended[:-later] & (random.random((DAYS - later, STOCKS)) < 0.7)
    suspended[:2] = suspended[-1] = False
    last = np.round(random.uniform(8.0, 60.0, STOCKS), 2)
    columns = {name: np.empty(shape) for name in ("open", "high", "low", "close")}
    for step in range(DAYS):
        still = suspended[step]
        first = np.where(still, last, np.maximum(np.round(last * np.exp(overnight[step]), 2), 1.0))
        final = np.where(still, last, np.maximum(np.round(first * np.exp(day[step]), 2), 1.0))
        columns["open"][step], columns["close"][step] = first, final
        columns["high"][step], columns["low"][step] = np.maximum(first, final), np.minimum(first, final)
        last = final
    scores = random.normal(0.0, 1.0, shape)
    scores[1:] += 0.8 * scores[:-1]
    scores[random.random(shape) < 0.01] = np.nan
    symbols = [f"{600_001 + stock}.SH" for stock in range(STOCKS)]
    return Market(dates, symbols, suspended=suspended, scores=scores, **columns)
