"""From the simulator's integer tables to the records of a report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from quantdesk.core.backtest.refusals import Refusal, describe_refusal, row_of
from quantdesk.core.backtest.result import (
    ActionKind,
    CorporateActionRecord,
    Fill,
    Order,
    OrderStatus,
    OrderType,
    Rejection,
    RejectionRule,
    Side,
    made,
)
from quantdesk.core.backtest.words import Words
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.derivative_rates import step_of
from quantdesk.core.execution.layout import State
from quantdesk.core.execution.market import Exchange

_NOTHING = Decimal("0.00")
_TWO, _SIX = Decimal(-2), Decimal(-6)
_MICRO = 1_000_000
_TYPES: tuple[OrderType, ...] = ("market", "limit", "stop", "stop_limit", "open", "close")
_STATUSES: tuple[OrderStatus, ...] = ("open", "partial", "filled", "cancelled", "expired", "rejected")
_RULES: tuple[RejectionRule | None, ...] = (
    None, "lot", "cash", "position", "price", "data", "t_plus_1", "limit_up", "limit_down", "outside_limits",
    "suspended", "not_listed", "delisted", "volume", "not_reached", "margin", "minimum",
)  # fmt: skip
_ACTIONS: tuple[ActionKind, ...] = (
    "dividend", "bonus", "conversion", "split", "rights_issue", "rights_lapsed", "ex_right", "delisted", "margin_call",
)  # fmt: skip


class Decoder:
    """Reads one finished run. Quantities are in the instrument's units: shares, contracts, steps of a coin."""

    def __init__(self, exchange: Exchange, state: State) -> None:
        self._exchange = exchange
        self.state = state
        self._dates: list[dt.date] = exchange.dates.astype("datetime64[D]").tolist()
        self._scales: list[int] = exchange.market.instrument[:, c.I_SCALE].tolist()
        self._contracts: list[tuple[int, int]] = exchange.market.instrument[:, [c.I_NUM, c.I_DEN]].tolist()

    def orders(self) -> list[Order]:
        """Give all orders, by number from 1 on."""
        rows = self.state.orders[: self.state.account[c.A_ORDERS]].tolist()
        return [self._order(number, row) for number, row in enumerate(rows, start=1)]

    def fills(self) -> list[Fill]:
        """Give all fills in order of time."""
        return [self._fill(row) for row in self.state.fills[: self.state.account[c.A_FILLS]].tolist()]

    def rejections(self) -> list[Rejection]:
        """Give all refusals and cuts, in order of time."""
        rows = self.state.refusals[: self.state.account[c.A_REFUSALS]].tolist()
        return [self.rejection(row) for row in rows]

    def actions(self) -> list[CorporateActionRecord]:
        """Give what corporate actions, delistings and margin calls did."""
        return [self._action(row) for row in self.state.events[: self.state.account[c.A_EVENTS]].tolist()]

    def _fill(self, row: list[int]) -> Fill:
        symbol = row[c.F_SYMBOL]
        return made(
            Fill,
            {
                "order_id": row[c.F_ORDER] + 1,
                "symbol": self._exchange.symbols[symbol],
                "side": _side(row[c.F_SIDE]),
                "date": self._dates[row[c.F_STEP]],
                "quantity": row[c.F_QTY],
                "price": self._price(symbol, row[c.F_PRICE]),
                "amount": money(row[c.F_AMOUNT]),
                "commission": money(row[c.F_COMMISSION]),
                "stamp_duty": money(row[c.F_DUTY]),
                "transfer_fee": money(row[c.F_TRANSFER]),
                "position": row[c.F_POSITION],
                "slippage": money(row[c.F_SLIPPAGE]),
                "dividend_tax": money(row[c.F_TAX]),
            },
        )

    def _order(self, number: int, row: list[int]) -> Order:
        symbol, filled, asked = row[c.O_SYMBOL], row[c.O_FILLED], row[c.O_ASKED]
        status = _STATUSES[row[c.O_STATUS]]
        price = row[c.O_LIMIT] or row[c.O_STOP]
        return made(
            Order,
            {
                "id": number,
                "symbol": self._exchange.symbols[symbol],
                "side": _side(row[c.O_SIDE]),
                "type": _TYPES[row[c.O_TYPE]],
                "quantity": asked,
                "filled": filled,
                "price": self._price(symbol, price) if price > 0 else None,
                "average_price": self._average(symbol, row) if filled else None,
                "status": "partial" if status == "filled" and filled < asked else status,
                "created": self._dates[row[c.O_CREATED]],
                "closed": None if row[c.O_CLOSED] < 0 else self._dates[row[c.O_CLOSED]],
            },
        )

    def _average(self, symbol: int, row: list[int]) -> Decimal:
        num, den = self._contracts[symbol]
        return _quotient(row[c.O_AMOUNT] * den, num * row[c.O_FILLED] * self._scales[symbol])

    def rejection(self, row: list[int]) -> Rejection:
        """Write up one row of the refusals."""
        symbol, step = row[c.X_SYMBOL], row[c.X_STEP]
        instrument = self._exchange.market.instrument[symbol]
        rule = _RULES[row[c.X_RULE]]
        assert rule is not None  # noqa: S101 - the kernel writes no refusal without a rule
        refusal = Refusal(
            symbol=self._exchange.symbols[symbol],
            side=_side(row[c.X_SIDE]),
            day=self._dates[step],
            rule=rule,
            wanted=row[c.X_WANTED],
            allowed=row[c.X_ALLOWED],
            price=self._price(symbol, row[c.X_PRICE]) if row[c.X_PRICE] > 0 else None,
            limit=self._price(symbol, row[c.X_LIMIT]) if row[c.X_LIMIT] > 0 else None,
            a=row[c.X_A],
            b=row[c.X_B],
            scale=self._scales[symbol],
            coin_step=step_of(instrument) if instrument[c.I_KIND] == c.COIN else None,
            contracts=bool(instrument[c.I_KIND] == c.FUTURE),
        )
        words, numbers = describe_refusal(refusal)
        return made(
            Rejection,
            {
                "order_id": row[c.X_ORDER] + 1,
                "symbol": refusal.symbol,
                "side": refusal.side,
                "date": refusal.day,
                "quantity": refusal.wanted - refusal.allowed,
                "rule": rule,
                "allowed": refusal.allowed,
                "price": refusal.price,
                "limit": refusal.limit,
                "rulebook": row_of(refusal, self._exchange, step, symbol),
                "numbers": numbers,
                "message_zh": words.zh,
                "message_en": words.en,
            },
        )

    def _action(self, row: list[int]) -> CorporateActionRecord:
        symbol = self._exchange.symbols[row[c.E_SYMBOL]]
        kind, cash = _ACTIONS[row[c.E_KIND]], money(row[c.E_CASH])
        words = _action_words(symbol, kind, row[c.E_QTY], cash)
        moved = kind != "margin_call"  # its figures are what is missing and what will be closed; nothing has moved yet
        return made(
            CorporateActionRecord,
            {
                "symbol": symbol,
                "date": self._dates[row[c.E_STEP]],
                "kind": kind,
                "quantity": row[c.E_QTY] if moved else 0,
                "cash": cash if moved else money(0),
                "position": row[c.E_POSITION],
                "message_zh": words.zh,
                "message_en": words.en,
            },
        )

    def _price(self, symbol: int, value: int) -> Decimal:
        return _quotient(value, self._scales[symbol])


