"""The rules of futures and coins in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from quantdesk.core.rules import derivative_rows as derivatives
from quantdesk.core.rules import rows
from quantdesk.core.rules.book import Rulebook
from quantdesk.core.rules.subject import Subject
from quantdesk.core.rules.words import percent, session_words

DerivativeTopic = Literal["contract", "pair", "limit", "margin", "settlement", "session", "fee"]
Told = tuple[DerivativeTopic, rows.Row, str, str]
"""Topic, row, and its words in zh and en."""


def futures_rules(book: Rulebook, subject: Subject, day: dt.date) -> Iterator[Told]:
    """Tell what one contract is, then its limit, margin, fees and sessions. Nothing before the product's listing."""
    contract = book.contract(subject, day)
    if contract is None:
        return
    yield "contract", contract, *_contract(book, contract, subject.continuous)
    limit = book.futures_limit(subject, day)
    if limit is not None:
        yield "limit", limit, *_limit(limit)
    margin = book.margin(subject, day)
    if margin is not None:
        rate = percent(margin.rate)
        yield (
            "margin",
            margin,
            f"交易所最低保证金 {rate}，期货公司另加",
            f"Exchange margin {rate} at least; brokers add",
        )
    fees = book.futures_fees(subject, day)
    if fees is not None:
        yield "fee", fees, *_futures_fees(fees)
    settlement = book.settlement(subject, day)
    if settlement is not None:
        yield (
            "settlement",
            settlement,
            "T+0，可做多做空；每日按结算价无负债结算",
            "T+0, long and short; settled in cash every day at the settlement price",
        )
    session = book.sessions(subject, day)
    if session is not None:
        yield "session", session, *session_words(session)


def coin_rules(book: Rulebook, subject: Subject, day: dt.date) -> Iterator[Told]:
    """Tell a pair's steps and minima, then fees and hours."""
    pair = book.crypto_pair(subject, day)
    if pair is None or subject.pair is None:
        return
    yield "pair", pair, *_pair(pair, subject.pair)
    fees = book.crypto_fees(subject, day)
    if fees is not None:
        maker, taker = percent(fees.maker), percent(fees.taker)
        yield (
            "fee",
            fees,
            f"普通用户挂单 {maker}，吃单 {taker}",
            f"A regular user pays {maker} as maker, {taker} as taker",
        )
    settlement = book.settlement(subject, day)
    if settlement is not None:
        yield "settlement", settlement, "T+0：成交后即可卖出", "T+0: what is bought may be sold at once"
    session = book.sessions(subject, day)
    if session is not None:
        yield "session", session, "全年无休，每天 24 小时（UTC 分日）", "Around the clock, every day; days are UTC"


def _contract(book: Rulebook, row: derivatives.ContractRow, continuous: bool) -> tuple[str, str]:
    unit, last = book.tables.quote_units[row.unit], book.tables.last_days[row.last_day]
    zh = (
        f"{row.name.zh}：报价单位 {unit.zh}，合约乘数 {row.multiplier}，最小变动价位 {_plain(row.tick)}，"
        f"每手 1 张合约；最后交易日为{last.zh}"
    )
    en = (
        f"{row.name.en}: quoted in {unit.en}, multiplier {row.multiplier}, price tick {_plain(row.tick)}, traded by "
        f"single contracts; last trading day: {last.en}"
    )
    if continuous:
        zh += "。这是由各月合约拼接的主力连续，按品种的规则；换月处的价差不是盈亏"
        en += (
            ". This is the main contract spliced from months; it follows its product, and the step at a roll is no gain"
        )
    return zh, en


def _limit(row: derivatives.FuturesLimitRow) -> tuple[str, str]:
    rate = percent(row.rate)
    if row.least:
        return (
            f"合约规定的涨跌停板为上一交易日结算价的 ±{rate}，交易所可上调，当日实际幅度未收录",
            f"The contract's limit is ±{rate} of the previous settlement price; the exchange may set more, and what it "
            "set on a day is not in the book",
        )
    return (
        f"涨跌停板为上一交易日结算价的 ±{rate}，价位向内取整",
        f"Within ±{rate} of the previous settlement price, rounded to the tick within",
    )


def _futures_fees(row: derivatives.FuturesFeeRow) -> tuple[str, str]:
    if row.basis == "contract":
        zh = f"交易所手续费每手：开仓 {row.open} 元，平仓 {row.close} 元，平今 {row.close_today} 元"
        en = f"Exchange fee a contract: open {row.open}, close {row.close}, close the same day {row.close_today} CNY"
        return zh, en
    opened, closed, today = percent(row.open), percent(row.close), percent(row.close_today)
    return (
        f"交易所手续费按成交金额：开仓 {opened}，平仓 {closed}，平今 {today}",
        f"Exchange fee on the turnover: open {opened}, close {closed}, close the same day {today}",
    )


def _pair(row: derivatives.CryptoPairRow, pair: str) -> tuple[str, str]:
    base, quote = pair.split("-")
    zh = (
        f"{pair} 现货：价格步长 {_plain(row.tick)} {quote}，数量步长 {_plain(row.step)} {base}，"
        f"最小数量 {_plain(row.minimum_quantity)} {base}"
    )
    en = (
        f"{pair} spot: price step {_plain(row.tick)} {quote}, quantity step {_plain(row.step)} {base}, at least "
        f"{_plain(row.minimum_quantity)} {base}"
    )
    if row.minimum_notional > 0:
        zh += f"，每单至少 {_plain(row.minimum_notional)} {quote}"
        en += f" and {_plain(row.minimum_notional)} {quote} an order"
    return f"{zh}；无涨跌停", f"{en}; no price limit"


def _plain(number: Decimal) -> str:
    return format(number, "f")
