"""The metrics of a trial straight from the simulator's tables, without the records of a report."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.decode import money
from quantdesk.core.backtest.result import Metrics
from quantdesk.core.backtest.stage import Stage
from quantdesk.core.execution import layout as c
from quantdesk.core.execution import tally as t
from quantdesk.core.execution.layout import State
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.metrics.report import Trading, metrics_from


class TrialFigures:
    """Figures of finished runs on one stage."""

    def __init__(self, stage: Stage) -> None:
        market = stage.exchange.market
        self._cash = float(stage.spec.cash)
        self._ends = np.flatnonzero(market.day_end == 1)
        self._benchmark = None if stage.benchmark is None else stage.benchmark[self._ends]
        self.dates = [stage.days[step] for step in self._ends.tolist()]

    @staticmethod
    def possible(stage: Stage) -> bool:
        """Say whether the totals are right for the stage's instruments: for all but futures."""
        return not (stage.exchange.market.instrument[:, c.I_KIND] == c.FUTURE).any()

    def metrics(self, simulator: Simulator) -> Metrics:
        """Give the same metrics as the report of the run."""
        state = simulator.state
        return metrics_from(
            dates=self.dates,
            equity=state.equity[self._ends] / c.UNIT,
            cash=state.cash[self._ends] / c.UNIT,
            benchmark=self._benchmark,
            starting_cash=self._cash,
            trading=_trading(state, simulator.tally().tolist()),
        )

    def returns(self, simulator: Simulator) -> NDArray[np.float32]:
        """Give the daily returns, the first day's on the starting cash."""
        from quantdesk.core.backtest.sweep import simple_returns

        equity = simulator.state.equity[self._ends] / c.UNIT
        return simple_returns(np.concatenate([[self._cash], equity]))


def _trading(state: State, totals: list[int]) -> Trading:
    closed, lost = totals[t.T_CLOSED], totals[t.T_LOST]
    account = state.account.tolist()
    return Trading(
        bought=totals[t.T_BOUGHT] / c.UNIT,
        sold=totals[t.T_SOLD] / c.UNIT,
        costs=money(account[c.A_COMMISSION] + account[c.A_DUTY] + account[c.A_TRANSFER] + account[c.A_TAX]),
        round_trips=totals[t.T_TRIPS],
        win_rate=totals[t.T_WINS] / closed if closed else None,
        profit_factor=float(Decimal(totals[t.T_WON]) / lost) if lost else None,
        average_holding_days=totals[t.T_DAYS] / closed if closed else None,
    )
