"""The request in progress, for logs and the audit trail; nothing of HTTP's own types."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request came from."""

    ip: str
    user_agent: str
    """Cut to 300 characters."""
    request_id: str


_current: ContextVar[Caller | None] = ContextVar("qd_caller", default=None)


def current_caller() -> Caller | None:
    """Give the caller of the request in progress; None in the worker and the CLI."""
    return _current.get()


def set_caller(caller: Caller) -> None:
    """Remember the caller for the rest of this asyncio task."""
    _current.set(caller)
