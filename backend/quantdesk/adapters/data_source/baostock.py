"""Baostock (证券宝): raw daily bars with the exchange's previous close, suspended days and ST, and the calendar.

Its package speaks a protocol of its own over TCP, and is not installed by default: `uv pip install baostock`. It sets
no timeout, waits for ever when the server hangs up, prints what goes wrong, and ends a list early when a later page
fails. So it makes the messages and turns the pages here, and we send them, and read the answers ourselves.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.web import Recipe, WebSource
from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError, SourceKind

HOST, PORT = "public-api.baostock.com", 10030
_END = b"<![CDATA[]]>\n"
_HEADER = 21
_SPLIT = "\1"
_PACKED = "96"
"""The kind of answer whose body is compressed."""
_ROWS_A_PAGE = 2000
_LARGEST = 64 << 20
_DAILY = "date,code,open,high,low,close,preclose,volume,amount,adjustflag,tradestatus,isST"
_INDEX = "date,code,open,high,low,close,preclose,volume,amount"
_CODES: dict[str, SourceKind] = {
    "10001005": "rate_limited",
    "10001011": "banned",
    "10004011": "unknown_symbol",
    "10004015": "unknown_symbol",
}
_lock = threading.Lock()
"""The package keeps its connection in a module: one conversation at a time."""


class Baostock(WebSource):
    name = "baostock"
    hosts = (HOST,)
    library = ""

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        return {
            "stock_daily": Recipe(1, self._ask_bars, self._judge, self._read_stock),
            "index_daily": Recipe(1, self._ask_bars, self._judge, self._read_index),
            "calendar": Recipe(1, self._ask_calendar, self._judge, self._read_calendar),
        }

    def fetch(self, request: Request) -> list[Answer]:
        recipe = self._recipe(request.dataset)
        if request.symbol:
            self._code(request)  # before anybody is asked
        return self._polite.in_turn(self.name, HOST, lambda: recipe.ask(request))

    def _code(self, request: Request) -> str:
        code, exchange = self._reader.stock_parts(request)
        if exchange == "BJ":
            raise self._reader.error("unsupported", f"has no shares of Beijing such as {request.symbol}")
        return f"{exchange.lower()}.{code}"

    def _ask_bars(self, request: Request) -> list[Answer]:
        fields = _DAILY if request.dataset == "stock_daily" else _INDEX
        code, (start, end) = self._code(request), _days(request)
        return self._converse(lambda library: library.query_history_k_data_plus(code, fields, start, end, "d", "3"))

    def _ask_calendar(self, request: Request) -> list[Answer]:
        return self._converse(lambda library: library.query_trade_dates(*_days(request)))

    def _converse(self, query: Callable[[Any], Any]) -> list[Answer]:
        """Sign in, ask, turn all pages; give the answers to what was asked."""
        try:
            library = importlib.import_module("baostock")
        except ImportError:
            raise self._reader.error(
                "not_set_up", "the package baostock is not installed; install it, or leave the source out"
            ) from None
        with _lock, _Conversation(self.name, library, *self._polite.timeout_s) as conversation:
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

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            self._page(answer)

        return judge

    def _page(self, answer: Answer) -> list[str]:
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
        if len(parts) < 10:
            raise self._reader.error("truncated", f"the answer has {len(parts)} parts only; try again later")
        return parts

    def _table(self, answers: Sequence[Answer], fields_at: int) -> pd.DataFrame:
        """Join the pages. Raise SourceError unless they are all there."""
        rows: list[list[str]] = []
        names: list[str] = []
        for number, answer in enumerate(answers, 1):
            parts = self._page(answer)
            if parts[4] != str(number) or (number > 1 and len(rows) != _ROWS_A_PAGE * (number - 1)):
                raise self._reader.error("truncated", f"page {parts[4]} came where page {number} should; ask again")
            names = parts[fields_at].split(",")
            rows += json.loads(parts[6])["record"] if parts[6].strip() else []
        if rows and len(rows) == _ROWS_A_PAGE * len(answers):
            raise self._reader.error("truncated", "the last page is full, so there must be another; ask again")
        if any(len(row) != len(names) for row in rows):
            raise self._reader.error("changed", "a row has not as many values as there are fields; update QuantDesk")
        return pd.DataFrame(rows, columns=names, dtype=object)

    def _bars(self, request: Request, answers: Sequence[Answer], turnover: str) -> tuple[Bars, pd.DataFrame]:
        code = self._code(request)
        table = self._table(answers, 8)
        strange = {self._page(answer)[7] for answer in answers} | set(table.get("code", ()))
        if strange != {code} and len(table):
            raise self._reader.error("wrong_symbol", f"asked for {code}, got {sorted(strange - {code})[:3]}")
        wanted = (_DAILY if request.dataset == "stock_daily" else _INDEX).split(",")
        if set(table.columns) != set(wanted):
            raise self._reader.error("changed", f"the answer has the fields {', '.join(table.columns)}")
        table = table.assign(**{name: table[name].replace("", "0") for name in ("volume", "amount")})
        names = {name: name for name in ("date", "open", "high", "low", "close", "volume", "amount")}
        bars = self._reader.bars(request, table, names, turnover=turnover)
        preclose = pd.to_numeric(table["preclose"], errors="coerce").to_numpy(np.float64)
        return replace(bars, preclose=np.where(preclose > 0, preclose, np.nan)), table

    def _read_stock(self, request: Request, answers: Sequence[Answer]) -> Bars:
        bars, table = self._bars(request, answers, "share")
        for name, allowed in (("adjustflag", {"3"}), ("tradestatus", {"0", "1"}), ("isST", {"0", "1"})):
            strange = set(table[name]) - allowed
            if strange:
                raise self._reader.error("changed", f"{name} of {request.symbol} is {sorted(strange)[:3]}")
        suspended = (table["tradestatus"] == "0").to_numpy(np.bool_)
        if (bars.volume[suspended] != 0).any():
            raise self._reader.error("invalid", f"{request.symbol} was traded on a suspended day")
        flagged = replace(bars, suspended=suspended, is_st=(table["isST"] == "1").to_numpy(np.bool_))
        return self._reader.checked(flagged, request)

    def _read_index(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._bars(request, answers, "index")[0]

    def _read_calendar(self, request: Request, answers: Sequence[Answer]) -> TradingCalendar:
        table = self._table(answers, 9)
        if set(table.columns) != {"calendar_date", "is_trading_day"} or set(table["is_trading_day"]) - {"0", "1"}:
            raise self._reader.error("changed", f"the calendar has the fields {', '.join(table.columns)}")
        days: list[Any] = [day_of(value) for value in table["calendar_date"]]
        if None in days or any((later - earlier).days != 1 for earlier, later in pairwise(days)):
            raise self._reader.error("truncated", "the calendar has gaps; ask again")
        is_open = [day for day, flag in zip(days, table["is_trading_day"], strict=True) if flag == "1"]
        if not is_open:
            raise self._reader.error("empty", "the calendar has no trading day in this range")
        return TradingCalendar.from_dates(is_open)


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


def _days(request: Request) -> tuple[str, str]:
    start = request.start.isoformat() if request.start else "1990-12-19"
    return start, request.end.isoformat() if request.end else ""
