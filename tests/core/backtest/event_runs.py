"""Running an event strategy in a test and looking at what it saw."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from quantdesk.core.backtest.event_desk import SimulatedDesk
from quantdesk.core.backtest.event_engine import run_on
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.bars.frame import Bars
from quantdesk.sdk import Strategy

FREE = {
    "commission_rate": "0",
    "commission_min": "0",
    "stamp_duty_rate": "0",
    "transfer_fee_rate": "0",
    "slippage": {"value": "0"},
}
"""No costs: money is quantity x price."""


def spec_of(*bars: Bars, **changes: Any) -> BacktestSpec:
    return BacktestSpec.model_validate(
        {
            "symbols": [bar.symbol for bar in bars],
            "start": min(bar.time[0] for bar in bars).item(),
            "end": max(bar.time[-1] for bar in bars).item(),
            "cash": 100_000,
            "costs": FREE,
            "rules": {"volume_share": None},
            **changes,
        }
    )


def run(body: str, *bars: Bars, **changes: Any) -> BacktestResult:
    """Run a class with this body, from its source."""
    source = "from quantdesk.sdk import *\n\nclass S(Strategy):\n" + body
    return run_strategy(spec_of(*bars, **changes), source, {bar.symbol: bar for bar in bars})


def watch(cls: type[Strategy], *bars: Bars, actions: Any = None, **changes: Any) -> SimulatedDesk:
    """Run a class of the test itself, whose attributes can be looked at afterwards; give its desk."""
    spec = spec_of(*bars, **changes)
    desk = SimulatedDesk(set_stage(spec, {bar.symbol: bar for bar in bars}, actions=actions))
    run_on(desk, cls, spec)
    return desk


def fills(result: BacktestResult) -> list[tuple[str, str, int, Decimal]]:
    return [(fill.date.isoformat(), fill.side, fill.quantity, fill.price) for fill in result.fills]


def plain(values: Iterable[float]) -> list[float | None]:
    """Give values to compare: None for NaN."""
    return [None if value != value else round(value, 9) for value in values]
