"""The engines, loaded before a run needs them: imported, and their kernels compiled or read from numba's cache.

An engine with kernels of its own defines `warm()`, which calls each once with the types that a run uses. In a
locked-down process numba can read its cache but not write to it, so nothing may be left to compile there.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from quantdesk.core.backtest.result import EngineKind

if TYPE_CHECKING:
    from quantdesk.core.execution.simulator import Simulator

MODULES: dict[EngineKind, str] = {
    "backtrader": "quantdesk.core.backtest.backtrader_engine",
    "event": "quantdesk.core.backtest.event_engine",
    "vector": "quantdesk.core.backtest.vector_engine",
}


def load(engine: EngineKind) -> None:
    """Load one engine and the simulator, which all of them run on."""
    name = MODULES[engine]
    if find_spec(name) is None:
        return
    warm_up = getattr(import_module(name), "warm", None)
    if warm_up is not None:
        warm_up()
    warm_simulator()


def warm() -> None:
    """Load all engines."""
    for engine in MODULES:
        load(engine)


def keep_numba_from_saving() -> None:
    """Let numba compile what nothing has loaded ahead, and not fail because its cache cannot be written."""
    caching = sys.modules.get("numba.core.caching")
    if caching is not None:
        caching.Cache.save_overload = lambda *_: None


@cache
def warm_simulator() -> None:
    """Call each function of the simulator once."""
    from quantdesk.core.execution import layout

    simulator = tiny_simulator()
    simulator.advance(0)
    number = simulator.submit(0, layout.BUY, layout.LIMIT, 100, 9 * layout.UNIT)
    simulator.cancel(number)
    simulator.order_to(0, 200)
    simulator.order_to_weights(np.array([0.5]))
    simulator.quantity_for(0, 0.5)
    simulator.order_to_weight(0, 0.5)
    simulator.decided()
    simulator.advance(2)
    simulator.tally()


def tiny_simulator() -> Simulator:
    """Give a simulator in a market of one stock and three days, to call what must be compiled."""
    from quantdesk.core.backtest.spec import BacktestSpec
    from quantdesk.core.backtest.stage import set_stage
    from quantdesk.core.bars.frame import Bars
    from quantdesk.core.execution import layout
    from quantdesk.core.execution.simulator import Simulator

    days = np.array(["2024-01-02", "2024-01-03", "2024-01-04"], dtype="datetime64[D]")
    price, none = np.full(3, 10.0), np.zeros(3, dtype=bool)
    bars = Bars("600519.SH", "1d", days, price, price, price, price, price * 1e6, price * 1e7, price, none, none)
    spec = BacktestSpec.model_validate(
        {"symbols": [bars.symbol], "start": "2024-01-02", "end": "2024-01-04", "fill": "same_close"}
    )
    return Simulator(set_stage(spec, {bars.symbol: bars}).exchange.market, 1_000_000 * layout.UNIT)
