"""What a reader must know about every run on the exchange simulator: how it fills, what it applies, what is off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from quantdesk.core.backtest.result import Assumption, EngineKind
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.layout import Ints

_FILLS = {
    "next_open": (
        "市价单按下一个有成交的交易日开盘价（加滑点）成交，不会超出当日最高最低价。",
        "A market order fills at the open (with slippage) of the symbol's next day with trading, within that day's "
        "high and low.",
    ),
    "same_close": (
        "市价单按作出决定的当日收盘价成交：看到收盘价时收盘竞价已经结束，结果偏乐观。",
        "A market order fills at the close it was decided on: by then the closing auction is over, so results are "
        "optimistic.",
    ),
    "next_average": (
        "市价单按下一个交易日的均价（成交额 ÷ 成交量，加滑点）成交。",
        "A market order fills at the next day's average price (turnover / volume, with slippage).",
    ),
}


def assumptions_of_run(
    spec: BacktestSpec,
    engine: EngineKind,
    bars: Sequence[Bars],
    without_bars: Sequence[str],
    position: Ints,
    last_day: TimeArray,
) -> list[Assumption]:
    """List what holds for a run.

    Args:
        spec: What was run.
        engine: Which engine sent the orders.
        bars: Of each symbol with any, in the order of `position`.
        without_bars: Symbols without any.
        position: The account's positions at the end, [symbols, P_COLUMNS].
        last_day: The last day of the run.
    """
    zh, en = _FILLS[spec.fill]
    found = [Assumption(code=spec.fill, message_zh=zh, message_en=en), *_rules(spec)]
    if engine != "backtrader":
        found += _at_raw_prices(spec)
    if without_bars:
        names = ", ".join(without_bars[:20]) + (" …" if len(without_bars) > 20 else "")
        found.append(
            Assumption(
                code="no_bars",
                message_zh=f"以下代码在区间内没有可交易的行情，未参与回测：{names}",
                message_en=f"No tradable bars in the range, left out: {names}",
            )
        )
    held: list[int] = position[:, c.P_QTY].tolist()
    ended = [bar.symbol for bar, count in zip(bars, held, strict=True) if count and _ended(bar, last_day)]
    if ended:
        names = ", ".join(ended)
        found.append(
            Assumption(
                code="held_after_last_bar",
                message_zh=f"以下持仓在回测结束时停牌或已没有行情，按最后收盘价计值：{names}",
                message_en=f"Held while suspended or after its last bar, valued at the last close: {names}",
            )
        )
    return found


def _rules(spec: BacktestSpec) -> Iterator[Assumption]:
    rules = spec.rules
    if rules.price_limits:
        yield Assumption(
            code="locked_boards",
            message_zh="一字涨停买不到、一字跌停卖不出；开盘封板而盘中打开的，市价单按涨（跌）停价成交。"
            "日线看不出封单排队，盘中回封时的成交仍可能偏乐观。",
            message_en="A board locked all day cannot be bought (limit up) or sold (limit down); where it opened "
            "during the day a market order fills at the limit price. Daily bars do not show the queue.",
        )
    else:
        yield _off(
            "price_limits_off", "涨跌停限制已关闭：封板时也能成交。", "Price limits are off: locked boards trade."
        )
    if not rules.settlement:
        yield _off(
            "settlement_off", "T+1 限制已关闭：当天买入当天可卖。", "T+1 is off: shares bought today may be sold."
        )
    if rules.volume_share is None:
        yield _off(
            "volume_unbounded",
            "未限制成交量：大额委托也全部成交。",
            "Volume is not bounded: a large order fills in full.",
        )
    else:
        share = _percent(rules.volume_share)
        yield Assumption(
            code="volume_share",
            message_zh=f"每只标的每根 K 线最多成交其成交量的 {share}，超出部分不成交。",
            message_en=f"At most {share} of a bar's volume is filled in each symbol; the rest stays unfilled.",
        )
    if not spec.whole_lots:
        yield _off("lots_off", "未按整手取整：可以买入零股。", "Whole lots are off: odd quantities can be bought.")
    yield Assumption(
        code="limit_touched",
        message_zh="限价单在当日价格触及委托价时视为成交；同一根 K 线内的先后顺序未知，按开盘、盘中、收盘的顺序撮合。",
        message_en="A limit order counts as filled when the bar touches its price. What came first within a bar is not "
        "known: the open, then the bar, then the close.",
    )
    costs = spec.costs
    if costs.stamp_duty_rate is None and costs.transfer_fee_rate is None:
        yield Assumption(
            code="dated_costs",
            message_zh="印花税和过户费按交易当天的规定收取；佣金使用回测设置的费率。",
            message_en="Stamp duty and transfer fee are those of each day; commission is the rate of the settings.",
        )
    else:
        yield Assumption(
            code="constant_rates",
            message_zh="印花税或过户费使用设置的固定费率，没有按历史日期调整。",
            message_en="Stamp duty or transfer fee is a fixed rate of the settings; its past changes are not applied.",
        )


def _at_raw_prices(spec: BacktestSpec) -> Iterator[Assumption]:
    yield Assumption(
        code="day_orders",
        message_zh="委托当日有效：收盘仍未成交的部分作废，除非策略要求保留。",
        message_en="Orders are good for the day: what is unfilled at the close lapses, unless the strategy keeps it.",
    )
    rights = ("参与缴款", "are taken") if spec.rules.rights_issues == "take" else ("放弃", "are left to lapse")
    tax = ("卖出时按持有期扣红利税", "taxed by holding period when sold")
    untaxed = ("不扣红利税", "not taxed")
    zh_tax, en_tax = tax if spec.rules.dividend_tax else untaxed
    yield Assumption(
        code="corporate_actions",
        message_zh=f"按真实（不复权）价格成交；分红送转在除权除息日入账，{zh_tax}；配股{rights[0]}。",
        message_en=f"Fills are at traded (raw) prices; dividends and new shares are booked at the ex-date, {en_tax}; "
        f"rights issues {rights[1]}.",
    )


def _off(code: str, zh: str, en: str) -> Assumption:
    return Assumption(code=code, message_zh=zh, message_en=en)


def _ended(bars: Bars, last_day: TimeArray) -> bool:
    return bool(bars.time[-1] < last_day or bars.suspended[-1])


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
