"""Typed events that a person would want to see at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BusMessage:
    id: str
    """Grows along the bus, as `order_of` tells; a reader resumes after it."""
    topic: str
    """Dotted, e.g. jobs.01J…, market.quotes."""
    body: str
    """JSON of one event model (it has a `type`)."""


def order_of(id: str) -> tuple[int, int]:
    """Give what a message's id, `<milliseconds>-<number>`, sorts by."""
    milliseconds, _, number = id.partition("-")
    return int(milliseconds), int(number or 0)


class EventsLost(Exception):
    """Not all messages after the id can be given: some are gone, or they are too many. Load the state anew."""


class EventBus(Protocol):
    async def publish(self, topic: str, body: str) -> str:
        """Append; give the message's id."""
        ...

    def listen(self, after: str | None = None) -> AsyncIterator[BusMessage]:
        """Yield messages after the id (None: from now on), forever; survives a restart of the server."""
        ...

    async def replay(self, topics: set[str], after: str, limit: int = 5000) -> list[BusMessage]:
        """Give the messages of these topics after the id, oldest first.

        Raise EventsLost when that cannot be done without a gap, ValueError when it is not an id of this bus.
        """
        ...
