"""A client of the Debug Adapter Protocol over a socket to a kernel. Nothing that comes over it is believed.

The kernel runs a user's code, which can write to the socket what it likes: what is no message of a fair size ends the
connection; what was not asked for is left out; what comes faster than a person could use it is read more slowly, and
waits in the kernel's own memory. Source: microsoft.github.io/debug-adapter-protocol, "Base protocol".
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from typing import Any

HEADER_BYTES, MESSAGE_BYTES = 1_000, 2_000_000
ANSWER_SECONDS = 10.0
MESSAGES_A_SECOND = 500
"""Read without a pause; a log point in a tight loop makes as many as it can."""

Event = Callable[[str, dict[str, Any]], None]


class DebuggerError(Exception):
    """The debugger did not answer as it should; the message says what happened."""


class Client:
    """One connection, to one kernel."""

    def __init__(self, on_event: Event, on_broken: Callable[[str], None]) -> None:
        self._on_event, self._on_broken = on_event, on_broken
        self._waiting: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._last = 0
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    async def connect(self, channel: socket.socket) -> None:
        reader, self._writer = await asyncio.open_connection(sock=channel.dup(), limit=HEADER_BYTES)
        self._task = asyncio.create_task(self._read(reader))

    def close(self) -> None:
        """Let go of the socket; who waits for an answer gets DebuggerError."""
        if self._task is not None:
            self._task.cancel()
        self._hang_up("the debugger was closed")

    async def ask(self, command: str, arguments: dict[str, Any], seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Give the body of the answer to a request. Raise DebuggerError, TimeoutError."""
        if self._writer is None or self._writer.is_closing():
            raise DebuggerError("the debugger's connection is closed")
        self._last += 1
        number = self._last
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = command, answer
        request = {"seq": number, "type": "request", "command": command, "arguments": arguments}
        text = json.dumps(request).encode()
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
                await self._writer.drain()
                return await answer
        except ConnectionError as error:
            raise DebuggerError(str(error)) from None
        finally:
            self._waiting.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        why = "it was closed by the kernel"
        window, many = time.monotonic(), 0
        try:
            while True:
                self._take(await _message(reader))
                many += 1
                if many >= MESSAGES_A_SECOND:
                    await asyncio.sleep(max(0.0, window + 1.0 - time.monotonic()))
                    window, many = time.monotonic(), 0
        except asyncio.IncompleteReadError:
            pass
        except (ValueError, RecursionError, ConnectionError) as error:
            why = str(error)[:200] or type(error).__name__
        self._hang_up(why)
        self._on_broken(why)

    def _take(self, message: dict[str, Any]) -> None:
        body = message.get("body")
        body = body if isinstance(body, dict) else {}
        match message.get("type"):
            case "response":
                asked = message.get("request_seq")
                command, answer = self._waiting.get(asked, ("", None)) if isinstance(asked, int) else ("", None)
                if answer is None or answer.done() or message.get("command") != command:
                    return
                if message.get("success") is True:
                    answer.set_result(body)
                else:
                    answer.set_exception(DebuggerError(str(message.get("message"))[:2000]))
            case "event" if isinstance(message.get("event"), str):
                self._on_event(message["event"], body)

    def _hang_up(self, why: str) -> None:
        if self._writer is not None:
            self._writer.close()
        for _, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(DebuggerError(why))


async def _message(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Read one message. Raise ValueError for what is none, IncompleteReadError at the end."""
    try:
        header = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise ValueError("a header without an end") from None
    name, _, length = header.partition(b":")
    if name.strip().lower() != b"content-length" or not length.strip().isdigit() or len(length) > 16:
        raise ValueError("what is no message")
    if int(length) > MESSAGE_BYTES:
        raise ValueError(f"a message of more than {MESSAGE_BYTES} bytes")
    message = json.loads(await reader.readexactly(int(length)))
    if not isinstance(message, dict):
        raise ValueError("what is no message")
    return message
