"""Why an order was refused or cut: the rule, its numbers, the rulebook's row, and both languages' words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from quantdesk.core.backtest.result import RejectionRule, Side
from quantdesk.core.backtest.words import Words
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.market import Exchange
from quantdesk.core.rules.book import rulebook


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row of the kernel's refusals in plain terms; a and b are the figures the rule compared."""

    symbol: str
    side: Side
    day: dt.date
    rule: RejectionRule
    wanted: int
    allowed: int
    price: Decimal | None
    limit: Decimal | None
    a: int
    b: int
    scale: int
    coin_step: Decimal | None = None
    """How much of a coin one quantity unit is; None for what is counted in whole shares or contracts."""
    contracts: bool = False


def row_of(refusal: Refusal, exchange: Exchange, step: int, symbol: int) -> str | None:
    """Give the id of the rulebook's row that a refusal rests on; None where it rests on the account or the market."""
    book, subject = rulebook(), exchange.subjects[symbol]
    match refusal.rule:
        case "limit_up" | "limit_down" | "outside_limits":
            rule = book.limits(
                subject, refusal.day, is_st=bool(exchange.is_st[step, symbol]), **_listing(exchange, step, symbol)
            )
            return None if rule is None else rule.row.id
        case "lot" | "minimum":
            lot = book.lot(subject, refusal.day) or book.crypto_pair(subject, refusal.day)
            return None if lot is None else lot.id
        case "margin":
            margin = book.margin(subject, refusal.day)
            return None if margin is None else margin.id
        case "t_plus_1":
            settlement = book.settlement(subject, refusal.day)
            return None if settlement is None else settlement.id
        case _:
            return None


def _listing(exchange: Exchange, step: int, symbol: int) -> dict[str, Any]:
    """Give the day of listing and the trading day since, counted in bars as the simulator does."""
    listing = exchange.listings.get(exchange.symbols[symbol])
    if listing is None or listing.listed is None:
        return {}
    days = exchange.dates.astype("datetime64[D]")
    since = int(np.searchsorted(days, np.datetime64(listing.listed)))
    if since == len(days) or days[since].item() != listing.listed:
        return {}
    return {
        "list_date": listing.listed,
        "trading_day": int((exchange.market.state[since : step + 1, symbol] > 0).sum()),
    }


