"""Between a library that calls `requests` on its own and the network: record its answers, or replay them."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests

from quantdesk.adapters.data_source.polite import Judge, Polite, Send, asked, response_of
from quantdesk.ports.data_source import Answer
from quantdesk.ports.errors import SourceError

Handler = Callable[[Send, requests.Session, requests.PreparedRequest, dict[str, Any]], requests.Response]

_active: ContextVar[Handler | None] = ContextVar("quantdesk_http_handler", default=None)


class Recording:
    """The answers to what the library asked within the block, in order, and the first error."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.error: SourceError | None = None


@contextmanager
def recording(polite: Polite, source: str, judge: Judge, *, same_day: bool) -> Iterator[Recording]:
    """Send this thread's calls through `requests` politely, and keep their answers.

    What is asked twice within the block is answered from the record. An error is raised to the library, and kept for
    the caller: some functions swallow whatever happens to them.
    """
    record = Recording()

    def handle(
        send: Send, session: requests.Session, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        if record.error is not None:  # the library tries on; we do not
            raise record.error
        question = asked(request)
        answer = next((one for one in record.answers if one.asked == question), None)
        if answer is None:
            try:
                answer = polite.send(send, session, request, options, source=source, judge=judge, same_day=same_day)
            except SourceError as error:
                record.error = error
                raise
            except sqlite3.Error as error:
                words = f"what is known of the hosts cannot be kept ({error}); check the disk"
                record.error = SourceError(source, "not_set_up", words)
                raise record.error from error
            record.answers.append(answer)
        return response_of(answer, request)

    with _handled(handle):
        yield record


@contextmanager
def replaying(source: str, answers: Sequence[Answer]) -> Iterator[None]:
    """Answer this thread's calls through `requests` from the record; nothing reaches the network."""
    known = {answer.asked: answer for answer in answers}

    def handle(
        send: Send, session: requests.Session, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response:
        answer = known.get(asked(request))
        if answer is None:
            raise SourceError(source, "changed", f"{str(request.url)[:100]} is not among the recorded answers")
        return response_of(answer, request)

    with _handled(handle):
        yield


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    _wrap_once()
    token = _active.set(handler)
    try:
        yield
    finally:
        _active.reset(token)


def _wrap_once() -> None:
    original = requests.Session.send
    if getattr(original, "quantdesk_watch", False):
        return

    @functools.wraps(original)
    def send(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        handler = _active.get()
        if handler is None:
            return original(self, request, **options)
        return handler(original, self, request, options)

    # akshare makes its own sessions and passes no timeout: the class's method is the one place to reach them all.
    send.quantdesk_watch = True  # type: ignore[attr-defined]  # marks it, so that it is put in place once
    requests.Session.send = send  # type: ignore[method-assign]
