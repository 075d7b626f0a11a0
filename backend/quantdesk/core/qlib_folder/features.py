"""Bars as qlib's fields, and back.

Convention: prices are adjusted, `$open` = raw open x `$factor`; so `$close / $factor` is the raw close, as in qlib's
own data. The factor is the one of the adjustment chosen; backward (hfq), the default, has 1 on the first stored bar,
where qlib's own collector divides by the first close besides. `$volume` is raw shares / `$factor`, `$vwap` an adjusted
price, `$amount` raw yuan, `$change` the return on the exchange's previous close. On a suspended day all but the
factor are NaN, which is how qlib's exchange tells a suspension.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray, TimeArray
from quantdesk.core.instruments.symbol import kind_of
from quantdesk.core.qlib_folder.errors import QlibFolderError
from quantdesk.core.qlib_folder.layout import feature_file
from quantdesk.core.rules.book import price_tick

PRICES = ("open", "high", "low", "close")
FIELDS = (*PRICES, "volume", "amount", "vwap", "factor", "change")
REQUIRED = (*PRICES, "volume", "factor")
"""What the bars cannot be told without."""
_FLOAT32 = 3e-7
"""Relative error of a price that is the quotient of two float32."""

Stored = Mapping[str, tuple[int, NDArray[np.float32]]]
"""Field → (place in the calendar of the first value, values)."""


def to_fields(bars: Bars, factor: FloatArray) -> dict[str, FloatArray]:
    """Give the fields of raw daily bars, one value a bar; `factor` is each bar's."""
    traded = ~bars.suspended
    fields = {name: np.where(traded, getattr(bars, name) * factor, np.nan) for name in PRICES}
    fields["volume"] = np.where(traded, bars.volume / factor, np.nan)
    fields["amount"] = np.where(traded, bars.amount, np.nan)
    vwap = np.full(len(bars), np.nan)
    np.divide(bars.amount, bars.volume, out=vwap, where=traded & (bars.volume > 0))
    fields["vwap"] = vwap * factor
    fields["factor"] = factor.astype(np.float64)
    fields["change"] = np.where(traded, _change(bars, factor), np.nan)
    return fields


def on_calendar(days: TimeArray, calendar: TimeArray, values: FloatArray) -> tuple[int, FloatArray]:
    """Lay values of some days on the calendar: (place of the first, values up to the last, NaN between).

    Raise ValueError when there is no day, or one that is not in the calendar.
    """
    at = np.searchsorted(calendar, days)
    if not len(days) or at[-1] >= len(calendar) or (calendar[at] != days).any():
        raise ValueError("the calendar must hold each day of the values, and there must be one")
    laid = np.full(int(at[-1] - at[0]) + 1, np.nan)
    laid[at - at[0]] = values
    return int(at[0]), laid


def to_bars(symbol: str, code: str, calendar: TimeArray, stored: Stored) -> Bars:
    """Give the raw daily bars that the fields hold; a day with a factor and without a close is a suspended one.

    Prices within float32's error of a tick are on it, volumes are whole but for coins. What the folder cannot say
    (turnover without `amount`, previous close without `change`) is NaN. Raise QlibFolderError.
    """
    for field in REQUIRED:
        if field not in stored:
            raise QlibFolderError("qlib_file_missing", file=feature_file(code, field))
    lo = min(start for start, _ in stored.values())
    hi = max(start + len(values) for start, values in stored.values())
    fields = {name: _aligned(found, lo, hi) for name, found in stored.items()}
    days = calendar[lo:hi]
    for name, values in fields.items():
        for row in np.flatnonzero(np.isinf(values))[:1]:
            raise QlibFolderError(
                "qlib_bin_value", file=feature_file(code, name), day=str(days[row]), value=f"{values[row]:g}"
            )
    traded = np.isfinite(fields["close"])
    # A suspended day before the first close has no price to repeat.
    kept = np.maximum.accumulate(traded) & (traded | np.isfinite(fields["factor"]))
    return _bars(symbol, code, days[kept], traded[kept], {name: values[kept] for name, values in fields.items()})


def _bars(symbol: str, code: str, days: TimeArray, traded: BoolArray, fields: dict[str, FloatArray]) -> Bars:
    factor = fields["factor"]
    for row in np.flatnonzero(~(factor > 0))[:1]:
        raise QlibFolderError(
            "qlib_factor", file=feature_file(code, "factor"), day=str(days[row]), value=f"{factor[row]:g}"
        )
    prices = {name: _on_tick(symbol, fields[name] / factor) for name in PRICES}
    # A suspended day repeats the last close, on the price basis of its own day.
    last = np.maximum.accumulate(np.where(traded, np.arange(len(days)), 0))
    repeated = _on_tick(symbol, prices["close"][last] * factor[last] / factor)
    shares: FloatArray = np.where(traded, fields["volume"] * factor, 0.0)
    volume: FloatArray = shares if kind_of(symbol) == "crypto" else np.round(shares)
    unknown = np.full(len(days), np.nan)
    amount = fields.get("amount", unknown)
    if "amount" not in fields and "vwap" in fields:
        amount = fields["vwap"] * fields["volume"]  # the factors cancel out
    change = fields.get("change", unknown)
    returns = np.where(change > -1, 1 + change, np.nan)
    preclose = np.where(traded, _on_tick(symbol, prices["close"] / returns), repeated)
    return Bars(
        symbol=symbol,
        interval="1d",
        time=days,
        **{name: np.where(traded, prices[name], repeated) for name in PRICES},
        volume=volume,
        amount=np.where(traded, amount, 0.0),
        preclose=preclose,
        suspended=~traded,
        is_st=np.zeros(len(days), dtype=np.bool_),
    )


def _change(bars: Bars, factor: FloatArray) -> FloatArray:
    """Give close / previous close - 1; the exchange's previous close, or where it is unknown the bar's before."""
    before = np.full(len(bars), np.nan)
    before[1:] = bars.close[:-1] * factor[:-1] / factor[1:]
    base = np.where(np.isfinite(bars.preclose) & (bars.preclose > 0), bars.preclose, before)
    change: FloatArray = bars.close / base - 1
    return change


def _aligned(found: tuple[int, NDArray[np.float32]], lo: int, hi: int) -> FloatArray:
    start, values = found
    laid = np.full(hi - lo, np.nan)
    laid[start - lo : start - lo + len(values)] = values
    return laid


def _on_tick(symbol: str, prices: FloatArray) -> FloatArray:
    """Give the whole tick that a price is within float32's error of; an index's finer figures stay as they are."""
    decimals = max(0, -int(price_tick(symbol).normalize().as_tuple().exponent))
    rounded = np.round(prices, decimals)
    near = np.abs(prices - rounded) <= _FLOAT32 * np.abs(prices)
    on: FloatArray = np.where(near, rounded, prices)
    return on
