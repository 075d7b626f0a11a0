"""Uploads that wait, and imports that were made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class UploadRow(Base):
    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class ImportRow(Base):
    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    items: Mapped[list[Any]]
    """[{upload_id, name, options}]"""
    reports: Mapped[dict[str, Any]]
    """Upload id → FileReport, as far as they are done."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
