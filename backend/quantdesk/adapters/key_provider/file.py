"""Keys as files with mode 0600. The master key has a file a version: master-1.key, master-2.key, …"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import os
import re
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quantdesk.ports.errors import KeyMissing, KeyTampered, PortError
from quantdesk.ports.key_provider import MasterKey, Wrapped

KEY_BYTES = 32
NONCE_BYTES = 12


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

    async def master(self) -> MasterKey:
        newest = max(self._versions(), default=0)
        if newest == 0:
            self.key("master-1")
            newest = 1
        return self._described(newest)

    async def rotate(self, after: int) -> MasterKey:
        if (await self.master()).version <= after:
            self.key(f"master-{after + 1}")
        return await self.master()

    async def wrap(self, data_key: bytes, about: bytes) -> Wrapped:
        version = (await self.master()).version
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(self._of_version(version)).encrypt(nonce, data_key, _bound(version, about))
        return Wrapped(version, base64.b64encode(sealed).decode())

    async def unwrap(self, wrapped: Wrapped, about: bytes) -> bytes:
        key = self._of_version(wrapped.version)
        try:
            sealed = base64.b64decode(wrapped.text, validate=True)
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(wrapped.version, about))
        except (InvalidTag, ValueError, binascii.Error):
            raise KeyTampered("a wrapped data key is not what it was when it was stored") from None

    async def close(self) -> None:
        """Nothing is open."""

    def _versions(self) -> list[int]:
        found = (re.fullmatch(r"master-([1-9][0-9]*)\.key", path.name) for path in self._folder.glob("master-*.key"))
        return [int(match[1]) for match in found if match]

    def _of_version(self, version: int) -> bytes:
        path = self._folder / f"master-{version}.key"
        try:
            return self._read(path)
        except FileNotFoundError:
            raise KeyMissing(f"{path} is missing; bring it back from a backup of the folder secrets") from None

    def _described(self, version: int) -> MasterKey:
        made = (self._folder / f"master-{version}.key").stat().st_mtime
        return MasterKey(version, dt.datetime.fromtimestamp(made, dt.UTC))

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
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # what the key will seal must not outlive its name
        finally:
            os.close(folder)

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


def _bound(version: int, about: bytes) -> bytes:
    return b"quantdesk master %d\0" % version + about
