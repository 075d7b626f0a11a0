"""Which file holds a table's part, and every write that changed one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class DatasetPartitionRow(Base):
    __tablename__ = "dataset_partitions"

    dataset: Mapped[str] = mapped_column(String(24), primary_key=True)
    partition: Mapped[str] = mapped_column(String(40), primary_key=True)
    blob_key: Mapped[str] = mapped_column(String(200))
    """The file with every version of every row."""
    write_id: Mapped[str] = mapped_column(String(26))
    """The write that made it."""
    version: Mapped[int]
    """Counts the changes; a write holds it against what it has read."""
    rows: Mapped[int]
    """That are known now."""
    first_day: Mapped[dt.date | None]
    last_day: Mapped[dt.date | None]
    source: Mapped[str] = mapped_column(String(20))
    """Of the last change, as are parser and fetched_at."""
    parser: Mapped[str] = mapped_column(String(60))
    fetched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    """When a source last said what it has, changed or not."""


class DatasetWriteRow(Base):
    __tablename__ = "dataset_writes"
    __table_args__ = (Index("ix_dataset_writes_superseded_at", "superseded_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(24))
    partition: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    parser: Mapped[str] = mapped_column(String(60))
    fetched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    blob_key: Mapped[str | None] = mapped_column(String(200))
    """The file that the write made; None once it is deleted."""
    superseded_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """When a later write made another file of the part."""
