"""Optimisations and their trials."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.trash import Trashable


class OptimisationRow(Trashable, Base):
    __tablename__ = "optimisations"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id"), index=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    spec: Mapped[dict[str, Any]]
    ranges: Mapped[list[Any]]
    """{name, range} in the order asked: a grid's numbers follow it."""
    search: Mapped[dict[str, Any]]
    objective: Mapped[dict[str, Any]]
    walk_forward: Mapped[dict[str, Any] | None]
    folds: Mapped[list[Any]]
    """The walk-forward's dates, fixed when it was made."""
    trials: Mapped[int]
    """Of one search."""
    runs: Mapped[int]
    figures: Mapped[dict[str, Any] | None]
    """schemas.Figures, once succeeded."""
    overfitting: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """schemas.Overfitting, once succeeded and where it can be told."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class OptimisationTrialRow(Base):
    """One run. It is written when the run is planned and changed once, when the run has ended."""

    __tablename__ = "optimisation_trials"
    __table_args__ = (Index("ix_optimisation_trials_fold", "optimisation_id", "fold", "state"),)

    optimisation_id: Mapped[str] = mapped_column(ForeignKey("optimisations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fold: Mapped[int]
    role: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(9))
    params: Mapped[dict[str, Any]]
    objective: Mapped[float | None]
    metrics: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    """JobError."""
    returns: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Daily returns, little-endian float32; of a test those of its test days."""
    dates: Mapped[list[Any] | None]
    """Of a test: the days of the returns."""
