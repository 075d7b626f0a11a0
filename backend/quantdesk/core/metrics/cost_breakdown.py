"""What trading cost, by kind and year."""

from __future__ import annotations

import numpy as np

from quantdesk.core.backtest.analysis import CostBreakdown, CostItem, CostKind, CostRow
from quantdesk.core.metrics.ledger import MONEY, Ints, Ledger, yuan

KINDS: tuple[CostKind, ...] = ("commission", "stamp_duty", "transfer_fee", "slippage", "dividend_tax")


def cost_breakdown(ledger: Ledger, starting_cash: float) -> CostBreakdown:
    """Sum each kind of cost over the run and over each calendar year with a fill."""
    fills = ledger.fills
    years = ledger.calendar.astype("datetime64[Y]").astype(np.int64)[fills.day] + 1970
    everything = np.ones(len(fills), dtype=np.bool_)
    return CostBreakdown(
        total=_row(ledger, everything, None, starting_cash),
        years=[_row(ledger, years == year, int(year), starting_cash) for year in np.unique(years)],
    )


def _row(ledger: Ledger, chosen: np.ndarray, year: int | None, starting_cash: float) -> CostRow:
    fills = ledger.fills
    turnover = _sum(fills.amount, chosen)
    sums = {kind: _sum(getattr(fills, kind), chosen) for kind in KINDS}
    return CostRow(
        year=year,
        turnover=yuan(turnover),
        total=yuan(sum(sums.values())),
        items=[
            CostItem(
                kind=kind,
                yuan=yuan(amount),
                of_cash=amount / MONEY / starting_cash,
                of_turnover=amount / turnover if turnover else None,
            )
            for kind, amount in sums.items()
        ],
    )


def _sum(column: Ints, chosen: np.ndarray) -> int:
    return int(column[chosen].sum())
