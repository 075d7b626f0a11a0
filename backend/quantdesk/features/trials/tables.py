"""The ledger of trials. A row is never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class TrialRow(Base):
    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "number", name="uq_trials_source"),
        Index("ix_trials_strategy_id_id", "strategy_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id"))
    version: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64))
    params_hash: Mapped[str] = mapped_column(String(64))
    spec_hash: Mapped[str] = mapped_column(String(64))
    """Of the specification without its parameters."""
    source: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[str] = mapped_column(String(26))
    number: Mapped[int]
    sharpe: Mapped[float | None]
    """A day, not a year; None where undefined."""
    days: Mapped[int]
    """Daily returns that the figures are of."""
    skewness: Mapped[float | None]
    kurtosis: Mapped[float | None]
    seconds: Mapped[float | None]
    """That the run took; None where not measured."""
    bars: Mapped[int]
    """Symbols x days, about: what the time is proportional to."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
