"""Where the files of a bar store lie, and files in a local folder.

All but the manifest are written once, under a name that is never used for other bytes. The manifest is replaced in one
step. A store is as atomic, durable and shared as that step.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from quantdesk.ports.errors import StoreFull

MANIFEST = "manifest.json"
_LOCK = ".lock"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Overtaken(Exception):
    """Another process has replaced the manifest since it was read; this commit was not made."""


class Found(NamedTuple):
    """The manifest as it was found."""

    identity: Hashable
    """Another one after each replacement."""
    data: bytes | None
    """None when it is the one that the caller knows."""


class Listed(NamedTuple):
    name: str
    modified: float
    """Unix time at which it was written or touched."""


class BarFiles(Protocol):
    """Names are relative, with slashes. Thread- and process-safe."""

    def read(self, name: str) -> bytes:
        """Give a file's bytes. Raise FileNotFoundError."""
        ...

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """Give the bytes of those that are there."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write a new file, durably once `settle` has been called. Raise OSError or StoreFull when it is too much."""
        ...

    def settle(self, names: Iterable[str]) -> None: ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove those that are there."""
        ...

    def touch(self, names: Iterable[str]) -> None:
        """Make those that are there as young as new ones."""
        ...

    def list(self) -> list[Listed]:
        """Give all files but the manifest."""
        ...

    def manifest(self, known: Hashable) -> Found | None:
        """Give the manifest, without its bytes when it is the known one; None when there is none."""
        ...

    def replace_manifest(self, data: bytes, before: Hashable) -> Hashable:
        """Replace the manifest in one step, durably; give the new one's identity.

        Raise Overtaken when it is not any more the one `before`, with None: when there is one. What may be shared by
        writers that do not know of each other checks this; where `writing` keeps all others away it cannot happen.
        """
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers away, as far as the place allows; turn a full disk into StoreFull."""
        ...

    def used(self) -> bool:
        """Say whether anything was ever written."""
        ...

    def swept_at(self) -> float:
        """Give when `swept` was last called; where it never was, a time before the first write."""
        ...

    def swept(self) -> None: ...


class LocalFiles:
    """Files in a folder of a POSIX file system; it is made by the first write. Writers wait for each other."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._manifest = str(root / MANIFEST)

    def read(self, name: str) -> bytes:
        with open(f"{self._root}/{name}", "rb") as file:
            return file.read()

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[name] = (self._root / name).stat().st_size
        return found

    def write(self, name: str, data: bytes) -> None:
        path = self._root / name
        path.parent.mkdir(exist_ok=True)
        write_durably(path, data)

    def settle(self, names: Iterable[str]) -> None:
        for folder in {(self._root / name).parent for name in names}:
            sync_directory(folder)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._root / name).unlink(missing_ok=True)

    def touch(self, names: Iterable[str]) -> None:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.utime(self._root / name)

    def list(self) -> list[Listed]:
        found = []
        for top in os.scandir(self._root):
            items = os.scandir(top) if top.is_dir() else [top]
            for item in items:
                if item.name.endswith((".parquet", ".arrow")) or item.name.startswith("writes."):
                    with contextlib.suppress(FileNotFoundError):
                        name = os.path.relpath(item.path, self._root)
                        found.append(Listed(name, item.stat().st_mtime))
        return found

    def manifest(self, known: Hashable) -> Found | None:
        try:
            identity = _identity(os.stat(self._manifest))
            if identity == known:
                return Found(identity, None)
            with open(self._manifest, "rb") as file:
                # Of the opened file: the path may have been replaced since.
                return Found(_identity(os.fstat(file.fileno())), file.read())
        except FileNotFoundError:
            return None

    def replace_manifest(self, data: bytes, before: Hashable) -> Hashable:
        new = self._root / f"{MANIFEST}.new"
        new.unlink(missing_ok=True)
        try:
            write_durably(new, data)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        identity = _identity(new.stat())
        os.replace(new, self._manifest)
        sync_directory(self._root)
        return identity

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with locked(self._root / _LOCK):
                yield
        except OSError as error:
            if error.errno in _FULL:
                raise StoreFull(
                    f"the disk of {self._root} is full; nothing was written. Free some space and try again"
                ) from error
            raise

    def used(self) -> bool:
        return self._root.exists()

    def swept_at(self) -> float:
        return (self._root / _LOCK).stat().st_mtime

    def swept(self) -> None:
        os.utime(self._root / _LOCK)


def _identity(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file exclusively, against threads and processes; the system frees it when its holder dies."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def write_durably(path: Path, data: bytes) -> None:
    """Write a whole new file and flush it to the disk."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_directory(path: Path) -> None:
    """Flush a folder's entries, so that files created or renamed in it are still there after a power cut."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
