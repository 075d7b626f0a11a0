"""Instruments and their corporate actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, DecimalText, UtcDateTime


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


class CorporateActionRow(Base):
    """All that a symbol gives on an ex-date; the amounts are a share."""

    __tablename__ = "corporate_actions"

    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    ex_date: Mapped[dt.date] = mapped_column(primary_key=True)
    cash: Mapped[Decimal] = mapped_column(DecimalText)
    bonus: Mapped[Decimal] = mapped_column(DecimalText)
    conversion: Mapped[Decimal] = mapped_column(DecimalText)
    split: Mapped[Decimal] = mapped_column(DecimalText)
    rights: Mapped[Decimal] = mapped_column(DecimalText)
    rights_price: Mapped[Decimal | None] = mapped_column(DecimalText)
    announced: Mapped[dt.date | None]
    record_date: Mapped[dt.date | None]
    pay_date: Mapped[dt.date | None]
    list_date: Mapped[dt.date | None]
    source: Mapped[str] = mapped_column(String(20))
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
