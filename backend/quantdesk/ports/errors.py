"""What an adapter may raise; features translate these into API errors."""

from __future__ import annotations

from typing import Literal

SourceKind = Literal[
    "unreachable",
    "timeout",
    "rate_limited",
    "banned",
    "page",
    "truncated",
    "encoding",
    "changed",
    "empty",
    "unknown_symbol",
    "wrong_symbol",
    "out_of_order",
    "units",
    "invalid",
    "resting",
    "ceiling",
    "unsupported",
    "not_set_up",
]
"""What went wrong, by who can do something about it.

The way: unreachable (no connection, or cut, or a status of 500 and more), timeout, rate_limited (429).
The host: banned, page (a web page instead of data).
The answer: truncated, encoding, changed (its columns or its form), empty, unknown_symbol, wrong_symbol (it is about
another instrument), out_of_order, units (lots for shares, thousands for yuan), invalid (a price that cannot be).
Ourselves: resting (the breaker keeps us from a host that failed), ceiling (today's requests are used up),
unsupported (no such dataset from this source), not_set_up (a library, folder or token is missing).
"""


class PortError(Exception):
    """Base of the errors of adapters. The message is for a person and says what to do."""


class StoreFull(PortError):
    """The disk cannot hold the write; nothing was written."""


class StoreCorrupt(PortError):
    """A stored file does not read back; the message names it."""


class NotFound(PortError):
    """No such object."""


class KeyMissing(PortError):
    """The provider lacks the version of the master key that something was wrapped by."""


class KeyTampered(PortError):
    """A wrapped key is not what the provider once gave."""


class Forgotten(PortError):
    """What is asked for was stored once, and is kept no more."""


class SourceError(PortError):
    """A data source did not give usable data. `kind` tells callers whether to try again."""

    def __init__(self, source: str, kind: SourceKind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{source}: {message}")
        self.source = source
        self.kind: SourceKind = kind
        self.retry_after = retry_after
        """Seconds after which the server says to come back, or our own limits allow it; None where unknown."""
