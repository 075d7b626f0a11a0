"""The exchange's previous close, out of adjustment factors."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.sources.tables import Factors


def ex_right_preclose(bars: Bars, factors: Factors) -> FloatArray:
    """Give the exchange's previous close of each daily bar: factor × raw close is continuous. The first bar's is NaN.

    Eastmoney's own previous close is the raw one even on an ex-right day (000066 on 2022-07-20: 10.00, while the
    exchange's was 9.89), and its front-adjusted prices are additive, so neither can give it.
    """
    result = np.full(len(bars), np.nan)
    if len(bars) < 2:
        return result
    at = np.searchsorted(factors.days, bars.time, "right") - 1
    factor = np.where(at >= 0, factors.factors[np.maximum(at, 0)], 1.0)
    last = bars.close[:-1]
    # Rounded half up to the price tick, as the exchanges do; the small term keeps 1.005 from becoming 1.00.
    exact = np.floor(last * factor[:-1] / factor[1:] * 100 + 0.5 + 1e-6) / 100
    result[1:] = np.where(factor[1:] == factor[:-1], last, exact)
    return result
