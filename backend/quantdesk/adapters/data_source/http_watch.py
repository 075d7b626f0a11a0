"""Timeouts, pace and a look at the answers for a library that calls `requests` on its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import requests


@dataclass(slots=True)
class Watch:
    """What happens around each HTTP call within `watched`, and the answers so far."""

    before: Callable[[], None]
    timeout: tuple[float, float]
    """Seconds to connect, and between two reads."""
    responses: list[requests.Response] = field(default_factory=list)


_active: ContextVar[Watch | None] = ContextVar("quantdesk_http_watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Apply the watch to every call through `requests` that this thread makes within the block.

    akshare passes no timeout, so a silent server would hold a worker for ever. `requests` has no default to set:
    Session.send is wrapped once, and does nothing outside of such a block.
    """
    _wrap_once()
    token = _active.set(watch)
    try:
        yield watch
    finally:
        _active.reset(token)


def _wrap_once() -> None:
    original = requests.Session.send
    if getattr(original, "quantdesk_watch", False):
        return

    @functools.wraps(original)
    def send(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        watch = _active.get()
        if watch is None:
            return original(self, request, **kwargs)
        watch.before()
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = watch.timeout
        response = original(self, request, **kwargs)
        watch.responses.append(response)
        return response

    # akshare makes its own sessions and passes no timeout: the class's method is the one place to reach them all.
    send.quantdesk_watch = True  # type: ignore[attr-defined]  # marks it, so that it is put in place once
    requests.Session.send = send  # type: ignore[method-assign]
