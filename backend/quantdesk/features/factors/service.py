"""Factors: kept by name, and set beside the returns that came after them."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import numpy as np
from sqlalchemy.exc import IntegrityError

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.panel import PANEL_FIELDS, Panel
from quantdesk.core.expressions import OPERATORS, Expression, ExpressionError, evaluate_set, parse
from quantdesk.core.expressions.alpha158 import alpha158
from quantdesk.core.expressions.alpha360 import alpha360
from quantdesk.core.factors.study import Series, study
from quantdesk.features.factors import repository
from quantdesk.features.factors.errors import (
    ExpressionRefused,
    FactorNameTaken,
    FactorNotFound,
    NothingToPreview,
    PreviewTooLarge,
)
from quantdesk.features.factors.schemas import (
    Factor,
    FactorCreate,
    FactorUpdate,
    FeatureSet,
    Figure,
    FigureSummary,
    Function,
    Language,
    Preview,
    PreviewCreate,
)
from quantdesk.features.factors.tables import FactorRow
from quantdesk.features.market import service as market
from quantdesk.features.strategies.errors import NothingToUpdate
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore

FIELDS = (*PANEL_FIELDS, "vwap")
"""What a factor may read; prices are hfq, vwap on their basis."""
MAX_CELLS = 2_000_000
"""Symbols by days of a preview: 800 stocks over ten years."""
_FIRST = dt.date(1990, 12, 19)
"""The exchanges' first day."""


def language() -> Language:
    """Say what an expression may be made of."""
    return Language(
        functions=[Function(name=one.name, signature=one.signature, group=one.group) for one in OPERATORS.values()],
        fields=list(FIELDS),
        sets=[
            FeatureSet(name="Alpha158", features=alpha158()),
            FeatureSet(name="Alpha360", features=alpha360()),
        ],
    )


async def list_factors(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Factor]:
    """Give one's factors, newest first."""
    rows, next_cursor = await repository.page(uow.session, owner_id, cursor, limit)
    return Page(items=[_factor(row) for row in rows], next_cursor=next_cursor)


async def create(uow: UnitOfWork, principal: Principal, body: FactorCreate) -> str:
    """Keep a factor; give its id. Raise ExpressionRefused, FactorNameTaken."""
    _parsed(body.expression)
    now = clock.utcnow()
    row = FactorRow(
        id=new_id(),
        owner_id=principal.user_id,
        name=body.name.strip(),
        expression=body.expression,
        note=body.note,
        created_at=now,
        updated_at=now,
    )
    if await repository.named(uow.session, row.owner_id, row.name) is not None:
        raise _taken(row.name)
    await _flushed(uow, row)
    return row.id


async def get(uow: UnitOfWork, factor_id: str, owner_id: str) -> Factor:
    """Give a factor. Raise FactorNotFound."""
    return _factor(await _get(uow, factor_id, owner_id))


async def update(uow: UnitOfWork, principal: Principal, factor_id: str, body: FactorUpdate) -> Factor:
    """Change what is given. Raise FactorNotFound, NothingToUpdate, ExpressionRefused, FactorNameTaken."""
    if body.name is None and body.expression is None and body.note is None:
        raise NothingToUpdate("give `name`, `expression` or `note`")
    row = await _get(uow, factor_id, principal.user_id)
    if body.expression is not None:
        _parsed(body.expression)
        row.expression = body.expression
    if body.name is not None:
        name = body.name.strip()
        other = await repository.named(uow.session, principal.user_id, name)
        if other is not None and other.id != row.id:
            raise _taken(name)
        row.name = name
    row.note = row.note if body.note is None else body.note
    row.updated_at = clock.utcnow()
    await _flushed(uow, row)
    return _factor(row)


async def delete(uow: UnitOfWork, factor_id: str, owner_id: str) -> None:
    """Delete a factor. Raise FactorNotFound."""
    await uow.session.delete(await _get(uow, factor_id, owner_id))


