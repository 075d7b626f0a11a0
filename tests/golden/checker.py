"""A second account in plain Python: from a report's fills and actions it recomputes cash and equity, and holds every
fill against the rules. It shares no code with the simulator but the rulebook's tables."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quantdesk.core.backtest.result import BacktestResult, CorporateActionRecord, Fill
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.listings import listings_of
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.limits import limit_prices

FEN = Decimal("0.01")


class Checker:
    """Replays a run of shares day by day."""

    def __init__(
        self, result: BacktestResult, bars: Mapping[str, Bars], actions: Mapping[str, Sequence[CorporateAction]]
    ) -> None:
        self.result, self.actions = result, actions
        self.spec = result.spec
        self.bars = {
            symbol: {day: row for row, day in enumerate(bar.time.astype("datetime64[D]").tolist())}
            for symbol, bar in bars.items()
        }
        self.columns = bars
        self.listed = listings_of(bars.values())
        self.cash = self.spec.cash
        self.held: dict[str, int] = defaultdict(int)
        self.price: dict[str, Decimal] = {}
        self.lots: dict[str, list[list[Any]]] = defaultdict(list)
        """Bought on, quantity, taxable."""
        self.paid: dict[tuple[int, dt.date], tuple[Decimal, Decimal]] = {}
        """Turnover and commission by order and day."""

    def run(self) -> None:
        fills, acted = defaultdict(list), defaultdict(list)
        for fill in self.result.fills:
            fills[fill.date].append(fill)
        for action in self.result.actions:
            acted[action.date].append(action)
        series = self.result.series
        for row, day in enumerate(series.date):
            for action in acted[day]:
                self._act(action, acted[day])
            self._day(day, fills[day])
            for symbol, rows in self.bars.items():
                if day in rows:
                    self.price[symbol] = _exact(self.columns[symbol].close[rows[day]])
            equity = self.cash + sum(self.price[symbol] * held for symbol, held in self.held.items() if held)
            assert float(self.cash) == series.cash[row]
            assert float(equity) == series.equity[row]
        filled: dict[int, int] = defaultdict(int)
        for fill in self.result.fills:
            filled[fill.order_id] += fill.quantity
        for order in self.result.orders:
            assert order.filled == filled[order.id] <= order.quantity

    def _act(self, action: CorporateActionRecord, all_of_day: Sequence[CorporateActionRecord]) -> None:
        symbol, before = action.symbol, self.held[action.symbol]
        assert before > 0
        self.cash += action.cash
        self.held[symbol] += action.quantity
        assert self.held[symbol] == action.position or action.kind in ("dividend", "bonus", "conversion")
        given = [a for a in self.actions.get(symbol, ()) if a.ex_date == action.date]
        lots = self.lots[symbol]
        if action.kind == "dividend":
            assert action.cash == (given[0].cash * before).quantize(FEN, ROUND_HALF_UP)
            for lot in lots:
                lot[2] += given[0].cash * lot[1]
        elif action.kind == "rights_issue":
            lots.append([action.date, action.quantity, Decimal(0)])
            assert -action.cash == (given[0].rights_price * action.quantity).quantize(FEN, ROUND_HALF_UP)
        elif action.kind == "ex_right":
            row = self.bars[symbol][action.date]
            basis = _exact(self.columns[symbol].preclose[row])
            assert self.price[symbol] * before == basis * self.held[symbol] + action.cash  # no value is lost
            _spread(lots, before, action.quantity)
        elif action.kind == "bonus":
            # Whole shares that are received count, at their par of one yuan.
            for lot, share in zip(lots, _shares_of(lots, before, action.quantity), strict=True):
                lot[2] += share
        if action.kind in ("bonus", "conversion"):
            # Both of one day are given out together, with the first of them.
            together = [a for a in all_of_day if a.symbol == symbol and a.kind in ("bonus", "conversion")]
            if action is together[0]:
                _spread(lots, before, sum(a.quantity for a in together))

    def _day(self, day: dt.date, fills: list[Fill]) -> None:
        bought: dict[str, int] = defaultdict(int)
        taken: dict[str, int] = defaultdict(int)
        for fill in fills:
            self._market_allows(fill)
            taken[fill.symbol] += fill.quantity
            assert fill.amount == fill.price * fill.quantity
            self._costs_are_right(fill)
            symbol, costs = fill.symbol, fill.commission + fill.stamp_duty + fill.transfer_fee + fill.dividend_tax
            lot = rulebook().lot(rulebook().subject(symbol), day)
            assert lot is not None
            if fill.side == "buy":
                assert fill.quantity % lot.step == 0
                self.held[symbol] += fill.quantity
                bought[symbol] += fill.quantity
                self.lots[symbol].append([day, fill.quantity, Decimal(0)])
                self.cash -= fill.amount + costs
                assert self.cash >= 0
            else:
                held = self.held[symbol]
                assert fill.quantity <= held - bought[symbol], "T+1"
                if fill.quantity != held:
                    assert fill.quantity % lot.step == 0 or (held - fill.quantity) % lot.step == 0, "odd lot"
                tax = self._tax(symbol, day, fill.quantity)
                assert abs(tax - fill.dividend_tax) <= FEN
                self.held[symbol] -= fill.quantity
                self.cash += fill.amount - costs
            assert self.held[symbol] == fill.position
        for symbol, quantity in taken.items():
            volume = self.columns[symbol].volume[self.bars[symbol][day]]
            if self.spec.rules.volume_share is not None:
                assert quantity <= Decimal(volume) * self.spec.rules.volume_share

    def _market_allows(self, fill: Fill) -> None:
        columns, row = self.columns[fill.symbol], self.bars[fill.symbol][fill.date]
        assert not columns.suspended[row]
        low, high = _exact(columns.low[row]), _exact(columns.high[row])
        assert low <= fill.price <= high
        book = rulebook()
        subject = book.subject(fill.symbol)
        if fill.symbol in self.listed and row < 10:
            return  # first days
        rule = book.limits(subject, fill.date, is_st=bool(columns.is_st[row]))
        assert rule is not None
        bounds = limit_prices(_exact(columns.preclose[row]), rule, FEN)
        assert bounds is not None
        up, down = bounds
        assert down <= fill.price <= up
        assert low < up if fill.side == "buy" else high > down, "locked"

    def _costs_are_right(self, fill: Fill) -> None:
        book = rulebook()
        costs = book.costs(book.subject(fill.symbol), fill.date, fill.side)
        assert costs.stamp_duty is not None
        assert costs.transfer_fee is not None
        assert fill.stamp_duty == (fill.amount * costs.stamp_duty).quantize(FEN, ROUND_HALF_UP)
        assert fill.transfer_fee == (fill.amount * costs.transfer_fee).quantize(FEN, ROUND_HALF_UP)
        turnover, paid = self.paid.get((fill.order_id, fill.date), (Decimal(0), Decimal(0)))
        turnover += fill.amount
        due = max(
            (turnover * self.spec.costs.commission_rate).quantize(FEN, ROUND_HALF_UP), self.spec.costs.commission_min
        )
        assert fill.commission == due - paid
        self.paid[fill.order_id, fill.date] = turnover, due

    def _tax(self, symbol: str, day: dt.date, quantity: int) -> Decimal:
        tax = Decimal(0)
        lots = self.lots[symbol]
        while quantity:
            bought, held, taxable = lots[0]
            taken = min(quantity, held)
            rate = rulebook().dividend_tax_rate(day, bought, day)
            part = taxable * taken / held if held else taxable
            tax += part * rate
            quantity -= taken
            lots[0][1:] = [held - taken, taxable - part]
            if taken == held:
                lots.pop(0)
        return tax


def _spread(lots: list[list[Any]], held: int, new: int) -> None:
    """Give new shares to the lots in proportion."""
    for lot, share in zip(lots, _shares_of(lots, held, new), strict=True):
        lot[1] += share


def _shares_of(lots: list[list[Any]], held: int, new: int) -> list[int]:
    """Divide new shares among the lots in proportion, whole ones, so that their sum is right."""
    before = given = 0
    found = []
    for lot in lots:
        before += lot[1]
        upto = new * before // held
        found.append(upto - given)
        given = upto
    return found


def _exact(price: float) -> Decimal:
    return Decimal(repr(float(price)))
