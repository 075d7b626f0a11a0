"""Checks for look-ahead: the last one of each version."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class LookaheadCheckRow(Base):
    __tablename__ = "lookahead_checks"
    __table_args__ = (UniqueConstraint("strategy_id", "version", name="uq_lookahead_checks_strategy_id_version"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    strategy_id: Mapped[str] = mapped_column(ForeignKey("strategies.id"))
    version: Mapped[int]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    """The newest job; what an older one finds is not written."""
    spec: Mapped[dict[str, Any] | None]
    """As asked for; None: the worker chooses."""
    samples: Mapped[int]
    result: Mapped[dict[str, Any] | None]
    """CheckResult, once there is one."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
