"""What happened to the sources, and where two of them tell the same bars differently."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class SourceEventRow(Base):
    """A run of failures of one kind: the same again within the hour, or before the source was back, counts up."""

    __tablename__ = "source_events"
    __table_args__ = (Index("ix_source_events_source_dataset_last_at", "source", "dataset", "last_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    dataset: Mapped[str] = mapped_column(String(30))
    host: Mapped[str | None] = mapped_column(String(100))
    """None where the failure says nothing of one."""
    error_kind: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    """Of the first one."""
    symbol: Mapped[str | None] = mapped_column(String(32))
    """That the first one was asked for."""
    next_source: Mapped[str | None] = mapped_column(String(20))
    """That stepped in at last; None while none could."""
    count: Mapped[int]
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    recovered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """When the source gave the dataset again."""


class SourceCheckRow(Base):
    """One symbol's stored bars held against another source."""

    __tablename__ = "source_checks"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), index=True)
    interval: Mapped[str] = mapped_column(String(3))
    first_source: Mapped[str] = mapped_column(String(40))
    """Of the stored bars."""
    second_source: Mapped[str] = mapped_column(String(40))
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    bars: Mapped[int]
    differences: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class SourceDifferenceRow(Base):
    __tablename__ = "source_differences"
    __table_args__ = (
        UniqueConstraint(
            "symbol",
            "interval",
            "day",
            "field",
            "first_source",
            "second_source",
            name="uq_source_differences_symbol_interval_day_field_sources",
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    check_id: Mapped[str] = mapped_column(ForeignKey("source_checks.id", ondelete="CASCADE"), index=True)
    """The last one that saw it."""
    symbol: Mapped[str] = mapped_column(String(32))
    interval: Mapped[str] = mapped_column(String(3))
    day: Mapped[dt.date]
    field: Mapped[str] = mapped_column(String(20))
    """A column of the bars, or `missing`."""
    first_source: Mapped[str] = mapped_column(String(40))
    second_source: Mapped[str] = mapped_column(String(40))
    first_value: Mapped[float | None]
    """As stored; None: no such bar is."""
    second_value: Mapped[float | None]
    found_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """When a later check of the day no longer saw it."""
