"""How Baostock is talked to: a protocol of its own over TCP, by way of its package.

It sets no timeout, waits for ever when the server hangs up, prints what goes wrong, and ends a list early when a later
page fails. So it makes the messages and turns the pages here, and we send them, and read the answers ourselves.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from quantdesk.adapters.data_source.polite import Polite
from quantdesk.adapters.data_source.reading import Reader
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.errors import SourceError, SourceKind

HOST, PORT = "public-api.baostock.com", 10030
_END = b"<![CDATA[]]>\n"
_HEADER = 21
_SPLIT = "\1"
_PACKED = "96"
"""The kind of answer whose body is compressed."""
_ROWS_A_PAGE = 2000
_FEWEST_PARTS = 9
_LARGEST = 64 << 20
_CODES: dict[str, SourceKind] = {
    "10001005": "rate_limited",
    "10001011": "banned",
    "10004011": "unknown_symbol",
    "10004015": "unknown_symbol",
}
_lock = threading.Lock()
"""The package keeps its connection in a module: one conversation at a time."""


class Talk:
    """Asks in the name of a source, and reads the pages of the answers."""

    def __init__(self, reader: Reader, polite: Polite) -> None:
        self._reader = reader
        self._polite = polite

    def code(self, request: Request) -> str:
        code, exchange = self._reader.stock_parts(request)
        if exchange == "BJ":
            raise self._reader.error("unsupported", f"has no shares of Beijing such as {request.symbol}")
        return f"{exchange.lower()}.{code}"

    def converse(self, query: Callable[[Any], Any]) -> list[Answer]:
        """Sign in, ask, turn all pages; give the answers to what was asked."""
        library = importlib.import_module("baostock")
        with _lock, _Conversation(self._reader.source, library, *self._polite.timeout_s) as conversation:
            try:
                first = self._talk(conversation, library, query)
            except (SourceError, OSError):
                raise
            except Exception as error:  # the package takes an answer's form for granted
                words = f"the package cannot read the answer ({error!r:.100}); update baostock"
                raise conversation.error or self._reader.error("changed", words) from error
            now = self._polite.now()
            return [
                Answer(f"tcp://{HOST}:{PORT}", 200, {}, body, now, f"SEND {digest}")
                for digest, body in conversation.answers[first:]
            ]

    def _talk(self, conversation: _Conversation, library: Any, query: Callable[[Any], Any]) -> int:
        """Give the number of answers that came before those to the query."""
        signed_in = library.login()
        self._check(conversation, signed_in.error_code, signed_in.error_msg)
        first = len(conversation.answers)
        result = query(library)
        self._check(conversation, result.error_code, result.error_msg)
        while result.next():
            result.cur_row_num = len(result.data)
        self._check(conversation, result.error_code, result.error_msg)
        return first

    def _check(self, conversation: _Conversation, code: str, message: str) -> None:
        if conversation.error is not None:
            raise conversation.error
        if code != "0":
            kind: SourceKind = "unreachable" if code.startswith("10002") else _CODES.get(code, "invalid")
            raise self._reader.error(kind, f"answered {code}: {message}; see baostock.com")

    def judge(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            self.page(answer)

        return judge

    def page(self, answer: Answer) -> list[str]:
        """Give the parts of an answer's body. Raise SourceError."""
        body = answer.body
        if not body.endswith(_END) or len(body) < _HEADER:
            raise self._reader.error("truncated", "the answer breaks off; try again later")
        try:
            header = body[:_HEADER].decode("ascii").split(_SPLIT)
            if len(header) != 3 or not header[2].isdigit():
                raise ValueError(header)
            inside = body[_HEADER : _HEADER + int(header[2])]
            text = (zlib.decompress(inside) if header[1] == _PACKED else inside).decode("utf-8")
        except zlib.error:
            raise self._reader.error("truncated", "the answer's compression is broken; try again later") from None
        except UnicodeDecodeError:
            raise self._reader.error("encoding", "the answer is no UTF-8") from None
        except ValueError:
            raise self._reader.error("changed", f"the answer begins {body[:_HEADER]!r}; update baostock") from None
        parts = text.split(_SPLIT)
        if parts[0] != "0":
            kind: SourceKind = _CODES.get(parts[0], "invalid")
            raise self._reader.error(kind, f"answered {' '.join(parts[:2])[:200]}; see baostock.com")
        if len(parts) < _FEWEST_PARTS:
            raise self._reader.error("truncated", f"the answer has {len(parts)} parts only; try again later")
        return parts

    def table(self, answers: Sequence[Answer], fields_at: int) -> pd.DataFrame:
        """Join the pages. Raise SourceError unless they are all there."""
        rows: list[list[str]] = []
        names: list[str] = []
        for number, answer in enumerate(answers, 1):
            parts = self.page(answer)
            if parts[4] != str(number) or (number > 1 and len(rows) != _ROWS_A_PAGE * (number - 1)):
                raise self._reader.error("truncated", f"page {parts[4]} came where page {number} should; ask again")
            names = parts[fields_at].split(",")
            rows += json.loads(parts[6])["record"] if parts[6].strip() else []
        if rows and len(rows) == _ROWS_A_PAGE * len(answers):
            raise self._reader.error("truncated", "the last page is full, so there must be another; ask again")
        if any(len(row) != len(names) for row in rows):
            raise self._reader.error("changed", "a row has not as many values as there are fields; update QuantDesk")
        return pd.DataFrame(rows, columns=names, dtype=object)


