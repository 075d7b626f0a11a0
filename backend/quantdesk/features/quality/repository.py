"""Queries over reports on the data's quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from quantdesk.features.quality.tables import QualityReportRow, QualitySymbolRow

_CHUNK = 1_000


async def finished(session: AsyncSession, limit: int) -> Sequence[QualityReportRow]:
    """Give the finished reports, newest first."""
    statement = select(QualityReportRow).where(QualityReportRow.finished_at.is_not(None))
    return (await session.scalars(statement.order_by(QualityReportRow.id.desc()).limit(limit))).all()


async def newest(session: AsyncSession) -> QualityReportRow | None:
    """Give the newest report, finished or not."""
    return (await session.scalars(select(QualityReportRow).order_by(QualityReportRow.id.desc()).limit(1))).first()


async def put_symbols(session: AsyncSession, report_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write a report's symbols; those of the reports before it go."""
    await session.execute(delete(QualitySymbolRow).where(QualitySymbolRow.report_id <= report_id))
    for first in range(0, len(rows), _CHUNK):
        part = [{"report_id": report_id, **row} for row in rows[first : first + _CHUNK]]
        await session.execute(insert(QualitySymbolRow), part)


async def forget_old(session: AsyncSession, keep: int) -> None:
    """Remove all but the newest reports."""
    kept = select(QualityReportRow.id).order_by(QualityReportRow.id.desc()).limit(keep)
    await session.execute(delete(QualityReportRow).where(QualityReportRow.id.not_in(kept.scalar_subquery())))


async def page_symbols(
    session: AsyncSession,
    report_id: str,
    *,
    dataset: str | None,
    kind: str | None,
    symbols: Sequence[str] | None,
    by_symbol: bool,
    after: tuple[int, str, str] | None,
    limit: int,
) -> Sequence[QualitySymbolRow]:
    """Give symbols of a report from (score, symbol, interval) on, the worst first, or by symbol."""
    row = QualitySymbolRow
    statement = select(row).where(row.report_id == report_id)
    if dataset is not None:
        statement = statement.where(row.dataset == dataset)
    if kind is not None:
        statement = statement.where(row.kinds.contains(f"|{kind}|", autoescape=True))
    if symbols is not None:
        statement = statement.where(row.symbol.in_(symbols))
    order = (row.symbol, row.interval) if by_symbol else (row.score, row.symbol, row.interval)
    if after is not None:
        score, symbol, interval = after
        later: ColumnElement[bool] = or_(row.symbol > symbol, and_(row.symbol == symbol, row.interval > interval))
        statement = statement.where(later if by_symbol else or_(row.score > score, and_(row.score == score, later)))
    return (await session.scalars(statement.order_by(*order).limit(limit))).all()
