"""Keys that never leave the machine."""

from __future__ import annotations

from typing import Protocol


class KeyProvider(Protocol):
    def key(self, name: str) -> bytes:
        """Give the 32-byte key of this name, made on first use.

        Raise PortError when it is readable by others.
        """
        ...
