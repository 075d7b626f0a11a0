"""The composition root: the only module that imports adapters.

What a function needs it imports itself, so that a process loads no more than it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from quantdesk.settings import (
    FileBlobSettings,
    InfluxQuoteSettings,
    MinioBarSettings,
    MinioBlobSettings,
    MongoDocumentSettings,
    ParquetBarSettings,
    Settings,
    SqliteDocumentSettings,
    SqliteQuoteSettings,
)

if TYPE_CHECKING:
    from celery import Celery
    from redis.asyncio import Redis
    from sqlalchemy import MetaData

    from quantdesk.kit.context import Context
    from quantdesk.ports.bar_store import BarStore
    from quantdesk.ports.blob_store import BlobStore
    from quantdesk.ports.data_source import DataSource, WholeMarketSource
    from quantdesk.ports.document_store import DocumentStore
    from quantdesk.ports.key_provider import KeyProvider
    from quantdesk.ports.quote_store import QuoteStore


def metadata() -> MetaData:
    """Give the tables of all slices."""
    from quantdesk.kit.db import Base

    for slice_ in (
        "auth",
        "backtests",
        "data",
        "datasets",
        "exports",
        "factors",
        "jobs",
        "lookahead",
        "market",
        "optimisations",
        "quality",
        "refresh",
        "sources",
        "strategies",
        "trials",
        "watchlists",
    ):
        import_module(f"quantdesk.features.{slice_}.tables")
    for shared in ("audit", "data_keys", "idempotency"):
        import_module(f"quantdesk.kit.{shared}")
    return Base.metadata


def make_redis(settings: Settings) -> Redis:
    """Make the client; it connects on first use and rides over a short restart of the server."""
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import ExponentialBackoff
    from redis.exceptions import ConnectionError as RedisConnectionError

    return Redis.from_url(
        settings.redis_url,
        decode_responses=True,
        protocol=2,
        health_check_interval=15,
        socket_connect_timeout=3,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=5),
        retry_on_error=[RedisConnectionError],
    )


def make_queue_app(settings: Settings) -> Celery:
    """Make the Celery app that hands jobs to the workers, and that the workers and beat run on."""
    from quantdesk.adapters.job_queue.celery import make_celery

    return make_celery(settings.redis_url)


def make_blob_store(settings: Settings) -> BlobStore:
    match settings.blob:
        case FileBlobSettings():
            from quantdesk.adapters.blob_store.file import FileBlobStore

            return FileBlobStore(settings.home / "blobs")
        case MinioBlobSettings() as chosen:
            from quantdesk.adapters.blob_store.minio import MinioBlobStore
            from quantdesk.kit.bucket import Bucket

            return MinioBlobStore(Bucket(chosen, "blobs/", "QD_BLOB"))


def make_document_store(settings: Settings) -> DocumentStore:
    match settings.documents:
        case SqliteDocumentSettings():
            from quantdesk.adapters.document_store.sqlite import SqliteDocumentStore

            return SqliteDocumentStore(settings.home / "documents.db")
        case MongoDocumentSettings() as chosen:
            from quantdesk.adapters.document_store.mongo import MongoDocumentStore

            return MongoDocumentStore(chosen.url.get_secret_value(), chosen.database)


def make_quote_store(settings: Settings) -> QuoteStore:
    match settings.quotes:
        case SqliteQuoteSettings() as chosen:
            from quantdesk.adapters.quote_store.sqlite import SqliteQuoteStore

            return SqliteQuoteStore(settings.home / "quotes.db", days=chosen.days)
        case InfluxQuoteSettings() as chosen:
            from quantdesk.adapters.quote_store.influx import InfluxQuoteStore

            return InfluxQuoteStore(
                chosen.url,
                chosen.token.get_secret_value(),
                org=chosen.org,
                bucket=chosen.bucket,
                days=chosen.days,
                ca_file=chosen.ca_file,
            )


def make_bar_store(settings: Settings) -> BarStore:
    from quantdesk.adapters.bar_store.parquet import ParquetBarStore

    match settings.bars:
        case ParquetBarSettings() as chosen:
            return ParquetBarStore(settings.home / "bars", keep_days=chosen.keep_days)
        case MinioBarSettings() as chosen:
            from quantdesk.adapters.bar_store.bucket import BucketFiles
            from quantdesk.kit.bucket import Bucket

            bucket = Bucket(chosen, "bars/", "QD_BARS")
            files = BucketFiles(bucket, settings.home / "bars-cache", chosen.cache_mb << 20, fresh_s=0.05)
            return ParquetBarStore(files, keep_days=chosen.keep_days)


def make_key_provider(settings: Settings) -> KeyProvider:
    match settings.keys.kind:
        case "file":
            from quantdesk.adapters.key_provider.file import FileKeyProvider

            return FileKeyProvider(settings.secrets_folder)
        case "vault":
            from quantdesk.adapters.key_provider.vault import VaultKeyProvider

            keys = settings.keys
            return VaultKeyProvider(
                keys.url,
                keys.token.get_secret_value(),
                transit=keys.transit,
                kv=keys.kv,
                name=keys.name,
                ca_file=keys.ca_file,
            )


class _Deferred:
    """A data source that is built, and its libraries imported, when it is first asked: they take 80 MB and a second."""

    def __init__(self, name: str, build: Callable[[], DataSource]) -> None:
        self.name = name
        self._source = cache(build)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._source(), attribute)


def make_sources(settings: Settings) -> dict[str, DataSource]:
    """Give the sources that are set up, in the order in which they are asked unless the settings say else."""
    folder = settings.home / "run"

    def web(name: str) -> DataSource:
        from quantdesk.adapters.data_source.polite import Polite
        from quantdesk.adapters.data_source.state import Limits, SourceState

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        limits = Limits(interval_s=settings.sources.seconds_between, per_day=settings.sources.requests_per_day)
        module = import_module(f"quantdesk.adapters.data_source.{name}")
        polite = Polite(SourceState(folder / "sources.db", limits))
        token = settings.sources.tushare_token
        extra = (token.get_secret_value(),) if name == "tushare" and token else ()
        source: DataSource = getattr(module, name.capitalize())(polite, *extra)
        return source

    def tdx() -> DataSource:
        from quantdesk.adapters.data_source.tdx import TdxFolder

        assert settings.sources.tdx is not None  # noqa: S101 - made only where it is set
        return TdxFolder(settings.sources.tdx)

    found: dict[str, Any] = {}
    if settings.sources.online:
        names = ["eastmoney", "sina", "tencent", "baostock", "csindex", "exchanges"]
        if settings.sources.tushare_token is not None:
            names.append("tushare")
        found = {name: _Deferred(name, partial(web, name)) for name in names}
    if settings.sources.tdx is not None:
        found["tdx"] = _Deferred("tdx", tdx)
    return found


def make_demo_source() -> WholeMarketSource:
    """Give the simulated market."""
    from quantdesk.adapters.data_source.demo import DemoSource

    return DemoSource()


def build_context(settings: Settings) -> Context:
    """Choose and build the adapters of the settings' kinds. Nothing is connected until it is used."""
    from quantdesk.adapters.event_bus.redis_streams import RedisEventBus
    from quantdesk.adapters.job_queue.celery import CeleryJobQueue
    from quantdesk.kit.context import Context
    from quantdesk.kit.db import create_engine
    from quantdesk.kit.uow import Database

    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    metadata()  # an insert sorts its tables by their foreign keys, into other slices' tables too
    redis = make_redis(settings)
    return Context(
        settings=settings,
        database=Database(create_engine(settings.database_url)),
        redis=redis,
        bars=make_bar_store(settings),
        blobs=make_blob_store(settings),
        documents=make_document_store(settings),
        quotes=make_quote_store(settings),
        events=RedisEventBus(redis),
        queue=CeleryJobQueue(make_queue_app(settings), redis),
        keys=make_key_provider(settings),
        sources=make_sources(settings),
    )
