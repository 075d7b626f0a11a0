"""How a long command tells its progress: to a person on a terminal, or as JSON lines to the worker that started it."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

import click

from quantdesk.features.jobs.child import ChildError, ChildLog, ChildProgress, ChildResult, Level


class Reporter(Protocol):
    def progress(self, done: float, total: float | None, unit: str, message: str | None = None) -> None: ...

    def log(self, level: Level, text: str) -> None: ...

    def result(self, data: dict[str, Any]) -> None:
        """Give what the command found, once, at the end."""
        ...

    def error(self, code: str, message_zh: str, message_en: str) -> None:
        """Say why the command did nothing."""
        ...


class JsonReporter:
    """One message a line on stdout; see features/jobs/child.py."""

    def progress(self, done: float, total: float | None, unit: str, message: str | None = None) -> None:
        self._write(ChildProgress(done=done, total=total, unit=unit, message=message))

    def log(self, level: Level, text: str) -> None:
        self._write(ChildLog(level=level, text=text))

    def result(self, data: dict[str, Any]) -> None:
        self._write(ChildResult(data=data))

    def error(self, code: str, message_zh: str, message_en: str) -> None:
        self._write(ChildError(code=code, message_zh=message_zh, message_en=message_en))

    @staticmethod
    def _write(message: ChildProgress | ChildLog | ChildResult | ChildError) -> None:
        sys.stdout.write(message.model_dump_json() + "\n")
        sys.stdout.flush()


class ConsoleReporter:
    """A line on stderr that is written over; only lines of the log when stderr is no terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._next = 0.0

    def progress(self, done: float, total: float | None, unit: str, message: str | None = None) -> None:
        if not self._live or (time.monotonic() < self._next and done != total):
            return
        self._next = time.monotonic() + 0.1
        share = f"{done / total:4.0%}  " if total else ""
        of = f" / {total:,.0f}" if total else ""
        click.echo(f"\r\x1b[K{share}{done:,.0f}{of} {unit}  {message or ''}", nl=False, err=True)

    def log(self, level: Level, text: str) -> None:
        self._clear()
        click.echo(text if level in ("debug", "info") else f"{level}: {text}", err=True)

    def result(self, data: dict[str, Any]) -> None:
        self._clear()

    def error(self, code: str, message_zh: str, message_en: str) -> None:
        self._clear()
        click.echo(f"error: {message_en}", err=True)

    def _clear(self) -> None:
        if self._live:
            click.echo("\r\x1b[K", nl=False, err=True)


def make_reporter(json_lines: bool) -> Reporter:
    return JsonReporter() if json_lines else ConsoleReporter()
