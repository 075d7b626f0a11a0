"""Backtests. The report is a blob; its metrics are kept here for lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.trash import Trashable


class BacktestRow(Trashable, Base):
    __tablename__ = "backtests"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id"), index=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    spec: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any] | None]
    sparkline: Mapped[list[Any] | None]
    report_key: Mapped[str | None] = mapped_column(String(200))
    """Of the gzipped JSON BacktestResult in the BlobStore."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
