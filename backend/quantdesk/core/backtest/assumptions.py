"""What a reader must know about how a Backtrader run was made, beyond what holds for every run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from quantdesk.core.backtest.prepare import Prepared
from quantdesk.core.backtest.result import Assumption
from quantdesk.core.backtest.spec import BacktestSpec


@dataclass(frozen=True, slots=True)
class Waiting:
    """The symbol that a strategy without prenext had to wait for: Backtrader calls next when all have enough bars."""

    symbol: str
    until: dt.date | None
    """None when it never had enough, so that next was never called."""


def assumptions_of(
    spec: BacktestSpec, prepared: Prepared, waiting: Waiting | None, default_size: bool, ignored: set[str]
) -> list[Assumption]:
    """List what a Backtrader run adds to the assumptions of every run."""
    found: list[Assumption] = []
    if spec.adjustment != "none":
        found.append(
            Assumption(
                code="adjusted_prices",
                message_zh="使用复权价撮合并计算股数和费用：股数、成交价与当时实际不同，分红视为再投资。",
                message_en="Fills, share counts and costs use adjusted prices: they differ from the real ones of "
                "the day, and dividends count as reinvested.",
            )
        )
    if waiting is not None:
        found.append(_waited(waiting))
    if default_size:
        found.append(
            Assumption(
                code="default_size",
                message_zh="策略下单时没有给出数量，按一手计算。",
                message_en="The strategy gave no order size: one lot was taken.",
            )
        )
    if ignored:
        names = ", ".join(sorted(ignored))
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
