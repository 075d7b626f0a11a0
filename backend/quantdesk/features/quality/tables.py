"""Reports on the quality of the stored bars: one row a report, and of the newest one row a symbol and interval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class QualityReportRow(Base):
    __tablename__ = "quality_reports"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """None while under way, and when it failed."""
    datasets: Mapped[list[Any]]
    """Dataset, as JSON."""


class QualitySymbolRow(Base):
    __tablename__ = "quality_symbols"
    __table_args__ = (Index("ix_quality_symbols_report_id_score_symbol", "report_id", "score", "symbol", "interval"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("quality_reports.id", ondelete="CASCADE"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    interval: Mapped[str] = mapped_column(String(3), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(10))
    score: Mapped[int]
    """In tenths."""
    bars: Mapped[int]
    missing: Mapped[int]
    errors: Mapped[int]
    warnings: Mapped[int]
    first: Mapped[dt.date | None]
    last: Mapped[dt.date | None]
    counts: Mapped[dict[str, Any]]
    """Findings by kind."""
    kinds: Mapped[str] = mapped_column(Text)
    """The kinds found, as |jump|spike|, to filter by."""
