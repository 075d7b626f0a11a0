"""Copies of files that are never changed, on the local disk. Thread- and process-safe; losing it loses nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from pathlib import Path
from threading import Lock

_SUM = 4


class Cache:
    """Files by name, each with a checksum before its bytes: a copy that is damaged or cut short counts as absent."""

    def __init__(self, folder: Path, limit: int) -> None:
        """Keep at most about `limit` bytes, dropping what was not asked for longest."""
        self._folder = folder
        self._limit = limit
        self._lock = Lock()
        self._added = limit  # other processes add, too: what is there is counted first

    def get(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            with open(path, "rb") as file:
                checksum, data = file.read(_SUM), file.read()
        except OSError:
            return None
        if zlib.crc32(data).to_bytes(_SUM) != checksum:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def put(self, name: str, data: bytes) -> None:
        """Keep a copy; where the disk does not take it there is none."""
        path = self._path(name)
        aside = f"{path}.{secrets.token_hex(4)}.new"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(aside, "xb") as file:
                file.write(zlib.crc32(data).to_bytes(_SUM))
                file.write(data)
            os.replace(aside, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(aside)
            return
        with self._lock:
            self._added += len(data)
            if self._added > self._limit // 16:
                self._shrink()
                self._added = 0

    def drop(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self._path(name))

    def _shrink(self) -> None:
        found = []
        for folder, _, names in os.walk(self._folder):
            for name in names:
                with contextlib.suppress(OSError):
                    path = os.path.join(folder, name)
                    stat = os.stat(path)
                    found.append((stat.st_mtime_ns, stat.st_size, path))
        excess = sum(size for _, size, _ in found) - self._limit * 15 // 16
        for _, size, path in sorted(found):
            if excess <= 0:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
                excess -= size

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"
