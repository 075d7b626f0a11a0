"""Strategies and their versions. The code itself is a document, named by the version's id."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.trash import Trashable


class StrategyRow(Trashable, Base):
    __tablename__ = "strategies"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    last_backtest: Mapped[dict[str, Any] | None]
    """LastBacktest, told by the backtests slice."""
    purged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """Since when its code is gone for good; the row stays, since its backtests name it."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class StrategyVersionRow(Base):
    __tablename__ = "strategy_versions"
    __table_args__ = (UniqueConstraint("strategy_id", "number", name="uq_strategy_versions_strategy_id_number"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """Also the document's id in the collection `strategy_code`."""
    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id", ondelete="CASCADE"))
    number: Mapped[int]
    message: Mapped[str] = mapped_column(String(200))
    label: Mapped[str | None] = mapped_column(String(60))
    """A name that a person gave this version."""
    sha256: Mapped[str] = mapped_column(String(64))
    lines: Mapped[int]
    author: Mapped[str] = mapped_column(String(40))
    """Username at the time."""
    data_key_id: Mapped[str | None] = mapped_column(String(26), index=True)
    """Of the key that sealed the code; None for code stored before there were keys, until it is sealed."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class StrategyDraftRow(Base):
    """What was typed since the last save, one a strategy. The text is a document of its own."""

    __tablename__ = "strategy_drafts"

    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    """Counts the writes: a page that knows an older one has been overtaken."""
    base_version: Mapped[int]
    document_id: Mapped[str] = mapped_column(String(26))
    """In the collection `strategy_drafts`."""
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
