"""What a reader of a report must know about how it was made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from quantdesk.core.backtest.prepare import Prepared
from quantdesk.core.backtest.recorder import Recorder
from quantdesk.core.backtest.result import Assumption
from quantdesk.core.backtest.spec import BacktestSpec

_ALWAYS = (
    Assumption(
        code="next_open",
        message_zh="市价单按下一个有成交的交易日开盘价（加滑点）成交，不会超出当日最高最低价。",
        message_en="A market order fills at the open (with slippage) of the symbol's next day with trading, "
        "within that day's high and low.",
    ),
    Assumption(
        code="no_price_limits",
        message_zh="未模拟涨跌停：一字板当天也按开盘价成交，实际很可能买不到或卖不出。",
        message_en="Price limits are not modelled: orders fill on limit-locked days, too, where a real one might not.",
    ),
    Assumption(
        code="no_t_plus_1",
        message_zh="未模拟 T+1：同一天内买入后触发的止损或限价卖单可以成交。",
        message_en="T+1 is not modelled: a stop or limit order may sell shares on the day they were bought.",
    ),
    Assumption(
        code="no_volume_limit",
        message_zh="未限制成交量：大额委托也按同一价格全部成交。",
        message_en="Volume is not limited: a large order fills in full at one price.",
    ),
    Assumption(
        code="constant_rates",
        message_zh="整个回测区间使用同一组费率，没有按历史日期调整印花税和过户费。",
        message_en="One set of rates holds for the whole run; past changes of stamp duty and fees are not applied.",
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The symbol that a strategy without prenext had to wait for: Backtrader calls next when all have enough bars."""

    symbol: str
    until: dt.date | None
    """None when it never had enough, so that next was never called."""


def assumptions_of(
    spec: BacktestSpec, prepared: Prepared, recorder: Recorder, waiting: Waiting | None
) -> list[Assumption]:
    """List what was assumed in every run, and what this run's data and strategy add."""
    found = list(_ALWAYS)
    if spec.adjustment != "none":
        found.append(
            Assumption(
                code="adjusted_prices",
                message_zh="使用复权价撮合并计算股数和费用：股数、成交价与当时实际不同，分红视为再投资。",
                message_en="Fills, share counts and costs use adjusted prices: they differ from the real ones of "
                "the day, and dividends count as reinvested.",
            )
        )
    if prepared.without_bars:
        names = ", ".join(prepared.without_bars[:20]) + (" …" if len(prepared.without_bars) > 20 else "")
        found.append(
            Assumption(
                code="no_bars",
                message_zh=f"以下代码在区间内没有可交易的行情，未参与回测：{names}",
                message_en=f"No tradable bars in the range, left out: {names}",
            )
        )
    if waiting is not None:
        found.append(_waited(waiting))
    ended = _held_past_the_end(prepared, recorder)
    if ended:
        found.append(
            Assumption(
                code="held_after_last_bar",
                message_zh=f"以下持仓在回测结束前已没有行情（停牌或退市），按最后收盘价计值：{', '.join(ended)}",
                message_en="Held after its last bar (suspended or delisted), valued at the last close: "
                f"{', '.join(ended)}",
            )
        )
    if recorder.default_size_used:
        found.append(
            Assumption(
                code="default_size",
                message_zh="策略下单时没有给出数量，按一手计算。",
                message_en="The strategy gave no order size: one lot was taken.",
            )
        )
    if recorder.ignored_settings:
        names = ", ".join(sorted(recorder.ignored_settings))
        found.append(
            Assumption(
                code="broker_settings_ignored",
                message_zh=f"资金和费用以回测设置为准，策略中的调用未生效：{names}",
                message_en=f"Cash and costs come from the backtest's settings; these calls were ignored: {names}",
            )
        )
    return found


def _waited(waiting: Waiting) -> Assumption:
    if waiting.until is None:
        return Assumption(
            code="never_started",
            message_zh=f"{waiting.symbol} 的 K 线数量少于指标所需，而策略没有定义 prenext，所以 next 一次也没有运行。",
            message_en=f"{waiting.symbol} has fewer bars than the indicators need and the strategy has no prenext: "
            "next never ran.",
        )
    return Assumption(
        code="waits_for_all",
        message_zh=f"策略没有定义 prenext，要等所有代码都有足够的 K 线才开始：{waiting.symbol} 最晚，{waiting.until}。",
        message_en="The strategy has no prenext, so it starts when every symbol has enough bars: the last is "
        f"{waiting.symbol}, on {waiting.until}.",
    )


def _held_past_the_end(prepared: Prepared, recorder: Recorder) -> list[str]:
    position = {fill.symbol: fill.position for fill in recorder.fills}
    last = prepared.calendar[-1]
    return [bars.symbol for bars in prepared.feeds if bars.time[-1] < last and position.get(bars.symbol, 0) > 0]
