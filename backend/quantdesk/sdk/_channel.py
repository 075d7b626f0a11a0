"""The kernel's line to its host, over which stored data is asked for."""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import Any

_lock = threading.Lock()
_stream: Any = None


class MarketDataError(Exception):
    """What was asked for cannot be given; the message says why."""


def ask(request: dict[str, Any]) -> tuple[Any, bytes]:
    """Ask the host; give its answer and the bytes that came with it. Raise MarketDataError."""
    with _lock:
        stream = _connected()
        stream.write(json.dumps(request).encode() + b"\n")
        stream.flush()
        line = stream.readline()
        if not line:
            raise MarketDataError("the kernel's host does not answer any more")
        head = json.loads(line)
        body: bytes = stream.read(head["bytes"])
    if "error" in head:
        raise MarketDataError(head["error"])
    return head["ok"], body


def _connected() -> Any:
    global _stream
    if _stream is None:
        number = os.environ.get("QUANTDESK_CHANNEL")
        if number is None:
            raise MarketDataError(
                "stored data is there in a notebook of QuantDesk; in a backtest use the bars that the strategy is given"
            )
        _stream = socket.socket(fileno=int(number)).makefile("rwb")
    return _stream
