"""The child's side of the message channel: throttled, bounded."""

from __future__ import annotations

import datetime as dt
import io
import os
import time
from typing import Literal

from quantdesk.core.backtest.result import CodeError, Metrics
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import Equity, Log, Message, Progress, TrialDone

_INTERVAL = 0.1
"""Seconds between two progress messages."""


class Reporter:
    """Writes messages to a file descriptor, one JSON object a line."""

    def __init__(self, descriptor: int, limits: Limits) -> None:
        self._descriptor = descriptor
        self._limits = limits
        self._last = float("-inf")
        self._dates: list[dt.date] = []
        self._equity: list[float] = []
        self._lines = 0

    def send(self, message: Message) -> None:
        """Write one message; blocks while the parent is behind."""
        self._write(message.model_dump_json().encode() + b"\n")

    def day(self, done: int, total: int, date: dt.date, equity: float) -> None:
        """Note a day; tell the parent about ten times a second, and at the first and the last day."""
        self._dates.append(date)
        self._equity.append(round(equity, 2))
        now = time.monotonic()
        if now - self._last >= _INTERVAL or done == total:
            self._last = now
            self.send(Equity(dates=self._dates, equity=self._equity))
            self.send(Progress(done=done, total=total, date=date))
            self._dates, self._equity = [], []

    def trial(self, index: int, metrics: Metrics | None, error: CodeError | None) -> None:
        """Tell how one trial of a sweep ended."""
        self.send(TrialDone(index=index, metrics=metrics, error=error))

    def sample(self, done: int, total: int, date: dt.date) -> None:
        """Tell that one cut of a truncation test has been run."""
        self.send(Progress(done=done, total=total, date=date))

    def log(self, level: Literal["info", "warning"], text: str) -> None:
        """Send a line of output, shortened; beyond the limit of lines only count it."""
        self._lines += 1
        if self._lines <= self._limits.log_lines:
            width = self._limits.log_line_chars
            self.send(Log(level=level, text=text if len(text) <= width else text[:width] + " …"))

    def note_dropped(self) -> None:
        """Say how many lines were not sent, if any. Call once, at the end."""
        if (dropped := self._lines - self._limits.log_lines) > 0:
            self.send(Log(level="warning", text=f"… {dropped:,} lines dropped"))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]


class LogStream(io.TextIOBase):
    """A text stream whose lines become log messages: the user's standard output and error."""

    def __init__(self, reporter: Reporter, level: Literal["info", "warning"], limits: Limits) -> None:
        self._reporter = reporter
        self._level: Literal["info", "warning"] = level
        self._width = limits.log_line_chars
        self._rest = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._reporter.log(self._level, line)
        self._rest = self._rest[: self._width + 1]  # a line without end must not fill the memory
        return len(text)

    def finish(self) -> None:
        """Send what was printed without a line end."""
        if self._rest:
            self._reporter.log(self._level, self._rest)
            self._rest = ""
