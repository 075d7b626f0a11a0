"""The report of a backtest in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from quantdesk.core.backtest.brief import brief_of
from quantdesk.core.backtest.result import BacktestResult, Fill, Order, Rejection

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

REPORT = "application/vnd.quantdesk.report+json"
_LEFT_OUT = frozenset({"numbers"})


class Report:
    """What a backtest gave. As a cell's value it is shown with its curve, figures and fills.

        report.metrics["max_drawdown"]
        report.equity.drawdown.min()
        report.fills.groupby("symbol").amount.sum()
        report.explain("en")

    Amounts are in yuan, ratios are fractions (0.12 is 12 %).
    """

    def __init__(self, result: BacktestResult) -> None:
        self.result = result
        """All of it, as the report of an ordinary backtest."""

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The figures by name: total_return, annual_return, sharpe, max_drawdown, win_rate, turnover …"""
        return {name: _number(value) for name, value in self.result.metrics}

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Equity, cash, benchmark (scaled to the starting cash) and drawdown, by day."""
        import pandas as pd

        series = self.result.series
        columns = {"equity": series.equity, "cash": series.cash, "drawdown": series.drawdown}
        if series.benchmark is not None:
            columns["benchmark"] = [float("nan") if value is None else value for value in series.benchmark]
        return pd.DataFrame(columns, index=pd.DatetimeIndex(series.date, name="date"))

    @cached_property
    def fills(self) -> pd.DataFrame:
        """One row a fill: date, symbol, side, quantity, price, amount, costs, position afterwards."""
        return _frame(self.result.fills, Fill)

    @cached_property
    def orders(self) -> pd.DataFrame:
        """One row an order as the strategy sent it, and what became of it."""
        return _frame(self.result.orders, Order)

    @cached_property
    def rejections(self) -> pd.DataFrame:
        """One row an order, or a part of one, that a rule refused, and why."""
        return _frame(self.result.rejections, Rejection)

    def explain(self, language: Literal["zh", "en"] = "zh") -> None:
        """Print in words how the result came about: figures, refused orders, assumptions."""
        print(_words(self.result, english=language == "en"))

    def __repr__(self) -> str:
        spec, metrics = self.result.spec, self.result.metrics
        sharpe = "" if metrics.sharpe is None else f", Sharpe {metrics.sharpe:.2f}"
        return (
            f"<Report {spec.start} … {spec.end}: {metrics.total_return:+.2%}, drawdown {metrics.max_drawdown:.2%}"
            f"{sharpe}, {len(self.result.fills)} fills>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), REPORT: brief_of(self.result).model_dump(mode="json")}


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _frame(records: Sequence[BaseModel], kind: type[BaseModel]) -> pd.DataFrame:
    import pandas as pd

    names = [name for name in kind.model_fields if name not in _LEFT_OUT]
    frame = pd.DataFrame({name: [_number(getattr(one, name)) for one in records] for name in names})
    for name in ("date", "created", "closed"):
        if name in names:
            frame[name] = pd.to_datetime(frame[name])
    return frame


def _words(result: BacktestResult, *, english: bool) -> str:
    spec, metrics, brief = result.spec, result.metrics, brief_of(result)
    listed = ", ".join(spec.symbols[:5]) + (" …" if len(spec.symbols) > 5 else "")
    figures = [
        ("total return", "总收益", metrics.total_return),
        ("annual return", "年化收益", metrics.annual_return),
        ("benchmark", "基准收益", metrics.benchmark_return),
        ("max drawdown", "最大回撤", metrics.max_drawdown),
        ("win rate", "胜率", metrics.win_rate),
    ]
    shown = [f"{(en if english else zh)} {value:.2%}" for en, zh, value in figures if value is not None]
    if metrics.sharpe is not None:
        shown.append(f"{'Sharpe' if english else '夏普比率'} {metrics.sharpe:.2f}")
    if english:
        lines = [
            f"{listed}, {spec.start} to {spec.end}, {metrics.days} trading days, from {spec.cash:,.0f} to "
            f"{metrics.final_equity:,.2f} yuan.",
            "; ".join(shown) + ".",
            f"{len(result.orders)} orders, {len(result.fills)} fills, {metrics.total_costs:,.2f} yuan of costs.",
        ]
        lines += [
            f"Refused by {one.rule}, {one.count} times, first on {one.first}: {one.message_en}"
            for one in brief.refusals
        ]
        return "\n".join([*lines, "Assumptions:", *(f"- {one.message_en}" for one in result.assumptions)])
    lines = [
        f"{listed}，{spec.start} 至 {spec.end}，{metrics.days} 个交易日，"
        f"{spec.cash:,.0f} 元变为 {metrics.final_equity:,.2f} 元。",
        "，".join(shown) + "。",
        f"{len(result.orders)} 笔委托，{len(result.fills)} 笔成交，费用 {metrics.total_costs:,.2f} 元。",
    ]
    lines += [f"被规则 {one.rule} 拒绝 {one.count} 次，首次在 {one.first}：{one.message_zh}" for one in brief.refusals]
    return "\n".join([*lines, "前提：", *(f"- {one.message_zh}" for one in result.assumptions)])
