"""The bias badge: what makes a backtest look better than it was, said on the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.adjust import ex_right_steps
from quantdesk.core.bars.frame import Bars

Severity = Literal["info", "warning"]
BadgeCode = Literal[
    "survivorship",
    "listed_later",
    "adjustment_base",
    "same_close",
    "missing_actions",
    "low_costs",
    "rules_off",
    "unbounded_volume",
    "short_history",
    "few_round_trips",
    "many_parameters",
    "many_trials",
]

SURVIVED_DAYS = 60
"""Calendar days before the end of the run: who had a bar since is still listed."""
LATE_DAYS = 10
"""Calendar days: a first bar later than this after the start is of one listed (or stored) later."""
USUAL_COMMISSION = Decimal("0.0001")
"""The lowest rate that brokers commonly offer to individuals."""
USUAL_DUTY = Decimal("0.0005")
"""On sells since 2023-08-28, the lowest since 2008."""
USUAL_TRANSFER = Decimal("0.00001")
"""Since 2022-04-29, the lowest."""
SHORT, RATHER_SHORT = 252, 756
"""Trading days: one year, three years."""
FEW_TRIPS = 30
"""Below this the mean of the round trips' profits has no useful standard error (the usual n >= 30)."""
TRIPS_A_PARAMETER = 10
"""Observations a free parameter (Peduzzi et al. 1996, J. Clin. Epidemiol. 49:1373): fewer, and it is fitted noise."""
MANY_TRIALS = 20
"""Of independent trials without skill one is expected to be significant at 5 %."""


