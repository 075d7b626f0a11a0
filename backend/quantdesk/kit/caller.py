"""The request in progress, for logs and the audit trail; nothing of HTTP's own types."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Make this the caller for the block."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)
