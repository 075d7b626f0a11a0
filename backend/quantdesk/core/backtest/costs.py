"""Trading costs of one fill, exact to the fen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from quantdesk.core.backtest.result import Side
from quantdesk.core.backtest.spec import Costs

FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Fees:
    """Yuan, each rounded to 0.01."""

    commission: Decimal
    stamp_duty: Decimal
    transfer_fee: Decimal

    @property
    def total(self) -> Decimal:
        return self.commission + self.stamp_duty + self.transfer_fee


def fees_of(costs: Costs, side: Side, amount: Decimal) -> Fees:
    """Compute what a fill of `amount` yuan costs.

    Each item is rounded half up to 0.01 yuan on its own, as it stands on a broker's statement; the commission
    is then raised to the minimum. Backtrader fills an order at once, so the minimum per order is per fill.
    """
    commission = max((amount * costs.commission_rate).quantize(FEN, ROUND_HALF_UP), costs.commission_min)
    duty = amount * costs.stamp_duty_rate if side == "sell" else Decimal(0)
    return Fees(
        commission=commission.quantize(FEN),
        stamp_duty=duty.quantize(FEN, ROUND_HALF_UP),
        transfer_fee=(amount * costs.transfer_fee_rate).quantize(FEN, ROUND_HALF_UP),
    )


def yuan(value: float) -> Decimal:
    """Round an amount that was computed in floating point half up to 0.01 yuan."""
    return Decimal(repr(round(value, 6))).quantize(FEN, ROUND_HALF_UP)
