"""Refreshes, what became of each symbol, and the schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class RefreshRow(Base):
    __tablename__ = "refreshes"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    """The newest job."""
    due: Mapped[dt.date | None] = mapped_column(unique=True)
    """The trading day whose scheduled refresh this is: there is one a day. None: asked for by hand."""
    day: Mapped[dt.date]
    """Fetched up to this trading day, the last that was over."""
    newest: Mapped[dt.date | None]
    """The last day that any instrument had before."""
    symbols: Mapped[list[Any] | None]
    """As asked for; None: all that are stored."""
    stopped: Mapped[dict[str, Any] | None]
    """Stopped, while it is."""
    goes_on_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)
    stops: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RefreshSymbolRow(Base):
    __tablename__ = "refresh_symbols"
    __table_args__ = (
        Index("ix_refresh_symbols_refresh_id_state", "refresh_id", "state"),
        Index("ix_refresh_symbols_symbol_at", "symbol", "at"),
    )

    refresh_id: Mapped[str] = mapped_column(ForeignKey("refreshes.id", ondelete="CASCADE"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(12))
    start: Mapped[dt.date | None]
    end: Mapped[dt.date | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """Fetches begun since the refresh was last (re)started by a person or after a stop."""
    source: Mapped[str | None] = mapped_column(String(20))
    inserted: Mapped[int | None]
    updated: Mapped[int | None]
    first: Mapped[dt.date | None]
    last: Mapped[dt.date | None]
    """Stored days: before the fetch as planned, after it as found."""
    error_kind: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """When this was found; of a pending one, when its fetch last began."""


class RefreshScheduleRow(Base):
    """The one schedule."""

    __tablename__ = "refresh_schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    """1."""
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    """Who set it; its refreshes are theirs."""
    enabled: Mapped[bool]
    at: Mapped[str] = mapped_column(String(5))
    """Time of day in Asia/Shanghai, HH:MM."""
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
