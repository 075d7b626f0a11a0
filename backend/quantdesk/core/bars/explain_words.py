"""In words, in Chinese and English, why prices of past days differ: with the figures of the stock at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quantdesk.core.bars.explain import Comparison, Event, Lines

Topic = Literal["returns", "additive", "as_of", "reinvested", "unknown"]


@dataclass(frozen=True, slots=True)
class Sentence:
    topic: Topic
    zh: str
    en: str


def event_words(event: Event) -> tuple[str, str]:
    """Say in Chinese and English what an event was, and whether it explains the exchange's previous close."""
    if not event.actions:
        return "没有已知方案：按交易所公布的昨收推算", "no action known: from the exchange's previous close"
    plans = [action.words() for action in event.actions]
    zh, en = "；".join(plan for plan, _ in plans), "; ".join(plan for _, plan in plans)
    if event.verdict == "explained":
        return f"{zh}：与昨收分毫不差", f"{en}: explains the previous close exactly"
    gives = "—" if event.expected is None else str(event.expected)
    if event.verdict == "not_in_prices":
        return (
            f"{zh}：算得除权价 {gives}，但行情的昨收没有体现",
            f"{en}: gives {gives}, which no stored previous close shows",
        )
    return f"{zh}：算得除权价 {gives}，与昨收不同", f"{en}: gives {gives}, another previous close than the exchange's"


def sentences(lines: Lines, compared: Comparison) -> tuple[Sentence, ...]:
    """Say how the returns between the two days compare, and why another program may show other prices."""
    return tuple(
        sentence
        for sentence in (
            _returns(compared),
            _additive(lines, compared),
            _as_of(lines, compared),
            _reinvested(compared),
            _unknown(lines, compared),
        )
        if sentence is not None
    )


def _returns(compared: Comparison) -> Sentence:
    start, end, returns = compared.start, compared.end, compared.returns
    span_zh, span_en = f"{start.date} 至 {end.date}", f"From {start.date} to {end.date}"
    if not compared.events:
        return Sentence(
            "returns",
            f"{span_zh} 之间没有除权除息：不复权、前复权、后复权的收益相同，都是 {_percent(returns.raw)}。",
            f"{span_en} there is no ex-right event: raw, qfq and hfq give the same return, {_percent(returns.raw)}.",
        )
    return Sentence(
        "returns",
        f"{span_zh}：不复权 {_percent(returns.raw)}，漏掉了 {len(compared.events)} 次除权除息；"
        f"前复权和后复权相同，都是 {_percent(returns.qfq)}，才是持有人（分红再投入）的收益。",
        f"{span_en}: raw {_percent(returns.raw)}, which misses {_events(len(compared.events))}; qfq and hfq agree on "
        f"{_percent(returns.qfq)}, which is what a holder who reinvested earned.",
    )


def _additive(lines: Lines, compared: Comparison) -> Sentence:
    start, as_of = compared.start, lines.day(lines.anchor)
    ours, theirs = _price(lines, start.qfq), _price(lines, start.additive)
    if ours == theirs:
        return Sentence(
            "additive",
            f"等差还是等比：以 {as_of} 为准，{start.date} 的前复权价两种算法都是 {ours}。",
            f"Additive or multiplicative: as of {as_of} both give {ours} for {start.date}.",
        )
    guessed = _unknown_events(lines, compared) > 0
    gap = _price(lines, abs(start.additive - start.qfq))
    zh = (
        "等差还是等比：有的程序（如东方财富）把分红从以前的价格里减去，"
        f"{start.date} {'大约' if guessed else ''}显示 {theirs}；这里按比例调整，是 {ours}，相差 {gap}。"
    )
    en = (
        "Additive or multiplicative: some programs (Eastmoney, for one) subtract dividends from earlier prices and "
        f"show {'about ' if guessed else ''}{theirs} for {start.date}; here prices are scaled, to {ours}, {gap} apart."
    )
    if start.additive <= 0:
        return Sentence("additive", f"{zh}等差价不是正数，算不出收益。", f"{en} A price not above 0 has no return.")
    if compared.returns.additive is not None and compared.end.date != start.date:
        told = _percent(compared.returns.additive)
        zh += f"按等差价算，到 {compared.end.date} 的收益是 {told}。"
        en += f" By additive prices the return to {compared.end.date} would be {told}."
    return Sentence("additive", zh, en)


def _as_of(lines: Lines, compared: Comparison) -> Sentence | None:
    start, end, as_of = compared.start, compared.end, lines.day(lines.anchor)
    other = _price(lines, compared.qfq_as_of_end)
    if other == _price(lines, start.qfq):
        return None
    return Sentence(
        "as_of",
        f"以哪天为准：前复权价随每次分红改变。以 {as_of} 为准，{start.date} 是 {_price(lines, start.qfq)}；"
        f"以 {end.date} 为准，是 {other}。",
        f"As of which day: qfq prices change with each dividend. As of {as_of}, {start.date} is at "
        f"{_price(lines, start.qfq)}; as of {end.date}, at {other}.",
    )


def _reinvested(compared: Comparison) -> Sentence | None:
    returns = compared.returns
    if _percent(returns.held) == _percent(returns.qfq):
        return None
    return Sentence(
        "reinvested",
        f"分红是否再投入：复权收益 {_percent(returns.qfq)} 把每次分红在除息日买回股票；"
        f"分红留作现金（配股照缴），收益是 {_percent(returns.held)}。",
        f"Dividends reinvested or not: the adjusted return of {_percent(returns.qfq)} puts each dividend back into the "
        f"share on its ex-date; kept as cash (rights paid for), it is {_percent(returns.held)}.",
    )


def _unknown(lines: Lines, compared: Comparison) -> Sentence | None:
    count = _unknown_events(lines, compared)
    if not count:
        return None
    return Sentence(
        "unknown",
        f"{count} 次除权除息没有已知方案：等差价把昨收的落差都当作现金；导入除权除息文件后更准。",
        f"Of {_events(count)} no action is known: the additive price takes the whole gap for cash; import a file of "
        "corporate actions to have it exact.",
    )


def _unknown_events(lines: Lines, compared: Comparison) -> int:
    """Count those that the first day's additive price rests on, and those between the two days."""
    last = max(lines.anchor, compared.last)
    return sum(event.verdict == "unknown" and compared.first < event.row <= last for event in lines.events)


def _events(count: int) -> str:
    return "1 ex-right event" if count == 1 else f"{count} ex-right events"


def _percent(fraction: float) -> str:
    text = f"{fraction * 100:+,.2f}%"
    return "0.00%" if text in ("+0.00%", "-0.00%") else text.replace("-", "\u2212")


def _price(lines: Lines, price: float) -> str:
    places = max(-int(lines.tick.as_tuple().exponent), 0)
    text = f"{price:,.{places}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "\u2212")