def _quotient(value: int, by: int) -> Decimal:
    """Divide positive numbers, to six decimals, half to even."""
    micro, rest = divmod(value * _MICRO, by)
    if rest and (2 * rest > by or (2 * rest == by and micro % 2)):
        micro += 1
    return Decimal(micro).scaleb(_SIX)


def money(units: int) -> Decimal:
    """Give money units in currency, exact; amounts are multiples of 0.01 but for turnover at finer prices."""
    if units == 0:
        return _NOTHING
    whole, rest = divmod(units, c.FEN)
    return Decimal(units) / c.UNIT if rest else Decimal(whole).scaleb(_TWO)


def _side(side: int) -> Side:
    return "buy" if side == c.BUY else "sell"


def _action_words(symbol: str, kind: ActionKind, quantity: int, cash: Decimal) -> Words:
    match kind:
        case "dividend":
            return Words(f"{symbol} 派息 {cash} 元（税前）", f"{symbol}: dividend of {cash} yuan before tax")
        case "bonus":
            return Words(f"{symbol} 送股 {quantity} 股", f"{symbol}: {quantity} bonus shares")
        case "conversion" | "split":
            return Words(f"{symbol} 转增（拆分） {quantity} 股", f"{symbol}: {quantity} shares by conversion or split")
        case "rights_issue":
            return Words(
                f"{symbol} 配股认购 {quantity} 股，付款 {-cash} 元",
                f"{symbol}: {quantity} shares of the rights issue taken for {-cash} yuan",
            )
        case "rights_lapsed":
            return Words(f"{symbol} 放弃配股", f"{symbol}: rights left to lapse")
        case "ex_right":
            return Words(
                f"{symbol} 除权除息，没有公告数据：按昨收价折算为 {quantity} 股和 {cash} 元",
                f"{symbol} went ex right without a known action: from its previous close {quantity} shares and "
                f"{cash} yuan",
            )
        case "delisted":
            return Words(
                f"{symbol} 终止上市，{-quantity} 股按最后价格折现 {cash} 元",
                f"{symbol} delisted: {-quantity} shares paid out at the last price, {cash} yuan",
            )
        case "margin_call":
            return Words(
                f"{symbol} 保证金不足 {-cash} 元，下一根 K 线强制平仓 {abs(quantity)} 手",
                f"{symbol}: margin short by {-cash} yuan, {abs(quantity)} contracts are closed out at the next bar",
            )
