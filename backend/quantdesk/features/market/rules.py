"""The rules of an instrument on a day, from the rulebook and from what is stored of the instrument."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.symbol import SymbolError, is_simulated, normalise
from quantdesk.core.rules.book import Rulebook, rulebook
from quantdesk.core.rules.describe import describe
from quantdesk.core.rules.limits import PriceLimitRule, limit_prices
from quantdesk.core.rules.rows import RuleText
from quantdesk.core.rules.subject import Subject
from quantdesk.features.market import repository
from quantdesk.features.market.errors import UnknownSymbol
from quantdesk.features.market.schemas import DayLimit, MarketRules
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore

_MARKET_ZONE = ZoneInfo("Asia/Shanghai")
_LONG_AGO = dt.timedelta(days=60)
"""After so long since its listing no instrument is in its first trading days, whatever the holidays."""

_ASSUMES = {
    "simulated": RuleText(zh="模拟行情：按相应板块的规则", en="Simulated market: the rules of the board are taken"),
    "st": RuleText(
        zh="本机没有当天是否为 ST 的记录，按非 ST 处理", en="Whether it was ST that day is not stored; taken for not ST"
    ),
    "st_before": RuleText(
        zh="当天没有日线，ST 状态取之前最近一天的", en="There is no bar of that day; ST is that of the last bar before"
    ),
    "listed": RuleText(
        zh="本机不知道上市日期，按早已上市处理", en="Its listing date is not known here; taken for listed long ago"
    ),
    "first_days": RuleText(
        zh="没有从上市日起的全部日线，上市后的交易日数按工作日推算",
        en="Not all bars since its listing are stored; trading days since then are counted as weekdays",
    ),
    "settlement": RuleText(
        zh="期货涨跌停按上一交易日结算价；以所存日线的前收盘价当作结算价",
        en="Limits of futures go by the previous settlement price; the stored previous close is taken for it",
    ),
    "ex_right": RuleText(
        zh="当天的前收盘价未知，按上一收盘价计算，未考虑除权除息",
        en="The previous close of that day is not known; the last close is taken, without ex-right changes",
    ),
}


@dataclass(frozen=True, slots=True)
class _Day:
    """What is stored of one day."""

    is_st: bool | None
    preclose: float | None
    last_close: float | None
    """Of the last bar before the day."""
    close: float | None
    """Of the day; None when it has no bar."""


async def market_rules(uow: UnitOfWork, context: Context, text: str, day: dt.date | None) -> MarketRules:
    """Give the rules of the day; by default of the last stored one, else of today. Raise UnknownSymbol."""
    try:
        symbol = normalise(text)
    except SymbolError as error:
        raise UnknownSymbol(str(error), field="symbol") from error
    row = await repository.get(uow.session, symbol)
    kind, list_date = (None, None) if row is None else (row.kind, row.list_date)
    today = clock.utcnow().astimezone(_MARKET_ZONE).date()
    return await asyncio.to_thread(_answer, context.bars, symbol, kind, list_date, day, today)


def _answer(
    store: BarStore,
    symbol: str,
    kind: str | None,
    list_date: dt.date | None,
    wanted: dt.date | None,
    today: dt.date,
) -> MarketRules:
    book = rulebook()
    subject = book.subject(symbol, kind)
    coverage = store.coverage(symbol, "1d")
    day = wanted or (today if coverage is None else coverage.last)
    bars = None if coverage is None else store.read(symbol, "1d", end=day)
    stored = _stored(bars, day)
    assumed: list[str] = []
    if is_simulated(symbol):
        assumed.append("simulated")
    if subject.kind == "stock":
        if stored.is_st is None:
            assumed.append("st")
        elif stored.close is None:
            assumed.append("st_before")
        if list_date is None:
            assumed.append("listed")
    is_st = bool(stored.is_st)
    number = _trading_day(bars, list_date, day)
    if list_date is not None and number is None and dt.timedelta(0) <= day - list_date < _LONG_AGO:
        assumed.append("first_days")
    rule = book.limits(subject, day, is_st=is_st, list_date=list_date, trading_day=number)
    following = _next_weekday(day)
    next_number = None if number is None else number + 1
    next_rule = book.limits(subject, following, is_st=is_st, list_date=list_date, trading_day=next_number)
    limit = _limit(book, subject, rule, stored.preclose, "preclose")
    if subject.product is not None and limit is not None:
        assumed.append("settlement")
    if limit is None and subject.product is None:
        limit = _limit(book, subject, rule, stored.last_close, "last_close")
        if limit is not None:
            assumed.append("ex_right")
    return MarketRules(
        symbol=symbol,
        date=day,
        kind=subject.kind,
        board=subject.board,
        is_st=is_st,
        list_date=list_date,
        limit=limit,
        next_limit=None if subject.product else _limit(book, subject, next_rule, stored.close, "last_close"),
        statements=describe(book, subject, day, is_st=is_st, list_date=list_date, trading_day=number),
        assumptions=[_ASSUMES[key] for key in assumed],
        rules_version=book.version,
    )


def _stored(bars: Bars | None, day: dt.date) -> _Day:
    if bars is None or len(bars) == 0:
        return _Day(None, None, None, None)
    is_st = bool(bars.is_st[-1])
    if bars.time[-1] != np.datetime64(day):
        return _Day(is_st, None, float(bars.close[-1]), None)
    preclose = float(bars.preclose[-1]) if np.isfinite(bars.preclose[-1]) else None
    before = float(bars.close[-2]) if len(bars) > 1 else None
    return _Day(is_st, preclose, before, float(bars.close[-1]))


def _trading_day(bars: Bars | None, list_date: dt.date | None, day: dt.date) -> int | None:
    """Count the stored bars since the listing; None when they do not begin with it or do not reach the day."""
    if bars is None or list_date is None or len(bars) == 0:
        return None
    if bars.time[0] > np.datetime64(list_date) or bars.time[-1] != np.datetime64(day):
        return None
    return int(np.count_nonzero(bars.time >= np.datetime64(list_date))) or None


def _limit(
    book: Rulebook,
    subject: Subject,
    rule: PriceLimitRule | None,
    price: float | None,
    kind: Literal["preclose", "last_close"],
) -> DayLimit | None:
    tick = book.tick(subject)
    if rule is None or price is None or tick is None:
        return None
    base = Decimal(repr(price))
    if rule.base != "settlement":  # which may lie between two ticks
        base = base.quantize(tick.size, ROUND_HALF_UP)
    # On the day of listing the exchange gives the issue price as the previous close.
    if base < tick.size or (rule.base == "issue_price" and kind != "preclose"):
        return None
    prices = limit_prices(base, rule, tick.size)
    if prices is None:
        return None
    return DayLimit(
        rule_id=rule.row.id,
        base=str(base),
        base_kind=kind if rule.base == "preclose" else rule.base,
        up=str(prices[0]),
        down=str(prices[1]),
    )


def _next_weekday(day: dt.date) -> dt.date:
    """Give the next Monday to Friday; the calendar's last days stand for themselves."""
    days = dt.timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    return day if day > dt.date.max - days else day + days
