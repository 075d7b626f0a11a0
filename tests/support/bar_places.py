"""The places where a bar store can lie. Each opens the store of a path, the same one again and again."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quantdesk.adapters.bar_store.bucket import BucketFiles
from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.kit.bucket import Bucket
from quantdesk.settings import BucketSettings
from tests.support.s3_server import server_of_this_run

_RUN = secrets.token_hex(4)
_CACHE = 64 << 20


def local(path: Path, **options: Any) -> ParquetBarStore:
    return ParquetBarStore(path, **options)


def in_bucket(path: Path, **options: Any) -> ParquetBarStore:
    return opened(spec("minio", path), **options)


Opener = Callable[..., ParquetBarStore]
PLACES: dict[str, Opener] = {"local": local, "minio": in_bucket}


def spec(place: str, path: Path, host: str = "one") -> str:
    """Say where a store is, for another process. Two hosts have one bucket, and neither lock nor copies in common."""
    if place == "local":
        return str(path)
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    bucket = server_of_this_run().settings() | {"bucket": f"test-{_RUN}-{name}"}
    return json.dumps({"bucket": bucket, "folder": str(path / f"host-{host}")})


def opened(where: str, **options: Any) -> ParquetBarStore:
    """Open what `spec` said."""
    if not where.startswith("{"):
        return ParquetBarStore(Path(where), **options)
    given = json.loads(where)
    bucket = Bucket(BucketSettings.model_validate(given["bucket"]), "bars/", "QD_BARS")
    return ParquetBarStore(BucketFiles(bucket, Path(given["folder"]), _CACHE), **options)
