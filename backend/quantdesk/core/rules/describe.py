"""The rules that hold for an instrument on a day, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from quantdesk.core.rules import rows
from quantdesk.core.rules.book import Rulebook
from quantdesk.core.rules.describe_derivatives import coin_rules, futures_rules
from quantdesk.core.rules.subject import Subject
from quantdesk.core.rules.words import percent, session_words

Topic = Literal[
    "limit", "rounding", "tick", "lot", "settlement", "session", "stamp_duty", "transfer_fee", "commission",
    "handling", "dividend_tax", "contract", "pair", "margin", "fee",
]  # fmt: skip

_SEGMENTS: dict[rows.Segment, tuple[str, str]] = {
    "main": ("主板", "Main-board"),
    "chinext": ("创业板", "ChiNext"),
    "star": ("科创板", "STAR"),
    "bse": ("北交所", "BSE"),
    "fund": ("基金", "Funds"),
    "growth_fund": ("科创板、创业板指数基金", "Funds on a STAR or ChiNext index"),
}
_EVENTS: dict[rows.Event, tuple[str, str]] = {
    "relisting": ("恢复上市或重新上市首日", "The first day after relisting"),
    "delisting_period": ("退市整理期首日", "The first day of the delisting period"),
}


class RuleStatement(rows.Frozen):
    """One rule in words, with where it stands."""

    id: str
    topic: Topic
    zh: str
    en: str
    since: dt.date
    until: dt.date | None
    """The last day it holds; None while it holds. Of rules on first days: days of listing."""
    source: rows.RuleSource
    uncertain: bool
    note: rows.RuleText | None


def describe(
    book: Rulebook,
    subject: Subject,
    day: dt.date,
    *,
    is_st: bool = False,
    list_date: dt.date | None = None,
    trading_day: int | None = None,
    event: rows.Event | None = None,
) -> list[RuleStatement]:
    """Give the rules of a day in words, the price limit first; of futures and coins what is traded first.

    Empty for an index: it is not traded.
    """
    if subject.product is not None:
        return [_statement(book, topic, row, zh, en) for topic, row, zh, en in futures_rules(book, subject, day)]
    if subject.pair is not None:
        return [_statement(book, topic, row, zh, en) for topic, row, zh, en in coin_rules(book, subject, day)]
    if subject.segment is None:
        return []
    found: list[tuple[Topic, rows.Row | None, str, str]] = []
    limit = book.limits(subject, day, is_st=is_st, list_date=list_date, trading_day=trading_day, event=event)
    if limit is not None and isinstance(limit.row, rows.LimitRow | rows.FirstDaysRow | rows.EventRow):
        found.append(("limit", limit.row, *_limit(limit.row, subject.segment, is_st)))
        if not limit.unlimited:
            found.append(("rounding", book.rounding(subject, day), *_ROUNDING))
    tick = book.tick(subject, day)
    if tick is not None:
        found.append(
            ("tick", tick, f"最小变动价位 {tick.size} {_unit_zh(subject)}", f"Price tick {tick.size} {_unit(subject)}")
        )
    lot = book.lot(subject, day)
    if lot is not None:
        found.append(("lot", lot, *_lot(lot)))
    settlement = book.settlement(subject, day)
    if settlement is not None:
        found.append(("settlement", settlement, *_settlement(settlement)))
    session = book.sessions(subject, day)
    if session is not None:
        found.append(("session", session, *session_words(session)))
    found += _costs(book, subject, day)
    dividend = book.dividend_tax(day)
    if dividend is not None and subject.duty_class == "a":
        found.append(("dividend_tax", dividend, *_dividend(dividend)))
    return [_statement(book, topic, row, zh, en) for topic, row, zh, en in found if row is not None]


def _statement(book: Rulebook, topic: Topic, row: rows.Row, zh: str, en: str) -> RuleStatement:
    return RuleStatement(
        id=row.id,
        topic=topic,
        zh=zh,
        en=en,
        since=row.since,
        until=row.until,
        source=book.source(row),
        uncertain=row.uncertain,
        note=row.note,
    )


_ROUNDING = (
    "涨跌停价 = 除权除息后的前收盘价 ×（1 ± 比例），四舍五入到最小变动价位；不足一个价位时按一个价位",
    "Limit price = ex-right previous close × (1 ± rate), rounded half up to a tick; it moves by one tick at least",
)


def _limit(
    row: rows.LimitRow | rows.FirstDaysRow | rows.EventRow, segment: rows.Segment, is_st: bool
) -> tuple[str, str]:
    zh, en = _SEGMENTS[segment]
    if isinstance(row, rows.EventRow):
        event_zh, event_en = _EVENTS[row.event]
        return f"{event_zh}不设涨跌幅限制", f"{event_en} has no price limit"
    if isinstance(row, rows.FirstDaysRow):
        if row.up is None or row.down is None:
            first = "首日" if row.days == 1 else f"前 {row.days} 个交易日"
            first_en = "first trading day" if row.days == 1 else f"first {row.days} trading days"
            verb = "has" if row.days == 1 else "have"
            return f"{zh}新股上市{first}不设涨跌幅限制", f"{en}: the {first_en} of a new listing {verb} no price limit"
        return (
            f"{zh}新股上市首日：不高于发行价的 {percent(1 + row.up)}，不低于 {percent(1 - row.down)}",
            f"{en}, first day of a new listing: at most {percent(1 + row.up)} of the issue price, "
            f"at least {percent(1 - row.down)}",
        )
    st_zh, st_en = ("风险警示（ST）股票", " ST") if is_st else ("" if "fund" in segment else "股票", "")
    noun = "" if "fund" in segment else " shares"
    if row.rate is None:
        return f"{zh}{st_zh}不设涨跌幅限制", f"{en}{st_en}{noun}: no price limit"
    return (
        f"{zh}{st_zh}涨跌幅限制为前收盘价的 ±{percent(row.rate)}",
        f"{en}{st_en}{noun}: within ±{percent(row.rate)} of the previous close",
    )


def _lot(row: rows.LotRow) -> tuple[str, str]:
    if row.step == 1:
        zh = f"买入 {row.minimum} 股起，以 1 股递增"
        en = f"Buy {row.minimum} or more, by single shares"
    else:
        zh = f"买入为 {row.step} 的整数倍"
        en = f"Buy in multiples of {row.step}"
    zh += f"；余额不足 {row.minimum} 的零股一次性卖出"
    en += f"; a rest below {row.minimum} is sold at once"
    if row.max_limit is not None:
        zh += f"；限价单最多 {row.max_limit:,}"
        en += f"; limit orders up to {row.max_limit:,}"
        if row.max_market is not None and row.max_market != row.max_limit:
            zh += f"，市价单最多 {row.max_market:,}"
            en += f", market orders up to {row.max_market:,}"
    return zh, en


def _settlement(row: rows.SettlementRow) -> tuple[str, str]:
    if row.days == 0:
        return (
            "T+0：当日买入可当日卖出；卖出资金当日可用，次日可取",
            "T+0: what is bought may be sold the same day; cash of a sell buys at once and is paid out a day later",
        )
    return (
        f"T+{row.days}：当日买入次一交易日起可卖；卖出资金当日可用，次日可取",
        f"T+{row.days}: what is bought may be sold from the next trading day; cash of a sell buys at once and is "
        "paid out a day later",
    )


def _costs(book: Rulebook, subject: Subject, day: dt.date) -> Iterator[tuple[Topic, rows.Row | None, str, str]]:
    duty = book.stamp_duty(subject, day)
    if duty is not None:
        yield "stamp_duty", duty, *_duty(duty)
    transfer = book.transfer_fee(subject, day)
    if transfer is not None:
        yield "transfer_fee", transfer, *_transfer(transfer)
    commission = book.commission(subject, day)
    if commission is not None:
        cap, least = percent(commission.cap), f"{commission.minimum} {commission.currency}"
        yield (
            "commission",
            commission,
            f"佣金不高于成交金额的 {cap}，惯例每笔最低 {commission.minimum} {_unit_zh(subject)}",
            f"Commission at most {cap} of the turnover; customary minimum {least} an order",
        )
    handling = book.handling(subject, day)
    if handling is not None:
        rate = percent(handling.rate)
        yield (
            "handling",
            handling,
            f"交易所经手费 {rate}，双向，已含在佣金内，不另收",
            f"Exchange handling fee {rate} on both sides, part of the commission",
        )


def _duty(row: rows.StampDutyRow) -> tuple[str, str]:
    if row.buy == row.sell == 0:
        return "免征印花税", "No stamp duty"
    if row.buy == 0:
        return f"印花税 {percent(row.sell)}，仅卖出", f"Stamp duty {percent(row.sell)}, on sells only"
    return f"印花税 {percent(row.buy)}，买卖双向", f"Stamp duty {percent(row.buy)}, on buys and sells"


def _transfer(row: rows.TransferFeeRow) -> tuple[str, str]:
    if row.rate == 0:
        return "不另收过户费", "No transfer fee on top"
    if row.basis == "face_value":
        return (
            f"过户费为成交面额的 {percent(row.rate)}，双向",
            f"Transfer fee {percent(row.rate)} of the face value, both sides",
        )
    return (
        f"过户费为成交金额的 {percent(row.rate)}，双向",
        f"Transfer fee {percent(row.rate)} of the turnover, both sides",
    )


def _dividend(row: rows.DividendTaxRow) -> tuple[str, str]:
    if len(row.brackets) == 1:
        rate = percent(row.brackets[0].rate)
        return f"个人现金红利税 {rate}", f"Tax on a person's cash dividends: {rate}"
    zh, en = [], []
    for bracket in row.brackets:
        rate = "免税" if bracket.rate == 0 else percent(bracket.rate)
        rate_en = "none" if bracket.rate == 0 else percent(bracket.rate)
        held_zh, held_en = _held(bracket.months)
        zh.append(f"{held_zh} {rate}")
        en.append(f"{rate_en} {held_en}")
    return "个人现金红利税：持股" + "，".join(zh), "Tax on a person's cash dividends: " + ", ".join(en)


def _held(months: int | None) -> tuple[str, str]:
    if months is None:
        return "更长", "if held longer"
    years, rest = divmod(months, 12)
    if rest == 0:
        return f"不超过 {years} 年", f"if held up to {years} year{'s' if years > 1 else ''}"
    return f"不超过 {months} 个月", f"if held up to {months} month{'s' if months > 1 else ''}"


def _unit(subject: Subject) -> str:
    return {"b_sh": "USD", "b_sz": "HKD"}.get(subject.tick_group or "", "CNY")


def _unit_zh(subject: Subject) -> str:
    return {"b_sh": "美元", "b_sz": "港元"}.get(subject.tick_group or "", "元")