class _Conversation:
    """The package's connection, with timeouts, an end, and a record of the answers."""

    def __init__(self, source: str, library: Any, connect_s: float, read_s: float) -> None:
        self.answers: list[tuple[str, bytes]] = []
        self.error: SourceError | None = None
        self._source = source
        self._sockets: Any = importlib.import_module(f"{library.__name__}.util.socketutil")
        for name in ("util.socketutil", "login.loginout", "security.history", "metadata.stock_metadata"):
            module = importlib.import_module(f"{library.__name__}.{name}")
            module.print = lambda *_: None  # type: ignore[attr-defined]  # shadows the builtin: it prints its errors
        self._times = connect_s, read_s
        self._connection: socket.socket | None = None
        self._kept: tuple[Any, Any] = (None, None)

    def __enter__(self) -> _Conversation:
        self._connection = socket.create_connection((HOST, PORT), timeout=self._times[0])
        self._connection.settimeout(self._times[1])
        self._kept = self._sockets.send_msg, self._sockets.SocketUtil.connect
        self._sockets.send_msg = self._exchange
        self._sockets.SocketUtil.connect = lambda *_: None
        return self

    def __exit__(self, *_: object) -> None:
        self._sockets.send_msg, self._sockets.SocketUtil.connect = self._kept
        if self._connection is not None:
            self._connection.close()

    def _exchange(self, message: str) -> str | None:
        """Send a message and give the answer's text, as the package's own function does; None after an error."""
        if self.error is not None or self._connection is None:
            return None
        try:
            self._connection.sendall(message.encode() + b"\n")
            body = self._receive(self._connection)
            header = body[:_HEADER].decode().split(_SPLIT)
            self.answers.append((hashlib.sha256(message.encode()).hexdigest(), body))
            if header[1] == _PACKED:
                return _SPLIT.join(header) + zlib.decompress(body[_HEADER : _HEADER + int(header[2])]).decode()
            return body.decode()
        except SourceError as error:
            self.error = error
        except TimeoutError:
            self.error = SourceError(self._source, "timeout", "no answer in time; try again later")
        except OSError as error:
            self.error = SourceError(self._source, "unreachable", f"the connection was cut ({error}); try again later")
        except (zlib.error, ValueError, IndexError):
            self.error = SourceError(self._source, "truncated", "the answer is broken; try again later")
        return None

    def _receive(self, connection: socket.socket) -> bytes:
        deadline = time.monotonic() + 4 * self._times[1]
        body = b""
        while not body.endswith(_END):
            part = connection.recv(1 << 16)
            if not part:
                raise SourceError(self._source, "truncated", "the server hung up within its answer; try again later")
            body += part
            if len(body) > _LARGEST or time.monotonic() > deadline:
                raise SourceError(self._source, "timeout", "the answer does not come to an end; try again later")
        return body


def days_of(request: Request) -> tuple[str, str]:
    start = request.start.isoformat() if request.start else "1990-12-19"
    return start, request.end.isoformat() if request.end else ""
