"""What was computed already, kept up to a bound."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.panel import Panel

Key = tuple[str, ...]


class ResultCache:
    """Results by expression and panel content; the least recently used go first. For one thread at a time."""

    def __init__(self, max_bytes: int = 256 * 2**20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, NDArray[Any]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, key: Key) -> NDArray[Any] | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: Key, values: NDArray[Any]) -> None:
        """Keep the values, which nobody can write to from now on; what is larger than the bound is not kept."""
        if values.nbytes > self._max_bytes:
            return
        values.flags.writeable = False
        if (old := self._kept.pop(key, None)) is not None:
            self._bytes -= old.nbytes
        self._kept[key] = values
        self._bytes += values.nbytes
        while self._bytes > self._max_bytes:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes


def panel_digest(panel: Panel) -> str:
    """Identify a panel's content: symbols, days, and every figure of every field."""
    joined = hashlib.blake2b(digest_size=16)
    joined.update("\0".join(panel.symbols).encode())
    joined.update(np.ascontiguousarray(panel.time).view(np.int64).tobytes())
    for name in sorted(panel.fields):
        joined.update(b"\0" + name.encode() + b"\0")
        joined.update(np.ascontiguousarray(panel.fields[name], dtype=np.float64).tobytes())
    return joined.hexdigest()
