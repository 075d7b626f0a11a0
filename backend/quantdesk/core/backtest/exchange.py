"""The exchange that a backtest's spec asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.layout import Floats, Ints
from quantdesk.core.execution.market import Exchange, build_exchange
from quantdesk.core.instruments.actions import CorporateAction

_FILLS = {"next_open": c.NEXT_OPEN, "same_close": c.SAME_CLOSE, "next_average": c.NEXT_AVERAGE}
_SLIPPAGE = {"percent": c.SLIP_PERCENT, "ticks": c.SLIP_TICKS, "impact": c.SLIP_IMPACT}


def exchange_of(
    spec: BacktestSpec,
    bars: Sequence[Bars],
    dates: TimeArray,
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    listings: Mapping[str, Listing] | None = None,
    scales: Sequence[FloatArray] | None = None,
) -> Exchange:
    """Build the exchange for bars within `dates`; arguments as of build_exchange."""
    settings, factors = settings_of(spec, adjusted=scales is not None)
    return build_exchange(bars, dates, settings, factors, actions=actions, listings=listings, scales=scales)


def settings_of(spec: BacktestSpec, *, adjusted: bool = False) -> tuple[Ints, Floats]:
    """Give the kernel's settings ([S_COLUMNS] and [V_COLUMNS]) for a spec."""
    costs, rules = spec.costs, spec.rules
    settings = np.zeros(c.S_COLUMNS, dtype=np.int64)
    settings[c.S_FILL] = _FILLS[spec.fill]
    settings[c.S_LIMITS] = rules.price_limits
    settings[c.S_SETTLEMENT] = rules.settlement
    settings[c.S_LOTS] = spec.whole_lots
    settings[c.S_SLIPPAGE] = _SLIPPAGE[costs.slippage.kind]
    settings[c.S_COMMISSION] = _rate(costs.commission_rate)
    settings[c.S_COMMISSION_MIN] = money(costs.commission_min)
    settings[c.S_DUTY] = _rate(costs.stamp_duty_rate)
    settings[c.S_TRANSFER] = _rate(costs.transfer_fee_rate)
    settings[c.S_RIGHTS] = rules.rights_issues == "take"
    settings[c.S_TAX] = rules.dividend_tax
    settings[c.S_ADJUSTED] = adjusted
    factors = np.zeros(c.V_COLUMNS, dtype=np.float64)
    factors[c.V_SLIPPAGE] = float(costs.slippage.value)
    factors[c.V_VOLUME_SHARE] = 0.0 if rules.volume_share is None else float(rules.volume_share)
    return settings, factors


def money(value: Decimal) -> int:
    """Give an amount in money units."""
    return int(value * c.UNIT)


def _rate(rate: Decimal | None) -> int:
    return -1 if rate is None else int(rate * c.RATE)
