"""The host's side of questions about texts: one locked-down analyst a person, started when first asked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.language_process import Analyst, LanguageGoneError, Parent

IDLE_SECONDS = 900.0
"""After so long without a question an analyst ends, and after the last one what forks them."""
AT_MOST = 8
_SUPERSEDED, _GAVE_UP = {"state": "superseded"}, {"state": "gave_up"}
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Seat:
    """One person's analyst."""

    newest: dict[bytes, object] = field(default_factory=dict)
    """Of each kind of question: an older one that still waits is not answered any more."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    analyst: Analyst | None = None
    used: float = field(default_factory=time.monotonic)


class Language:
    def __init__(self, *, require_isolation: bool) -> None:
        self._require_isolation = require_isolation
        self._parent: Parent | None = None
        self._starting = asyncio.Lock()
        self._seats: dict[bytes, _Seat] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, line: bytes) -> bytes:
        """Answer `OWNER KIND QUESTION`, the question being JSON for the analyst; gives one line of JSON."""
        owner, kind, question = line.split(b" ", 2)
        seat = self._seats.setdefault(owner, _Seat())
        ticket = seat.newest[kind] = object()
        seat.used = time.monotonic()
        async with seat.turn:
            told = _SUPERSEDED if seat.newest[kind] is not ticket else await self._ask(seat, question.strip())
        if seat.analyst is None or self._worn(seat.analyst):
            self._go(self._renew(seat))
        return json.dumps(told).encode() + b"\n"

    async def _ask(self, seat: _Seat, question: bytes) -> dict[str, Any]:
        try:
            if seat.analyst is None or seat.analyst.ended:
                seat.analyst = await self._fork()
            told = await seat.analyst.ask(question)
        except (LanguageGoneError, IsolationUnavailableError, OSError) as error:
            log.warning("no analyst of texts could be started", error=str(error)[-500:])
            seat.analyst = None
            return _GAVE_UP
        if told is None or "failed" in told:
            log.info("no answer about a text", why=(told or {}).get("failed", "it took too long"))
            return _GAVE_UP
        return {"state": "answered", **told}

    async def _fork(self) -> Analyst:
        async with self._starting:
            if self._parent is not None and not self._parent.alive:
                await self._parent.close()
                self._parent = None
            if self._parent is None:
                self._parent = Parent(require_isolation=self._require_isolation)
            parent = self._parent
        self._make_room()
        return await parent.fork()

    def _make_room(self) -> None:
        held = [seat for seat in self._seats.values() if seat.analyst is not None and not seat.turn.locked()]
        for seat in sorted(held, key=lambda one: one.used)[: max(0, len(held) - AT_MOST + 1)]:
            self._drop(seat)

    def _worn(self, analyst: Analyst) -> bool:
        late = self._parent is not None and self._parent.warm.is_set() and not analyst.warm
        return analyst.worn or late

    async def _renew(self, seat: _Seat) -> None:
        """Have a fresh analyst ready for the next question."""
        async with seat.turn:
            if seat.analyst is not None and not self._worn(seat.analyst):
                return
            try:
                fresh = await self._fork()
            except (LanguageGoneError, IsolationUnavailableError, OSError):
                return  # the next question tries again, and tells
            self._drop(seat)
            seat.analyst = fresh

    def _drop(self, seat: _Seat) -> None:
        if seat.analyst is not None:
            seat.analyst.end()
            seat.analyst = None

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cull(self) -> None:
        """End what has not been used for long."""
        now = time.monotonic()
        for owner, seat in list(self._seats.items()):
            if not seat.turn.locked() and now - seat.used > IDLE_SECONDS:
                self._drop(seat)
                del self._seats[owner]
        if not self._seats and self._parent is not None:
            await self.close()

    async def close(self) -> None:
        """End everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for seat in self._seats.values():
            self._drop(seat)
        parent, self._parent = self._parent, None
        if parent is not None:
            await parent.close()
