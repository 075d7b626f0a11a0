"""A wall clock that stands still until it is moved."""

from __future__ import annotations

import datetime as dt

from quantdesk.kit.clock import SHANGHAI


class FakeClock:
    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def utcnow(self) -> dt.datetime:
        return self.now

    def today(self) -> dt.date:
        return self.now.astimezone(SHANGHAI).date()

    def advance(self, **parts: float) -> None:
        """Move the clock by a timedelta's parts, e.g. `minutes=31`."""
        self.now += dt.timedelta(**parts)