def describe_refusal(refusal: Refusal) -> tuple[Words, dict[str, str]]:
    """Say what the rule compared, in words and as named decimal strings."""
    r = refusal
    zh_side, en_side = ("买入", "buy") if r.side == "buy" else ("卖出", "sell")
    symbol = r.symbol
    limit, price = _plain(r.limit), _plain(r.price)
    match r.rule:
        case "lot":
            numbers = {"asked": str(r.wanted), "minimum": str(r.a), "step": str(r.b)}
            if r.allowed:
                return Words(
                    f"{symbol} 委托 {_zh(r, r.wanted)}不是整手（最少 {_zh(r, r.a)}，之后每 {_zh(r, r.b)}递增），"
                    f"按 {_zh(r, r.allowed)}申报",
                    f"{symbol}: {_en(r, r.wanted)} are no whole lots (at least {_number(r, r.a)}, "
                    f"then steps of {_number(r, r.b)}); "
                    f"{_number(r, r.allowed)} were ordered",
                ), numbers
            return Words(
                f"{symbol} 委托 {_zh(r, r.wanted)}不足一手（最少 {_zh(r, r.a)}）",
                f"{symbol}: {_en(r, r.wanted)} are less than one lot (at least {_number(r, r.a)})",
            ), numbers
        case "cash":
            needed, cash = _yuan(r.a), _yuan(r.b)
            return Words(
                f"{symbol} 买入 {_zh(r, r.wanted)}需要 {needed} 元（含费用），可用现金 {cash} 元，{_left_zh(r)}",
                f"{symbol}: buying {_en(r, r.wanted)} needs {needed} yuan with costs, there are {cash}; {_left_en(r)}",
            ), {"needed": needed, "cash": cash, "price": price}
        case "position":
            return Words(
                f"{symbol} 卖出 {_zh(r, r.a)}，持仓只有 {_zh(r, r.b)}",
                f"{symbol}: {_en(r, r.a)} to sell, {_number(r, r.b)} held",
            ), {"asked": str(r.a), "held": str(r.b)}
        case "t_plus_1":
            return Words(
                f"{symbol} T+1：持仓 {_zh(r, r.a)}中有 {_zh(r, r.b)}是今天买入的，今天最多可卖 {_zh(r, r.allowed)}",
                f"{symbol}, T+1: {_number(r, r.b)} of the {_en(r, r.a)} held were bought today, "
                f"at most {_number(r, r.allowed)} may be sold",
            ), {"held": str(r.a), "bought_today": str(r.b), "sellable": str(r.allowed)}
        case "limit_up":
            return Words(
                f"{symbol} 涨停 {limit} 元封板，买不到",
                f"{symbol} is locked at its upper limit of {limit} yuan: nothing can be bought",
            ), {"limit": limit}
        case "limit_down":
            return Words(
                f"{symbol} 跌停 {limit} 元封板，卖不出",
                f"{symbol} is locked at its lower limit of {limit} yuan: nothing can be sold",
            ), {"limit": limit}
        case "outside_limits":
            return Words(
                f"{symbol} 委托价超出当日涨跌停价 {limit} 元，是废单",
                f"{symbol}: the order's price is beyond the day's limit of {limit} yuan",
            ), {"limit": limit}
        case "suspended":
            return Words(f"{symbol} 停牌，无法{zh_side}", f"{symbol} is suspended: cannot {en_side}"), {}
        case "not_listed":
            return Words(
                f"{symbol} 还没有行情（未上市或数据尚未开始），不能委托",
                f"{symbol} has no bars yet (not listed, or its data start later)",
            ), {}
        case "delisted":
            return Words(f"{symbol} 已终止上市，不能委托", f"{symbol} is no longer listed"), {}
        case "volume":
            return Words(
                f"{symbol} 当日成交量 {_zh(r, r.a)}，按比例最多参与 {_zh(r, r.b)}，{_left_zh(r)}",
                f"{symbol} traded {_en(r, r.a)}, of which at most {_number(r, r.b)} can be taken; {_left_en(r)}",
            ), {"volume": str(r.a), "available": str(r.b)}
        case "not_reached":
            low, high = _plain(Decimal(r.a) / r.scale), _plain(Decimal(r.b) / r.scale)
            return Words(
                f"{symbol} 委托价 {limit} 元没有成交：当日最低 {low}、最高 {high} 元",
                f"{symbol} never came to the order's {limit} yuan: low {low}, high {high}",
            ), {"price": limit, "low": low, "high": high}
        case "margin":
            needed, cash = _yuan(r.a), _yuan(r.b)
            return Words(
                f"{symbol} 开仓后需要保证金 {needed} 元（含手续费），权益 {cash} 元，{_left_zh(r)}",
                f"{symbol}: the position would need {needed} yuan of margin and fees, equity is {cash}; {_left_en(r)}",
            ), {"needed": needed, "equity": cash, "price": price}
        case "minimum":
            return Words(
                f"{symbol} 委托金额 {_yuan(r.a)} 低于交易所最小金额 {_yuan(r.b)}",
                f"{symbol}: the order is worth {_yuan(r.a)}, the exchange wants at least {_yuan(r.b)}",
            ), {"value": _yuan(r.a), "minimum": _yuan(r.b)}
        case "price":
            return Words(f"{symbol} 委托价无效，必须大于 0", f"{symbol}: the order's price must be above 0"), {
                "price": price
            }
        case "data":
            return Words(f"{symbol} 没有可用的数据", f"{symbol} has no usable data"), {}


def _left_zh(refusal: Refusal) -> str:
    return f"只成交 {_zh(refusal, refusal.allowed)}" if refusal.allowed else "没有成交"


def _left_en(refusal: Refusal) -> str:
    return f"{_number(refusal, refusal.allowed)} were filled" if refusal.allowed else "nothing was filled"


def _number(refusal: Refusal, quantity: int) -> str:
    """Give a quantity as a person reads it: shares, contracts, or an amount of a coin."""
    return str(quantity) if refusal.coin_step is None else f"{(refusal.coin_step * quantity).normalize():f}"


def _zh(refusal: Refusal, quantity: int) -> str:
    return (
        f"{_number(refusal, quantity)} {'个' if refusal.coin_step is not None else '手' if refusal.contracts else '股'}"
    )


def _en(refusal: Refusal, quantity: int) -> str:
    return _number(refusal, quantity) + (
        " coins" if refusal.coin_step is not None else " contracts" if refusal.contracts else " shares"
    )


def _plain(value: Decimal | None) -> str:
    """Give a price without needless zeros, but with two decimals."""
    if value is None:
        return "0"
    text = f"{value:.6f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}"


def _yuan(units: int) -> str:
    return f"{Decimal(units) / c.UNIT:.2f}"
