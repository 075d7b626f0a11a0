"""Watchlists and the symbols in them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.trash import Trashable


class WatchlistRow(Trashable, Base):
    __tablename__ = "watchlists"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    """Among the owner's watchlists; gaps mean nothing."""
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class WatchedRow(Base):
    """A symbol in a watchlist."""

    __tablename__ = "watched_symbols"

    watchlist_id: Mapped[str] = mapped_column(ForeignKey("watchlists.id", ondelete="CASCADE"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    position: Mapped[int]
    """Within the watchlist; gaps mean nothing."""
    note: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