class BadgeItem(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: BadgeCode
    severity: Severity
    """warning: the figures are probably too good. info: read them with this in mind."""
    message_zh: str
    message_en: str
    numbers: dict[str, str]
    """The figures behind it, as text."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the badge is made from."""

    spec: BacktestSpec
    bars: Mapping[str, Bars]
    """Raw bars of the run's symbols; more is ignored."""
    sees_adjusted_fills: bool
    """The engine trades one adjusted series (Backtrader), not raw prices with corporate actions."""
    trading_days: int
    closed_round_trips: int
    ex_dates: Mapping[str, Collection[dt.date]] = field(default_factory=dict)
    """Of the stored corporate actions, by symbol."""
    parameters: int = 0
    """How many the strategy declares."""
    trials: int | None = None
    """Runs of this strategy so far; None where nobody counts."""


def badge_of(judged: Judged) -> list[BadgeItem]:
    """List what flatters the figures, warnings first; empty when nothing was found."""
    found = [
        *_universe(judged),
        *_prices(judged),
        *_market(judged.spec),
        *_evidence(judged),
    ]
    return sorted(found, key=lambda item: item.severity != "warning")


def _item(code: BadgeCode, severity: Severity, zh: str, en: str, **numbers: object) -> BadgeItem:
    return BadgeItem(
        code=code,
        severity=severity,
        message_zh=zh,
        message_en=en,
        numbers={name: str(value) for name, value in numbers.items()},
    )


def _universe(judged: Judged) -> list[BadgeItem]:
    spec = judged.spec
    stored = [bars for symbol in spec.symbols if (bars := judged.bars.get(symbol)) is not None and len(bars)]
    if not stored:
        return []
    found: list[BadgeItem] = []
    alive = np.datetime64(spec.end) - np.timedelta64(SURVIVED_DAYS, "D")
    # Where the stored history ends before the run, its own end is the yardstick.
    alive = min(alive, max(bars.time[-1] for bars in stored) - np.timedelta64(SURVIVED_DAYS, "D"))
    ended = sum(bool(bars.time[-1] < alive) for bars in stored)
    if not ended:
        many = len(stored) > 1
        found.append(
            _item(
                "survivorship",
                "warning" if many else "info",
                f"所选 {len(stored)} 个代码到回测结束时全部仍在交易，没有一个退市：股票池很可能是今天才选的，收益偏高。"
                if many
                else "代码是回测开始之后才选定的：事后挑选的股票，收益往往偏高。",
                f"All {len(stored)} symbols still trade at the end, none was delisted: a universe chosen today "
                "flatters the return."
                if many
                else "The symbol was chosen after the fact: a stock picked in hindsight flatters the return.",
                symbols=len(stored),
                delisted=0,
            )
        )
    late = np.datetime64(spec.start) + np.timedelta64(LATE_DAYS, "D")
    later = [bars.symbol for bars in stored if bars.time[0] > late]
    if later:
        found.append(
            _item(
                "listed_later",
                "info",
                f"{len(later)} 个代码在回测开始时还没有行情（之后才上市或才有数据）:{_names(later)}。",
                f"{len(later)} symbols have no bars at the start (listed or stored later): {_names(later)}.",
                symbols=len(later),
                of=len(stored),
            )
        )
    return found


def _prices(judged: Judged) -> list[BadgeItem]:
    spec = judged.spec
    gaps, unexplained, examples = 0, 0, []
    for symbol in spec.symbols:
        bars = judged.bars.get(symbol)
        if bars is None or not len(bars):
            continue
        days = _ex_right_gaps(bars, spec.start, spec.end)
        known = np.array(sorted(judged.ex_dates.get(symbol, ())), dtype="datetime64[D]")
        without = [last for first, last in days if not ((known > first) & (known <= last)).any()]
        gaps += len(days)
        unexplained += len(without)
        if without:
            examples.append(f"{symbol} {without[0]}")
    found: list[BadgeItem] = []
    if judged.sees_adjusted_fills:
        if spec.adjustment == "qfq" and gaps:
            found.append(
                _item(
                    "adjustment_base",
                    "warning",
                    f"策略看到的是以 {spec.end} 为基准的前复权价：价格高低中含有之后 {gaps} 次除权的信息，"
                    "与固定价位比较的策略会因此受益。改用后复权或不复权可以避免。",
                    f"The strategy sees prices adjusted as of {spec.end}: their level knows {gaps} later ex-right "
                    "days. A strategy that compares prices with fixed levels gains from it; choose hfq or none.",
                    ex_right_days=gaps,
                )
            )
    elif unexplained:
        found.append(
            _item(
                "missing_actions",
                "info",
                f"有 {unexplained} 个除权日没有分红送转记录，按除权前收盘价折算为等值股份，"
                f"未计红利税：{_names(examples)}。",
                f"{unexplained} ex-right days have no stored corporate action: value was conserved by the ex-right "
                f"previous close, without dividend tax: {_names(examples)}.",
                missing=unexplained,
                ex_right_days=gaps,
            )
        )
    return found


def _market(spec: BacktestSpec) -> list[BadgeItem]:
    found: list[BadgeItem] = []
    if spec.fill == "same_close":
        found.append(
            _item(
                "same_close",
                "warning",
                "按产生信号的当日收盘价成交：看到收盘价时已来不及以该价成交，结果偏乐观。",
                "Orders fill at the very close they were decided on, which nobody can do: optimistic.",
            )
        )
    low = _low_costs(spec)
    if low:
        found.append(
            _item(
                "low_costs",
                "warning",
                f"交易成本低于通常水平：{'、'.join(zh for zh, _, _ in low.values())}。",
                f"Costs are below the usual: {', '.join(en for _, en, _ in low.values())}.",
                **{name: value for name, (_, _, value) in low.items()},
            )
        )
    off = [
        words
        for on, words in (
            (spec.rules.price_limits, ("price_limits", "涨跌停", "price limits")),
            (spec.rules.settlement, ("settlement", "T+1", "T+1")),
            (spec.rules.dividend_tax, ("dividend_tax", "红利税", "dividend tax")),
            (spec.whole_lots, ("whole_lots", "整手", "whole lots")),
        )
        if not on
    ]
    if off:
        found.append(
            _item(
                "rules_off",
                "warning",
                f"关闭了交易规则：{'、'.join(zh for _, zh, _ in off)}。",
                f"Exchange rules are switched off: {', '.join(en for _, _, en in off)}.",
                **{name: "off" for name, _, _ in off},
            )
        )
    if spec.rules.volume_share is None:
        found.append(
            _item(
                "unbounded_volume",
                "warning",
                "没有限制成交量占比：再大的委托也全部成交。",
                "Volume is not bounded: an order of any size fills in full.",
            )
        )
    return found


def _low_costs(spec: BacktestSpec) -> dict[str, tuple[str, str, str]]:
    """Give what is below the usual, as name → (Chinese, English, value)."""
    costs = spec.costs
    low: dict[str, tuple[str, str, str]] = {}
    for name, zh, en, rate, usual in (
        ("commission", "佣金", "commission", costs.commission_rate, USUAL_COMMISSION),
        ("stamp_duty", "印花税", "stamp duty", costs.stamp_duty_rate, USUAL_DUTY),
        ("transfer_fee", "过户费", "transfer fee", costs.transfer_fee_rate, USUAL_TRANSFER),
    ):
        if rate is not None and rate < usual:
            low[name] = (f"{zh} {_percent(rate)}", f"{en} {_percent(rate)}", str(rate))
    if costs.slippage.value == 0:
        low["slippage"] = ("无滑点", "no slippage", "0")
    return low


def _evidence(judged: Judged) -> list[BadgeItem]:
    found: list[BadgeItem] = []
    days, trips = judged.trading_days, judged.closed_round_trips
    if days < RATHER_SHORT:
        found.append(
            _item(
                "short_history",
                "warning" if days < SHORT else "info",
                f"回测只有 {days} 个交易日，经历的行情阶段太少。",
                f"The run has only {days} trading days: too few kinds of markets.",
                days=days,
            )
        )
    if trips < FEW_TRIPS:
        found.append(
            _item(
                "few_round_trips",
                "warning",
                f"只有 {trips} 次完整交易，胜率和收益可能出于偶然。",
                f"Only {trips} closed round trips: win rate and return may be chance.",
                round_trips=trips,
            )
        )
    if judged.parameters and trips < judged.parameters * TRIPS_A_PARAMETER:
        found.append(
            _item(
                "many_parameters",
                "info",
                f"策略有 {judged.parameters} 个参数，而完整交易只有 {trips} 次：参数容易拟合噪声。",
                f"{judged.parameters} parameters against {trips} closed round trips: they are easily fitted to noise.",
                parameters=judged.parameters,
                round_trips=trips,
            )
        )
    if judged.trials is not None and judged.trials > MANY_TRIALS:
        found.append(
            _item(
                "many_trials",
                "warning",
                f"该策略已运行 {judged.trials} 次：从多次试验中挑出的最好结果偏高，请看 Deflated Sharpe。",
                f"The strategy was run {judged.trials} times: the best of many trials is too good, "
                "see its deflated Sharpe ratio.",
                trials=judged.trials,
            )
        )
    return found


def _ex_right_gaps(bars: Bars, start: dt.date, end: dt.date) -> list[tuple[np.datetime64, np.datetime64]]:
    """Give the ex-right days within the run, each as (day of the bar before, day of the bar)."""
    days = bars.time.astype("datetime64[D]")
    rows = np.flatnonzero(ex_right_steps(bars) != 1.0)
    return [(days[row - 1], days[row]) for row in rows if np.datetime64(start) < days[row] <= np.datetime64(end)]


def _names(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"
