"""Named expressions of a user."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class FactorRow(Base):
    __tablename__ = "factors"
    __table_args__ = (UniqueConstraint("owner_id", "name", name="uq_factors_owner_id_name"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    expression: Mapped[str] = mapped_column(Text)
    """As the user wrote it."""
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FactorStudyRow(Base):
    """A factor set beside later returns over many symbols, by a worker; the newest of each user are kept."""

    __tablename__ = "factor_studies"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    request: Mapped[dict[str, Any]]
    """StudyCreate, as JSON."""
    result: Mapped[dict[str, Any] | None]
    """Preview, as JSON; None until it is done."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
