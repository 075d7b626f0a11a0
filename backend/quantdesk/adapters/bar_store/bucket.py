"""Files of a bar store in a bucket of MinIO or another S3 server, with copies on the local disk.

What several hosts write rests on one thing: the server replaces the manifest only if it is still the one that the
writer has read. A writer that was overtaken reads anew and does its work again. docs/adr/0015.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from threading import Lock

from quantdesk.adapters.bar_store.cache import Cache
from quantdesk.adapters.bar_store.files import MANIFEST, Found, Listed, Overtaken, locked
from quantdesk.kit.bucket import Bucket, Superseded
from quantdesk.ports.errors import NotFound, PortError

_PROBE = "conditions"
_NO_ETAG = "0" * 32


class BucketFiles:
    """See BarFiles. `folder` is for the copies and for this host's lock; its loss loses nothing.

    Readers that ask for the manifest again within `fresh_s` seconds get the one before: who reads thousands of symbols
    then does not ask the server a thousand times. Writers always ask.
    """

    def __init__(self, bucket: Bucket, folder: Path, cache_bytes: int, *, fresh_s: float = 0.0) -> None:
        self._bucket = bucket
        self._folder = folder
        self._cache = Cache(folder / "files", cache_bytes)
        self._fresh_s = fresh_s
        self._asked: tuple[str, float] = ("", 0.0)
        """The manifest's ETag, and when the server said that it is the newest."""
        self._lock = Lock()
        self._conditions_hold = False

    def read(self, name: str) -> bytes:
        if (copy := self._cache.get(name)) is not None:
            return copy
        try:
            data = self._bucket.get(name)
        except NotFound:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name) from None
        self._cache.put(name, data)
        return data

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        wanted = set(names)
        return {one.name: one.size for one in self._bucket.list() if one.name in wanted} if wanted else {}

    def write(self, name: str, data: bytes) -> None:
        self._bucket.put(name, data)
        self._cache.put(name, data)

    def settle(self, names: Iterable[str]) -> None:
        """Do nothing: what the server has taken it keeps."""

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            self._bucket.delete(name)
            self._cache.drop(name)

    def touch(self, names: Iterable[str]) -> None:
        for name in names:
            with contextlib.suppress(NotFound):
                self._bucket.touch(name)

    def list(self) -> list[Listed]:
        found = self._bucket.list()
        return [Listed(one.name, one.modified.timestamp()) for one in found if one.name not in (MANIFEST, _PROBE)]

    def manifest(self, known: Hashable) -> Found | None:
        etag = str(known or "")
        newest, asked = self._asked
        now = time.monotonic()
        if etag and etag == newest and now - asked < self._fresh_s:
            return Found(etag, None)
        try:
            answer = self._bucket.get_unless(MANIFEST, etag)
        except NotFound:
            return None
        found = Found(etag, None) if answer is None else Found(*answer)
        self._asked = (str(found.identity), now)
        return found

    def replace_manifest(self, data: bytes, before: Hashable) -> Hashable:
        self._require_conditions()
        try:
            return self._bucket.put_if(MANIFEST, data, None if before is None else str(before))
        except Superseded:
            raise Overtaken from None
        except PortError:
            # The answer may be lost, and not the write: the manifest itself tells.
            found = self.manifest(None)
            if found is not None and found.data == data:
                return found.identity
            raise

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Let the writers of this host wait for each other; those of other hosts are seen at the commit."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self._folder / ".lock"):
            self._asked = ("", 0.0)
            yield

    def used(self) -> bool:
        return self.manifest(None) is not None

    def swept_at(self) -> float:
        return (self._folder / ".lock").stat().st_mtime

    def swept(self) -> None:
        os.utime(self._folder / ".lock")

    def _require_conditions(self) -> None:
        """Find out once whether the server minds conditions: one that does not would lose writes."""
        with self._lock:
            if self._conditions_hold:
                return
            self._bucket.put(_PROBE, b"")
            for etag in (None, _NO_ETAG):
                try:
                    self._bucket.put_if(_PROBE, b"", etag)
                except Superseded:
                    continue
                raise PortError(
                    "the object storage ignores If-Match or If-None-Match on writes, so that two writers of bars could "
                    "undo each other's work; use a newer MinIO, or QD_BARS__KIND=parquet"
                )
            self._conditions_hold = True
