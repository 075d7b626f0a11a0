"""What an adapter may raise; features translate these into API errors."""

from __future__ import annotations


class PortError(Exception):
    """Base of the errors of adapters. The message is for a person and says what to do."""


class StoreFull(PortError):
    """The disk cannot hold the write; nothing was written."""


class StoreCorrupt(PortError):
    """A stored file does not read back; the message names it."""


class NotFound(PortError):
    """No such object."""


class SourceError(PortError):
    """A data source did not give usable data. `kind` tells callers whether to try again."""

    def __init__(self, source: str, kind: str, message: str) -> None:
        super().__init__(f"{source}: {message}")
        self.source = source
        self.kind = kind
        """unreachable, timeout, banned, rate_limited, changed (columns), empty, unknown_symbol, invalid."""
