"""HTTP as a guest: in turn, with limits on time and size, few and patient tries, and nothing asked twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from quantdesk.adapters.data_source.state import SourceState
from quantdesk.ports.data_source import Answer, HostHealth
from quantdesk.ports.errors import SourceError, SourceKind

Result = TypeVar("Result")
Send = Callable[..., requests.Response]
Judge = Callable[[Answer], None]
"""Raises SourceError for an answer that is of no use. Pure."""

_TRIED_AGAIN: frozenset[SourceKind] = frozenset(("unreachable", "timeout", "rate_limited", "truncated"))
_DROPPED = frozenset(("content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection"))
"""Headers that are not of the body as we keep it, or none of ours to keep."""


class Polite:
    """Sends the requests of the online sources, one host's in turn over all processes."""

    def __init__(
        self,
        state: SourceState,
        *,
        tries: int = 3,
        backoff_s: float = 1.0,
        timeout_s: tuple[float, float] = (5.0, 15.0),
        deadline_s: float = 60.0,
        longest_wait_s: float = 30.0,
        largest: int = 64 << 20,
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
    ) -> None:
        """Wait `backoff_s`, twice that, … (plus up to as much by chance) between the tries.

        `timeout_s` is for connecting and between two reads, `deadline_s` for a whole answer, `longest_wait_s` what a
        server may tell us to wait within one call (Retry-After), `largest` the bytes of an answer.
        """
        self._state = state
        self._tries = tries
        self._backoff_s = backoff_s
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s
        self._longest_wait_s = longest_wait_s
        self._largest = largest
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing

    def send(
        self,
        send: Send,
        session: requests.Session,
        request: requests.PreparedRequest,
        options: dict[str, Any],
        *,
        source: str,
        judge: Judge,
        same_day: bool,
    ) -> Answer:
        """Give the answer that `judge` has nothing against.

        One of today is given without asking when `same_day`; else a kept one is confirmed with the server where
        that offers it (ETag, Last-Modified). Raise SourceError.
        """
        host = urlsplit(request.url or "").hostname or "?"
        question = asked(request)
        kept = self._state.cached(question) if request.method == "GET" else None
        if kept is not None:
            if same_day and self._state.is_of_today(kept):
                return kept
            _ask_whether_changed(request, kept)

        def once() -> Answer:
            answer = self._once(send, session, request, options, question)
            if answer.status == 304 and kept is not None:
                answer = self._state.confirmed(kept)
            judge(answer)
            return answer

        answer = self.in_turn(source, host, once)
        if request.method == "GET" and (same_day or _can_be_confirmed(answer)):
            self._state.keep(answer)
        return answer

    def in_turn(self, source: str, host: str, work: Callable[[], Result]) -> Result:
        """Do the work when it is the host's turn, again if that may help; note what came of it. Raise SourceError."""
        failure: SourceError | None = None
        for attempt in range(self._tries):
            try:
                delay = self._state.admit(source, host)
            except SourceError as error:
                raise failure or error from error  # what opened the breaker tells more
            if delay > 0:
                self._sleep(delay)
            try:
                result = work()
            except Exception as error:  # requests and urllib3 raise many, and mocks of them more
                failure = explain(source, error)
                self._state.failed(host, failure)
                pause = self._backoff_s * 2**attempt
                pause = max(pause + self._rng.uniform(0, pause), failure.retry_after or 0.0)
                last = attempt == self._tries - 1 or failure.kind not in _TRIED_AGAIN or pause > self._longest_wait_s
                if last:
                    raise failure from error
                self._sleep(pause)
                continue
            self._state.succeeded(host)
            return result
        raise AssertionError("unreachable: tries is at least 1")

    def refuse(self, answers: Iterable[Answer], error: SourceError) -> None:
        """Drop the answers from the cache, and note at their hosts what was wrong with them."""
        found = list(answers)
        self._state.forget(one.asked for one in found)
        for host in {urlsplit(one.url).hostname for one in found}:
            if host is not None:
                self._state.failed(host, error)

    def health(self, hosts: Iterable[str]) -> list[HostHealth]:
        return self._state.health(hosts)

    def now(self) -> dt.datetime:
        return self._state.now()

    @property
    def timeout_s(self) -> tuple[float, float]:
        """To connect, and between two reads."""
        return self._timeout_s

    def _once(
        self,
        send: Send,
        session: requests.Session,
        request: requests.PreparedRequest,
        options: dict[str, Any],
        question: str,
    ) -> Answer:
        # No redirects: they lead to pages that ask who we are, or to another host, past its limits.
        options = options | {"stream": True, "allow_redirects": False}
        options["timeout"] = self._timeout_s
        started = time.monotonic()
        response = send(session, request, **options)
        try:
            body = self._body(response, started + self._deadline_s)
        finally:
            response.close()
        headers = {name: value for name, value in response.headers.items() if name.lower() not in _DROPPED}
        return Answer(request.url or "", response.status_code, headers, body, self._state.now(), question)

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        """Read piece by piece: the timeout between two reads does not end a server that sends a byte a second."""
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self._largest:
                raise SourceError("", "invalid", f"the answer is longer than {self._largest} bytes; it is not read")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout
        return b"".join(parts)


