"""A bucket of an S3 server, such as MinIO: the blocking client, its errors told as those of a port."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import REPLACE, CopySource
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from quantdesk.ports.errors import NotFound, PortError, StoreFull
from quantdesk.settings import BucketSettings

_PART = 8 << 20
"""A larger file is sent in parts of this size, one at a time: what is in memory stays the same."""
_FULL = ("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage")
_KEYS = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch")
_ABSENT = ("NoSuchKey", "NoSuchObject")
_TIMEOUT = urllib3.Timeout(connect=2, read=30)


class Superseded(Exception):
    """A conditional write found another object than it expected; nothing was written."""


class PastTheEnd(PortError):
    """The object has fewer bytes than where reading was to begin."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the server lists it."""

    name: str
    size: int
    modified: dt.datetime
    """UTC instant, by the server's clock."""


class Opened:
    """An object while it is read: one answer of the server, which goes on with the object that it began."""

    def __init__(self, bucket: Bucket, name: str, response: BaseHTTPResponse) -> None:
        self._bucket = bucket
        self._name = name
        self._response = response

    def read(self, size: int | None) -> bytes:
        """Give the next bytes, with None all that are left."""
        with self._bucket.told(self._name):
            return self._response.read(size)

    def close(self) -> None:
        self._response.close()  # what is left unread is not read for the connection's sake
        self._response.release_conn()


