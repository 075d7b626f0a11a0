"""Setting an expression beside stored prices: at once where it is small, by a worker where it is not."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.panel import PANEL_FIELDS, Panel
from quantdesk.core.expressions import OPERATORS, Expression, ExpressionError, evaluate_set, parse
from quantdesk.core.expressions.expression import in_order
from quantdesk.core.expressions.tree import Call
from quantdesk.core.factors.decay import decay
from quantdesk.core.factors.study import Series, study
from quantdesk.core.instruments.symbol import SymbolError, is_simulated, kind_of
from quantdesk.features.factors.errors import ExpressionRefused, NothingToPreview, PreviewTooLarge
from quantdesk.features.factors.schemas import (
    CheckedExpression,
    DecayPoint,
    ExpressionProblem,
    FactorSeries,
    Figure,
    FigureSummary,
    Preview,
    PreviewCreate,
    SeriesCreate,
)
from quantdesk.features.market import service as market
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.ports.bar_store import BarStore

FIELDS = (*PANEL_FIELDS, "vwap")
"""What a factor may read; prices are hfq, vwap on their basis."""
MAX_CELLS = 400_000
"""Symbols by days of a preview that is waited for: 300 stocks over five years, about two seconds."""
MAX_STUDY_CELLS = 12_000_000
"""Of one that a worker makes: 5,000 stocks over ten years, about 2 GB."""
HORIZONS = (1, 2, 3, 5, 10, 20)
"""Days over which returns are looked at for the decay."""
STEPS = 3
"""Of a study: read, compute, compare."""
_FIRST = dt.date(1990, 12, 19)
"""The exchanges' first day."""

OnStep = Callable[[int], None]


def check(text: str) -> CheckedExpression:
    """Say whether an expression can be used, and what it rests on."""
    try:
        expression = parse(text, fields=FIELDS)
    except ExpressionError as error:
        problem = ExpressionProblem(
            code=error.code, problem=error.problem, advice=error.advice, position=error.position
        )
        return CheckedExpression(problem=problem, expression="", fields=[], history=None, cross=False)
    return CheckedExpression(
        problem=None,
        expression=expression.text,
        fields=list(expression.fields),
        history=expression.history,
        cross=_compares(expression),
    )


def parsed(text: str) -> Expression:
    """Read an expression over FIELDS. Raise ExpressionRefused."""
    try:
        return parse(text, fields=FIELDS)
    except ExpressionError as error:
        raise ExpressionRefused(
            str(error), field="expression", reason=error.code, position=error.position, advice=error.advice
        ) from None


async def preview(context: Context, body: PreviewCreate) -> Preview:
    """Set a factor beside the returns that came after it.

    Raise ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview, and Invalid for a range that is none.
    """
    task = await asyncio.to_thread(Task, context.bars, body, MAX_CELLS)
    return await asyncio.to_thread(task.work)


async def series(context: Context, body: SeriesCreate) -> FactorSeries:
    """Give a factor's values of one symbol beside its price. Raise as `preview`."""
    symbol = market.canonical(body.symbol)
    expression = parsed(body.expression)
    around = PreviewCreate(
        expression=body.expression,
        universe=body.universe if _compares(expression) else "symbols",
        symbols=[symbol, *(body.symbols if _compares(expression) else [])][:1000],
        start=body.start,
        end=body.end,
    )
    task = await asyncio.to_thread(Task, context.bars, around, MAX_CELLS, symbol)
    return await asyncio.to_thread(task.series, symbol)


