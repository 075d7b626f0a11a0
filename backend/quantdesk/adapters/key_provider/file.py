"""Keys as files with mode 0600."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path

from quantdesk.ports.errors import PortError

KEY_BYTES = 32


class FileKeyProvider:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key(self, name: str) -> bytes:
        """Give the key, made on first use; two processes that make it at once get the same one."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", name):
            raise PortError(f"key name {name!r} is not of the form a-z, 0-9, -")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{name}.key"
        try:
            return self._read(path)
        except FileNotFoundError:
            self._create(path)
            return self._read(path)

    def _create(self, path: Path) -> None:
        # Written aside and linked into place: never half a key, and the first writer wins.
        aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        finally:
            aside.unlink(missing_ok=True)

    @staticmethod
    def _read(path: Path) -> bytes:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise PortError(f"{path} is readable by others (mode {mode:o}); run: chmod 600 {path}")
            data = file.read()
        if len(data) != KEY_BYTES:
            raise PortError(f"{path} holds {len(data)} bytes instead of {KEY_BYTES}; restore it from a backup")
        return data
