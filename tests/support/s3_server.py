"""Object storage for tests: moto's server, a stand-in for MinIO and S3, or the real server that is named.

`QD_TEST_S3_URL=http://KEY:SECRET@host:9000` names a real one; each test has a bucket of its own there, too.
"""

from __future__ import annotations

import atexit
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from quantdesk.settings import BucketSettings

SERVER = "QD_TEST_S3_URL"
KEY, SECRET = "stand-in", "not a secret"


class OneAtATime:
    """Checks a write's condition and writes in one step, as S3 does; moto alone does them one after the other."""

    def __init__(self, app: Callable[[Any, Any], Iterable[bytes]]) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.refuse: Callable[[str, str], str | None] = lambda method, path: None
        """(method, path) -> the code of an error to answer with, None to do what is asked."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if code := self.refuse(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            status = {"XMinioStorageFull": "507 Full", "SlowDown": "503 Slow"}.get(code, "403 Forbidden")
            start_response(status, [("Content-Type", "application/xml")])
            return [f"<Error><Code>{code}</Code><Message>as the test says</Message></Error>".encode()]
        with self._lock:
            return list(self._app(environ, start_response))


def _nothing(environ: Any, start_response: Any) -> Iterable[bytes]:
    raise AssertionError("a real server was asked through the stand-in")


class S3Server:
    """Where tests find object storage."""

    def __init__(self, url: str, app: OneAtATime) -> None:
        self.url = url
        self.app = app
        """The stand-in; a real server cannot be told to fail."""

    def settings(self) -> dict[str, Any]:
        """Give the settings of an empty bucket."""
        parts = urlsplit(self.url)
        return {
            "endpoint": f"{parts.scheme}://{parts.hostname}:{parts.port}",
            "bucket": f"test-{secrets.token_hex(6)}",
            "access_key": unquote(parts.username or KEY),
            "secret_key": unquote(parts.password or SECRET),
        }

    def bucket(self, **changes: Any) -> BucketSettings:
        return BucketSettings.model_validate(self.settings() | changes)


@contextmanager
def moto_server(certificate: tuple[Path, Path] | None = None) -> Iterator[S3Server]:
    """Start moto's S3 on a port of its own; with a certificate and its key behind TLS."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: Any) -> None: ...

    files = certificate and (str(certificate[0]), str(certificate[1]))
    app = OneAtATime(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=files)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield S3Server(f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def stand_in() -> S3Server:
    """Start the stand-in of this process, once; it ends with it."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(moto_server())


@cache
def server_of_this_run() -> S3Server:
    """Give the real server that is named, else the stand-in."""
    given = os.environ.get(SERVER)
    return S3Server(given, OneAtATime(_nothing)) if given else stand_in()


@pytest.fixture(scope="session")
def s3_server() -> S3Server:
    return server_of_this_run()


@pytest.fixture
def failing_s3() -> Iterator[S3Server]:
    """The stand-in, to be told how to fail: `app.refuse`."""
    server = stand_in()
    before = server.app.refuse
    yield server
    server.app.refuse = before
