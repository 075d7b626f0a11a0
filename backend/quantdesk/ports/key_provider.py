"""Keys that never leave the machine, or never leave the server that holds them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A version of the key that wraps data keys; the key itself stays with the provider."""

    version: int
    """From 1; a rotation makes the next."""
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key that only the provider can open."""

    version: int
    """Of the master key that wraps it."""
    text: str


class KeyProvider(Protocol):
    """Named keys, and a master key in versions. A version that was made once stays readable for good."""

    def key(self, name: str) -> bytes:
        """Give the 32-byte key of this name, made on first use.

        Raise PortError when it is readable by others.
        """
        ...

    async def master(self) -> MasterKey:
        """Give the newest version of the master key, made on first use."""
        ...

    async def rotate(self, after: int) -> MasterKey:
        """Make the version that follows `after`, unless it is there already; give the newest."""
        ...

    async def wrap(self, data_key: bytes, about: bytes) -> Wrapped:
        """Encrypt a data key by the newest version; `about` is bound to it and must be the same to unwrap."""
        ...

    async def unwrap(self, wrapped: Wrapped, about: bytes) -> bytes:
        """Give the data key back.

        Raise KeyTampered when a byte of it, or of `about`, is not what was wrapped; KeyMissing when the provider has
        not that version of the master key.
        """
        ...

    async def close(self) -> None: ...
