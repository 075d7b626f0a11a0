"""How much was invested, and how concentrated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from quantdesk.core.backtest.analysis import Holdings
from quantdesk.core.metrics.ledger import Ledger
from quantdesk.core.metrics.returns import FloatArray


def holdings_of(ledger: Ledger, days: Sequence[dt.date], equity: FloatArray, cash: FloatArray) -> Holdings:
    """Give exposure from equity and cash, and concentration from the value of each symbol at each close."""
    positive = equity > 0.0
    exposure = np.divide(equity - cash, equity, out=np.zeros_like(equity), where=positive)
    value = np.abs(ledger.value)
    count = (ledger.held != 0).sum(axis=1)
    total = value.sum(axis=1)
    invested = (count > 0) & (total > 0.0)
    share = value[invested] / total[invested, None]
    any_day = bool(invested.any())
    weight = np.divide(value, equity[:, None], out=np.zeros_like(value), where=positive[:, None])
    flat = int(np.argmax(weight)) if any_day else 0
    day, symbol = divmod(flat, max(len(ledger.symbols), 1))
    return Holdings(
        mean_exposure=float(exposure.mean()),
        max_exposure=float(exposure.max()),
        days_invested=float((count > 0).mean()),
        mean_positions=float(count[invested].mean()) if any_day else 0.0,
        max_positions=int(count.max()) if len(count) else 0,
        largest_weight=float(weight.flat[flat]) if any_day else 0.0,
        largest_symbol=ledger.symbols[symbol] if any_day else None,
        largest_date=days[day] if any_day else None,
        mean_top_weight=float(share.max(axis=1).mean()) if any_day else 0.0,
        mean_herfindahl=float((share**2).sum(axis=1).mean()) if any_day else 0.0,
        exposure=np.round(exposure, 6).tolist(),
        positions=count.tolist(),
    )