class Bucket:
    """Objects whose names begin with a prefix, which callers do not see. Thread-safe; connects on first use."""

    def __init__(self, settings: BucketSettings, prefix: str, variable: str) -> None:
        """`variable` is how the settings' names begin, for messages: QD_BLOB or QD_BARS."""
        parts = urlsplit(settings.endpoint)
        self._where = f"the object storage at {settings.endpoint}"
        self._variable = variable
        self._bucket = settings.bucket
        self._prefix = prefix
        self._pool = urllib3.PoolManager(
            timeout=_TIMEOUT,
            maxsize=16,
            retries=urllib3.Retry(total=3, connect=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
            ca_certs=None if settings.ca_file is None else str(settings.ca_file),
        )
        self._client = Minio(
            parts.netloc,
            access_key=settings.access_key.get_secret_value(),
            secret_key=settings.secret_key.get_secret_value(),
            secure=parts.scheme == "https",
            region=settings.region,
            http_client=self._pool,
        )
        self._lock = Lock()
        self._ready = False

    def get(self, name: str) -> bytes:
        """Read. Raise NotFound."""
        with contextlib.closing(self.open(name)) as opened:
            return opened.read(None)

    def open(self, name: str, start: int = 0, length: int = 0) -> Opened:
        """Open for reading, from `start` on, `length` bytes or with 0 all. Raise NotFound, PastTheEnd."""
        with self.told(name):
            return Opened(self, name, self._client.get_object(self._bucket, self._prefix + name, start, length))

    def get_unless(self, name: str, etag: str) -> tuple[str, bytes] | None:
        """Read an object with its etag; None where it still has the one given. Raise NotFound."""
        headers: dict[str, Any] = {"If-None-Match": f'"{etag}"'} if etag else {}
        with self.told(name):
            try:
                response = self._client.get_object(self._bucket, self._prefix + name, request_headers=headers)
            except ServerError as error:
                if error.status_code == 304:
                    return None
                raise
            with contextlib.closing(Opened(self, name, response)) as opened:
                return response.headers.get("etag", "").strip('"'), opened.read(None)

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> None:
        """Write. Raise StoreFull."""
        self._put(name, io.BytesIO(data), len(data), content_type)

    def put_file(self, name: str, path: Path, content_type: str) -> None:
        """Write a file's bytes; those who read see them when all have come. Raise StoreFull."""
        with path.open("rb") as file:
            self._put(name, file, path.stat().st_size, content_type)

    def put_if(self, name: str, data: bytes, etag: str | None) -> str:
        """Replace the object that has this etag, with None where there is none; give the new etag.

        Raise Superseded when it is another one, and PortError when it is not known whether the write was done.

        The client takes no conditions; a link that it signs leaves its caller free to add them.
        """
        self._make()
        with self.told(name):
            url = self._client.get_presigned_url(
                "PUT", self._bucket, self._prefix + name, expires=dt.timedelta(minutes=5)
            )
            digest = hashlib.md5(data, usedforsecurity=False).digest()
            headers = {"Content-MD5": base64.b64encode(digest).decode()}
            headers |= {"If-None-Match": "*"} if etag is None else {"If-Match": f'"{etag}"'}
            # No second try: it could not tell another's write from the first one's.
            answer = self._pool.request("PUT", url, body=data, headers=headers, retries=False)
            if answer.status in (200, 204):
                return answer.headers.get("etag", "").strip('"')
            if answer.status in (404, 409, 412):
                raise Superseded(name)
            raise InvalidResponseError(answer.status, answer.headers.get("content-type"), answer.data.decode()[:200])

    def size(self, name: str) -> int:
        """Give the number of bytes. Raise NotFound."""
        with self.told(name):
            return self._client.stat_object(self._bucket, self._prefix + name).size or 0

    def delete(self, name: str) -> None:
        with contextlib.suppress(NotFound), self.told(name):
            self._client.remove_object(self._bucket, self._prefix + name)

    def touch(self, name: str) -> None:
        """Give the object a new time of change. Raise NotFound."""
        key = self._prefix + name
        with self.told(name):
            self._client.copy_object(
                self._bucket, key, CopySource(self._bucket, key), metadata={}, metadata_directive=REPLACE
            )

    def list(self, prefix: str = "") -> list[Stored]:
        """Give the objects whose names start with the prefix, by name."""
        with contextlib.suppress(NotFound), self.told(prefix):
            found = self._client.list_objects(self._bucket, self._prefix + prefix, recursive=True)
            return [
                Stored(one.object_name.removeprefix(self._prefix), one.size or 0, one.last_modified)
                for one in found
                if one.object_name is not None and one.last_modified is not None
            ]
        return []

    def _put(self, name: str, data: Any, length: int, content_type: str) -> None:
        self._make()
        with self.told(name):
            self._client.put_object(
                self._bucket, self._prefix + name, data, length, content_type, part_size=_PART, num_parallel_uploads=1
            )

    def _make(self) -> None:
        """Make the bucket where it is not there: a newcomer's server has none."""
        with self._lock:
            if self._ready:
                return
            with self.told(self._bucket):
                try:
                    if not self._client.bucket_exists(self._bucket):
                        self._client.make_bucket(self._bucket)
                except S3Error as error:
                    if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                        raise
            self._ready = True

    @contextlib.contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Turn the client's errors into those of a port, which say what to do."""
        try:
            yield
        except S3Error as error:
            if error.code in _ABSENT or error.code == "NoSuchBucket":
                raise NotFound(f"no object {name} in {self._where}") from None
            if error.code == "InvalidRange":
                raise PastTheEnd(f"{name} in {self._where} ends before") from None
            if error.code in _FULL:
                raise StoreFull(f"{self._where} is full; nothing was written. Free some space and try again") from error
            if error.code in _KEYS:
                what = f"check {self._variable}__ACCESS_KEY and __SECRET_KEY, and that they may use it"
                raise PortError(f"{self._where} refuses bucket {self._bucket} ({error.code}); {what}") from error
            raise PortError(f"{self._where} answers {error.code} to {name}: {error.message}") from error
        except (InvalidResponseError, ServerError, MinioException) as error:
            text = str(error).splitlines()[0][:200]
            raise PortError(
                f"{self._where} does not answer as S3 does ({text}); check {self._variable}__ENDPOINT"
            ) from error
        except (HTTPError, OSError) as error:
            what = f"start it, or check {self._variable}__ENDPOINT"
            raise PortError(f"{self._where} does not answer ({type(error).__name__}); {what}") from error
