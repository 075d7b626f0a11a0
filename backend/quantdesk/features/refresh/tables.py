"""Refreshes, what became of each part of each dataset, and the schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class RefreshRow(Base):
    __tablename__ = "refreshes"
    __table_args__ = (UniqueConstraint("part", "due"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    """The newest job."""
    part: Mapped[str | None] = mapped_column(String(8))
    """evening or night: the part of the schedule that began it. None: asked for by hand."""
    due: Mapped[dt.date | None]
    """The trading day, or the night's date, whose scheduled refresh this is: there is one of each part a day."""
    day: Mapped[dt.date]
    """Fetched up to this trading day, the last that was over."""
    newest: Mapped[dt.date | None]
    """The last day that any instrument had before."""
    asked: Mapped[dict[str, Any] | None]
    """RefreshCreate as asked for by hand."""
    missing: Mapped[list[Any]]
    """Datasets that no source has."""
    stopped: Mapped[dict[str, Any] | None]
    """Stopped, while it is."""
    goes_on_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)
    stops: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RefreshItemRow(Base):
    """A part of a dataset that is asked for at once: an instrument's bars, a day's or the whole market's table."""

    __tablename__ = "refresh_items"
    __table_args__ = (
        Index("ix_refresh_items_refresh_id_state", "refresh_id", "state"),
        Index("ix_refresh_items_dataset_key_at", "dataset", "key", "at"),
    )

    refresh_id: Mapped[str] = mapped_column(ForeignKey("refreshes.id", ondelete="CASCADE"), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The symbol; of a table the index, the day or `cn`."""
    place: Mapped[int]
    """Of the dataset in the order of fetching."""
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
    """Time of day in Asia/Shanghai, HH:MM, of the bars and the day's tables, on trading days."""
    night_at: Mapped[str] = mapped_column(String(5))
    """That of the calendar, the lists and the companies' tables, on every day."""
    indices: Mapped[list[Any]]
    """Followed, stored or not."""
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