def asked(request: requests.PreparedRequest) -> str:
    """Name a question: method, address and the digest of what is posted (which may hold a token)."""
    body = request.body.encode() if isinstance(request.body, str) else request.body
    digest = f" {hashlib.sha256(body).hexdigest()}" if isinstance(body, bytes) and body else ""
    return f"{request.method} {request.url}{digest}"


def response_of(answer: Answer, request: requests.PreparedRequest) -> requests.Response:
    """Make what `requests` gives for this answer."""
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.url = answer.url
    response.request = request
    response.encoding = get_encoding_from_headers(response.headers)
    response._content = answer.body  # the attribute that `content`, `text` and `json` read
    response._content_consumed = True  # as after reading a stream
    return response


def explain(source: str, error: Exception) -> SourceError:
    """Name what went wrong on the way."""
    if isinstance(error, SourceError):
        return error if error.source else SourceError(source, error.kind, str(error).removeprefix(": "))
    causes = [error, *_causes(error)]
    if any(isinstance(one, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError) for one in causes):
        return SourceError(source, "timeout", "no answer in time; try again later")
    if any(isinstance(one, urllib3.exceptions.IncompleteRead) for one in causes):
        return SourceError(source, "truncated", "the answer breaks off; try again later")
    if any(isinstance(one, urllib3.exceptions.DecodeError) for one in causes):
        return SourceError(source, "truncated", "the answer's compression is broken; try again later")
    if any(
        isinstance(one, urllib3.exceptions.ProtocolError | ConnectionResetError | BrokenPipeError) for one in causes
    ):
        return SourceError(source, "unreachable", "the connection was cut; try again later")
    plain = isinstance(error, OSError) and not isinstance(error, requests.RequestException)
    if plain or isinstance(error, requests.ConnectionError):
        return SourceError(source, "unreachable", "cannot be reached; check the network")
    return SourceError(source, "unreachable", f"the request failed ({type(error).__name__}); check the network")


def retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date; None for none, or for a text that is neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or dt.UTC) - now).total_seconds())


def _causes(error: BaseException) -> list[BaseException]:
    """Give what requests and urllib3 wrapped: as arguments, reasons and causes."""
    inner = [one for one in (*error.args, getattr(error, "reason", None), error.__cause__) if one is not error]
    found = [one for one in inner if isinstance(one, BaseException)]
    return [*found, *(deeper for one in found for deeper in _causes(one))]


def _can_be_confirmed(answer: Answer) -> bool:
    return bool({"etag", "last-modified"} & {name.lower() for name in answer.headers})


def _ask_whether_changed(request: requests.PreparedRequest, kept: Answer) -> None:
    headers = CaseInsensitiveDict(kept.headers)
    if "etag" in headers:
        request.headers["If-None-Match"] = headers["etag"]
    if "last-modified" in headers:
        request.headers["If-Modified-Since"] = headers["last-modified"]
