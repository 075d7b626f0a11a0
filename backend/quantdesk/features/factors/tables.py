"""Named expressions of a user."""

from __future__ import annotations

import datetime as dt

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