async def preview(context: Context, body: PreviewCreate) -> Preview:
    """Set a factor beside the returns that came after it.

    Raise ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview, and Invalid for a range that is none.
    """
    expression = _parsed(body.expression)
    if body.end < body.start:
        raise Invalid(f"end {body.end} is before start {body.start}", field="end")
    symbols = tuple(sorted({market.canonical(text) for text in body.symbols}))
    first = _FIRST if expression.history is None else max(_FIRST, _days_before(body.start, expression.history))
    last = min(_days_after(body.end, body.horizon + body.delay), clock.today())
    cells = len(symbols) * max((last - first).days, 0) * 5 // 7
    if cells > MAX_CELLS:
        raise PreviewTooLarge(
            f"{len(symbols)} symbols over the days from {first} to {last} are about {cells:,} bars; "
            f"keep it to {MAX_CELLS:,} with fewer symbols, fewer days or narrower windows",
            field="symbols",
        )
    if last < first:
        raise NothingToPreview("these days are still to come; choose earlier ones", field="start")
    return await asyncio.to_thread(_previewed, context.bars, expression, symbols, first, last, body)


def _previewed(
    bars: BarStore,
    expression: Expression,
    symbols: tuple[str, ...],
    first: dt.date,
    last: dt.date,
    body: PreviewCreate,
) -> Preview:
    panel = _panel(bars, expression, symbols, first, last)
    begin, stop = np.searchsorted(panel.time, [np.datetime64(body.start), np.datetime64(body.end) + 1])
    traded = np.isfinite(panel.fields["close"])
    known: list[bool] = np.any(traded[:, begin:stop], axis=1).tolist()
    if not any(known):
        raise NothingToPreview(
            f"none of the symbols has bars from {body.start} to {body.end}; import or fetch them, or choose other days",
            field="symbols",
        )
    found = evaluate_set({"factor": expression, "later": _later(body)}, panel)
    values, returns = (np.ascontiguousarray(found[name][:, begin:stop]) for name in ("factor", "later"))
    result = study(values, returns, traded[:, begin:stop], body.groups)
    return Preview(
        expression=expression.text,
        symbols=[symbol for symbol, has in zip(symbols, known, strict=True) if has],
        missing=[symbol for symbol, has in zip(symbols, known, strict=True) if not has],
        date=panel.time[begin:stop].astype("datetime64[D]").tolist(),
        coverage=_figures(result.coverage),
        ic=_figures(result.ic.values),
        rank_ic=_figures(result.rank_ic.values),
        groups=[_figures(group) for group in result.groups],
        turnover=_figures(result.turnover),
        ic_summary=_summary(result.ic),
        rank_ic_summary=_summary(result.rank_ic),
    )


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


def _parsed(text: str) -> Expression:
    try:
        return parse(text, fields=FIELDS)
    except ExpressionError as error:
        raise ExpressionRefused(
            str(error), field="expression", reason=error.code, position=error.position, advice=error.advice
        ) from None


def _factor(row: FactorRow) -> Factor:
    expression = parse(row.expression)
    return Factor(
        id=row.id,
        name=row.name,
        expression=row.expression,
        note=row.note,
        fields=list(expression.fields),
        history=expression.history,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _get(uow: UnitOfWork, factor_id: str, owner_id: str) -> FactorRow:
    row = await repository.get(uow.session, factor_id, owner_id)
    if row is None:
        raise FactorNotFound(f"there is no factor {factor_id}", field="factor_id")
    return row


async def _flushed(uow: UnitOfWork, row: FactorRow) -> None:
    """Write the row; another request may have taken the name since it was looked for."""
    name = row.name
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> FactorNameTaken:
    return FactorNameTaken(f"you have a factor {name} already; choose another name", field="name")


def _figures(values: FloatArray) -> list[Figure]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _summary(series: Series) -> FigureSummary:
    figures: dict[str, Any] = {
        name: value if np.isfinite(value) else None
        for name in ("mean", "deviation", "ratio", "positive")
        for value in (getattr(series, name),)
    }
    return FigureSummary(**figures, days=series.days)
