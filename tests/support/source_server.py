"""A web server on loopback that stands for the data sources' hosts, with all the ways in which these fail."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    stall_s: float = 0
    """Say nothing for so long (or until the server is stopped): before the answer, or after `after` bytes of it."""
    reset: bool = False
    """Cut the connection (RST): before the answer, or after `after` bytes of it."""
    after: int | None = None
    length: int | None = None
    """A Content-Length other than the body's."""


Script = Callable[[str, bytes], Reply]
"""(address as it was asked for, what was posted) -> what to answer."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of askers that lost their patience: that is what they are here for."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class SourceServer:
    """Answers as its script says, and notes what was asked."""

    def __init__(self) -> None:
        self.script: Script = lambda url, posted: Reply(status=404)
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._stop = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._answer(self, b"")

            def do_POST(self) -> None:
                server._answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *_: Any) -> None: ...

        self._http = _Server(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def forget(self) -> None:
        """Be as new: no script, nothing asked, and whoever stalls goes on at once."""
        self._stop.set()
        self._stop = threading.Event()
        self.script = lambda url, posted: Reply(status=404)
        self.asked.clear()
        self.headers.clear()

    def stop(self) -> None:
        self._stop.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def _answer(self, handler: BaseHTTPRequestHandler, posted: bytes) -> None:
        url = handler.path.removeprefix("/").replace("/", "://", 1)
        self.asked.append(url)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        reply = self.script(unquote(url), posted)
        if reply.after is None and self._misbehave(handler, reply):
            return
        handler.send_response_only(reply.status)
        sent_headers = {"Content-Type": reply.content_type} | reply.headers
        for name, value in sent_headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(reply.body[: reply.after])
        handler.wfile.flush()
        if reply.after is not None and not self._misbehave(handler, reply):
            handler.wfile.write(reply.body[reply.after :])

    def _misbehave(self, handler: BaseHTTPRequestHandler, reply: Reply) -> bool:
        if reply.stall_s:
            self._stop.wait(reply.stall_s)  # the asker has gone by then, as a rule
        if reply.reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        return reply.reset


@contextmanager
def rewired(monkeypatch: pytest.MonkeyPatch, server: SourceServer) -> Iterator[None]:
    """Connect whatever `requests` asks to the server: real sockets, timeouts and resets, another address."""
    original = requests.adapters.HTTPAdapter.send

    def send(self: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        there = request.copy()
        there.url = f"http://127.0.0.1:{server.port}/{parts.scheme}/{parts.netloc}{parts.path}?{parts.query}"
        there.headers.pop("Accept-Encoding", None)
        return original(self, there, **options | {"proxies": {}})

    with monkeypatch.context() as patch:
        patch.setattr(requests.adapters.HTTPAdapter, "send", send)
        yield


@pytest.fixture
def source_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SourceServer]:
    server = SourceServer()
    with rewired(monkeypatch, server):
        yield server
    server.stop()
