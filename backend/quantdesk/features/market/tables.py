"""Instruments."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime


class InstrumentRow(Base):
    __tablename__ = "instruments"

    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(24), index=True)
    exchange: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    board: Mapped[str | None] = mapped_column(String(10))
    list_date: Mapped[dt.date | None]
    delist_date: Mapped[dt.date | None]
    simulated: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(20))
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
