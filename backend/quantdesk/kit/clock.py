"""The wall clock, in one place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utcnow() -> dt.datetime:
    """Give the instant now, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Give the date in Asia/Shanghai."""
    return dt.datetime.now(SHANGHAI).date()
