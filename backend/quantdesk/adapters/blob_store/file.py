"""Blobs as files."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from quantdesk.adapters.blob_store.keys import checked
from quantdesk.ports.errors import NotFound, StoreFull

_PIECE = 1 << 20


class FileBlobStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, key: str) -> Path:
        return self._folder.joinpath(*checked(key).split("/"))

    async def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        def write(aside: Path) -> None:
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

        await asyncio.to_thread(self._put, self._path(key), write)

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        def move(aside: Path) -> None:
            try:
                path.rename(aside)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                shutil.copyfile(path, aside)  # from another file system
            with aside.open("rb") as file:
                os.fsync(file.fileno())

        await asyncio.to_thread(self._put, self._path(key), move)

    @staticmethod
    def _put(path: Path, write: Callable[[Path], None]) -> None:
        aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(aside)
            aside.replace(path)
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            aside.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull(f"no space left to write {path}; free some disk space and try again") from error
            raise

    async def get(self, key: str) -> bytes:
        path = self._path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise NotFound(f"no blob {key}") from None

    async def size(self, key: str) -> int:
        try:
            return (await asyncio.to_thread(self._path(key).stat)).st_size
        except FileNotFoundError:
            raise NotFound(f"no blob {key}") from None

    async def stream(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError:
            raise NotFound(f"no blob {key}") from None
        with file:
            file.seek(start)
            left = _PIECE if length is None else length
            while left > 0 and (piece := await asyncio.to_thread(file.read, min(_PIECE, left))):
                yield piece
                left -= 0 if length is None else len(piece)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def keys(self, prefix: str = "") -> list[str]:
        return await asyncio.to_thread(self._keys, prefix)

    def _keys(self, prefix: str) -> list[str]:
        if not self._folder.is_dir():
            return []
        keys = (
            path.relative_to(self._folder).as_posix()
            for path in self._folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        )
        return sorted(key for key in keys if key.startswith(prefix))