class Task:
    """One factor over one panel, checked before anything is read."""

    def __init__(self, bars: BarStore, body: PreviewCreate, most: int, besides: str | None = None) -> None:
        """Raise ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview, Invalid. Blocking."""
        self._bars = bars
        self._body = body
        self._expression = parsed(body.expression)
        if body.end < body.start:
            raise Invalid(f"end {body.end} is before start {body.start}", field="end")
        self.symbols = tuple(sorted({*_universe(bars, body), *([besides] if besides else [])}))
        history = self._expression.history
        self._first = _FIRST if history is None else max(_FIRST, _days_before(body.start, history))
        self._last = min(_days_after(body.end, max(*HORIZONS, body.horizon) + body.delay), clock.today())
        self.cells = len(self.symbols) * max((self._last - self._first).days, 0) * 5 // 7
        if self.cells > most:
            raise PreviewTooLarge(
                f"{len(self.symbols):,} symbols over the days from {self._first} to {self._last} are about "
                f"{self.cells:,} bars; keep it to {most:,} with fewer symbols, fewer days or narrower windows",
                field="symbols",
            )
        if self._last < self._first:
            raise NothingToPreview("these days are still to come; choose earlier ones", field="start")

    def work(self, on_step: OnStep = lambda _: None) -> Preview:
        """Read, compute and compare. Blocking. Raise NothingToPreview."""
        body = self._body
        on_step(0)
        panel = _panel(self._bars, self._expression, self.symbols, self._first, self._last)
        begin, stop = np.searchsorted(panel.time, [np.datetime64(body.start), np.datetime64(body.end) + 1])
        listed = np.isfinite(panel.fields["close"])[:, begin:stop]
        known: list[bool] = np.any(listed, axis=1).tolist()
        if not any(known):
            raise NothingToPreview(
                f"none of the symbols has bars from {body.start} to {body.end}; import or fetch them, or choose "
                "other days",
                field="symbols",
            )
        on_step(1)
        found = evaluate_set({"factor": self._expression, "later": _later(body)}, panel)
        values, returns = (np.ascontiguousarray(found[name][:, begin:stop]) for name in ("factor", "later"))
        on_step(2)
        result = study(values, returns, listed, body.groups)
        wanted = np.where(np.arange(len(panel.time)) < stop, found["factor"], np.nan)[:, begin:]
        faded = decay(wanted, panel.fields["close"][:, begin:], HORIZONS, body.delay)
        return Preview(
            expression=self._expression.text,
            symbols=[symbol for symbol, has in zip(self.symbols, known, strict=True) if has],
            missing=[symbol for symbol, has in zip(self.symbols, known, strict=True) if not has],
            date=panel.time[begin:stop].astype("datetime64[D]").tolist(),
            coverage=_figures(result.coverage),
            ic=_figures(result.ic.values),
            rank_ic=_figures(result.rank_ic.values),
            groups=[_figures(group) for group in result.groups],
            turnover=_figures(result.turnover),
            autocorrelation=_figures(result.autocorrelation),
            group_means=[_mean(group) for group in result.groups],
            decay=[DecayPoint(horizon=one.horizon, rank_ic=_figure(one.rank_ic), days=one.days) for one in faded],
            ic_summary=_summary(result.ic),
            rank_ic_summary=_summary(result.rank_ic),
        )

    def series(self, symbol: str) -> FactorSeries:
        """Give one symbol's row. Blocking. Raise NothingToPreview."""
        body = self._body
        panel = _panel(self._bars, self._expression, self.symbols, self._first, self._last)
        begin, stop = np.searchsorted(panel.time, [np.datetime64(body.start), np.datetime64(body.end) + 1])
        at = self.symbols.index(symbol)
        close = panel.fields["close"][at, begin:stop]
        days = np.flatnonzero(np.isfinite(close))
        if not len(days):
            raise NothingToPreview(f"{symbol} has no bars from {body.start} to {body.end}", field="symbol")
        values = evaluate_set({"factor": self._expression}, panel)["factor"][at, begin:stop]
        return FactorSeries(
            symbol=symbol,
            date=panel.time[begin:stop][days].astype("datetime64[D]").tolist(),
            close=_figures(close[days]),
            value=_figures(values[days]),
        )


def _universe(bars: BarStore, body: PreviewCreate) -> Sequence[str]:
    if body.universe == "symbols":
        if not body.symbols:
            raise Invalid("name at least one symbol, or choose another universe", field="symbols")
        return [market.canonical(text) for text in body.symbols]
    stored = [item.symbol for item in bars.list_coverage("1d") if _is_stock(item.symbol)]
    chosen = [symbol for symbol in stored if is_simulated(symbol) == (body.universe == "demo")]
    if not chosen:
        raise NothingToPreview("no such stocks are stored; import or fetch them first", field="universe")
    return chosen


def _is_stock(symbol: str) -> bool:
    try:
        return kind_of(symbol) == "stock"
    except SymbolError:
        return False


def _compares(expression: Expression) -> bool:
    calls = (node for node in in_order([expression.root]) if isinstance(node, Call))
    return any(OPERATORS[call.function].group == "cross" for call in calls)


def _panel(bars: BarStore, expression: Expression, symbols: tuple[str, ...], first: dt.date, last: dt.date) -> Panel:
    wanted = {*expression.fields, "close", "volume"}
    if "vwap" in wanted:
        wanted |= {"amount", "factor"}
    panel = bars.read_panel(symbols, sorted(wanted - {"vwap"}), first, last, adjustment="hfq")
    if "vwap" not in wanted:
        return panel
    with np.errstate(all="ignore"):
        paid = panel.fields["amount"] / panel.fields["volume"]
    vwap = np.where(np.isfinite(paid), paid * panel.fields["factor"], np.nan)
    return Panel(panel.symbols, panel.time, {**panel.fields, "vwap": vwap})


def _later(body: PreviewCreate) -> Expression:
    start = f"Ref($close, -{body.delay})" if body.delay else "$close"
    return parse(f"Ref($close, -{body.delay + body.horizon})/{start}-1", label=True)


def _days_before(day: dt.date, trading_days: int) -> dt.date:
    """Give a day that many trading days before, holidays allowed for."""
    return day - dt.timedelta(days=min(int(trading_days * 1.6) + 20, (day - _FIRST).days if day > _FIRST else 0))


def _days_after(day: dt.date, trading_days: int) -> dt.date:
    return min(day, dt.date(9000, 1, 1)) + dt.timedelta(days=int(trading_days * 1.6) + 20)


def _figures(values: FloatArray) -> list[Figure]:
    return [_figure(value) for value in values.tolist()]


def _figure(value: float) -> Figure:
    return value if np.isfinite(value) else None


def _mean(values: FloatArray) -> Figure:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _summary(series: Series) -> FigureSummary:
    figures: dict[str, Any] = {
        name: _figure(getattr(series, name)) for name in ("mean", "deviation", "ratio", "positive")
    }
    return FigureSummary(**figures, days=series.days)
