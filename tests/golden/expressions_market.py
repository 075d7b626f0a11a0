"""A seeded panel with all that is odd in a market, and expressions over it.

numpy only: qlib's own environment reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

SYMBOLS, DAYS = 20, 500
FIELDS = ("open", "high", "low", "close", "vwap", "volume")

EXPRESSIONS = (
    # element by element
    "$close-$open",
    "($close-$open)/($high-$low+1e-12)",
    "2*$close-$high-$low",
    "-1*$close+3",
    "1/$close",
    "$close/$volume",
    "Log($volume)",
    "Log($close/Ref($close,1))",
    "Abs($close-$open)",
    "Sign($close-$open)",
    "Power($close, 2)",
    "$close**0.5",
    "2**($close/$open)",
    "Power($close-$open, -1)",
    "Greater($open, $close)-Less($open, 12)",
    "($close>$open)*1",
    "($close>=Ref($close, 1))+($volume>1e6)",
    "($close>$open)/2+($close<=$vwap)*$close",
    "And($close>$open, $volume>Ref($volume, 1))",
    "Or(Not($close>$open), $volume<1)",
    "($close>$open) & ($low<Ref($low, 1)) | ($volume==0)",
    "If($close>$open, $high, $low)/$close",
    "If($close!=$open, 1, 0)/3",
    "If($volume, $close, 0)",
    # back, and the day's change
    "Ref($close, 5)/$close-1",
    "Ref($close, 0)",
    "Ref($close>$open, 2)",
    "Delta($close, 3)",
    "Delta($close, 0)",
    "Delta($close>$open, 1)",
    # windows
    "Mean($close, 7)/$close",
    "Mean($close>Ref($close, 1), 10)",
    "Mean($close/$volume, 5)",
    "Mean($close, 0)",
    "Mean($close, 0.2)",
    "Mean(Ref($close, 2)>Ref($close, 3), 4)",
    "Sum($volume, 20)",
    "Sum(Greater($close-Ref($close, 1), 0), 6)",
    "Sum(If($close>$open, 1, 0), 0)",
    "Count($close, 10)",
    "Count($close/$volume, 60)",
    "Std($close, 20)",
    "Std($close/Ref($close,1)-1, 60)",
    "Std($volume, 0)",
    "Var($close, 5)",
    "Skew($close/Ref($close, 1), 20)",
    "Skew($volume, 0)",
    "Kurt($close/Ref($close, 1), 30)",
    "Kurt($high/$low-1, 0)",
    "Max($high, 30)-Min($low, 30)",
    "Max($close>$open, 3)",
    "Min($volume, 0)",
    "IdxMax($high, 10)",
    "IdxMin($low, 25)",
    "IdxMax($close, 0)",
    "Quantile($close, 20, 0.35)",
    "Quantile($volume, 0, 0.9)",
    "Quantile($close, 10, 1)",
    "Med($volume, 15)",
    "Med($close, 4)",
    "Mad($close, 12)",
    "Mad($close, 0)",
    "Rank($close, 20)",
    "Rank($volume, 60)",
    "Rank($close, 0)",
    "Slope($close, 15)",
    "Slope($volume, 0)",
    "Rsquare($close, 15)",
    "Rsquare($volume, 60)",
    "Rsquare($close, 0)",
    "Resi($close, 15)",
    "Resi($volume, 0)",
    "WMA($close, 10)",
    "WMA($close, 0)",
    "EMA($close, 12)-EMA($close, 26)",
    "EMA($volume, 1)",
    "EMA($close, 5.5)",
    "EMA($close, 0.1)",
    "EMA($close, 0)",
    "Corr($close, $volume, 20)",
    "Corr($close/Ref($close, 1), Log($volume+1), 60)",
    "Corr($high, $low, 3)",
    "Cov($close, $vwap, 10)",
    "Cov($close/Ref($close, 1), $volume/Ref($volume, 1), 30)",
    # windows of windows
    "Mean(Std($close, 5), 10)/$close",
    "Corr(Rank($close, 5), Rank($volume, 5), 10)",
    "Max(Corr($high, Ref($volume, 1), 5), 20)",
    "(EMA($close, 12)-EMA($close, 26))/$close-EMA((EMA($close, 12)-EMA($close, 26))/$close, 9)",
    "($close-Mean($close, 20))/(2*Std($close, 20)+1e-12)",
)
ROUNDED = ("Slope(Mean($close, 5), 5)/Std($close, 20)",)
"""Here qlib gives an infinity or noise where what is left of rounding is divided by 0: a line through one point, or
through points that are all equal."""
LABELS = ("Ref($close, -2)/Ref($close, -1) - 1", "Delta($close, -5)")


@dataclass(frozen=True)
class Market:
    symbols: list[str]
    dates: Any
    """datetime64[D], weekdays."""
    fields: dict[str, Any]
    """float64 [symbols, days] of what 32 bits hold, for that is what qlib stores; NaN where there is nothing."""
    spans: list[tuple[int, int]]
    """First and last day of each symbol."""

    @property
    def digest(self) -> str:
        joined = sha256("\0".join(self.symbols).encode())
        for name in FIELDS:
            joined.update(self.fields[name].tobytes())
        return joined.hexdigest()


def market(seed: int = 20_260_104) -> Market:
    """Make random walks; then cut, stop and still them: what each symbol is the example of stands beside it."""
    random = np.random.default_rng(seed)
    shape = (SYMBOLS, DAYS)
    last = random.uniform(4.0, 90.0, (SYMBOLS, 1))
    close = last * np.exp(np.cumsum(random.normal(0.0002, 0.018, shape), axis=1))
    open_ = close * np.exp(random.normal(0.0, 0.008, shape))
    high = np.maximum(open_, close) * (1 + random.exponential(0.006, shape))
    low = np.minimum(open_, close) * (1 - random.exponential(0.006, shape))
    volume = np.round(np.exp(random.normal(14.0, 0.7, (SYMBOLS, 1)) + random.normal(0.0, 0.5, shape)))
    fields = {"open": open_, "high": high, "low": low, "close": close, "vwap": (high + low + close) / 3}
    fields["volume"] = volume
    prices = [fields[name] for name in FIELDS[:5]]
    spans = [(0, DAYS - 1)] * SYMBOLS

    for at, (first, final) in {1: (200, DAYS - 1), 2: (0, 300), 3: (60, 400), 4: (250, 252), 5: (498, 499)}.items():
        spans[at] = (first, final)  # listed late, delisted early, both, for three days, for the last two
    for values in fields.values():
        values[6, 100:104] = np.nan  # suspended for some days
        values[7, 150:230] = np.nan  # for longer than the widest window
        values[8, 40:480:7] = np.nan  # every seventh day
    for values in prices:
        values[9, 120:135] = np.nan  # suspended, with a volume of 0
        values[10, 200:320] = values[10, 199]  # nothing moves
        values[11] = values[11, 0]  # never moves
        values[12] = np.round(values[12], 1)  # equal values are frequent
        values[15] /= 100.0  # a price of cents
        values[16] *= 50.0  # of thousands
    fields["volume"][9, 120:135] = 0.0
    fields["volume"][10, 200:320] = 0.0
    fields["volume"][13, ::5] = 0.0  # hours without a trade
    fields["volume"][14, 300:] = 0.0
    fields["vwap"][17, 50:] = np.nan  # one field alone is missing
    fields["close"][18, 250:] *= 4.0  # a jump

    for values in fields.values():
        for at, (first, final) in enumerate(spans):
            values[at, :first] = np.nan
            values[at, final + 1 :] = np.nan
        values[:] = values.astype(np.float32)
    symbols = [f"SH{600_001 + at}" for at in range(SYMBOLS)]
    return Market(symbols, np.busday_offset("2022-01-04", np.arange(DAYS)), fields, spans)


def sampled_days() -> Any:
    """Days whose values are stored: the first, those where something begins or ends, and some between."""
    edges = [0, 1, 2, 3, 5, 60, 62, 100, 104, 119, 134, 152, 200, 201, 204, 230, 231, 250, 251, 252, 299, 319, 498, 499]
    return np.unique([*edges, 20, 90, 170, 280, 350, 390, 430, 470])
