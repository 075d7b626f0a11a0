"""The composition root: the only module that imports adapters.

What a function needs it imports itself, so that a process loads no more than it uses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from quantdesk.settings import Settings

if TYPE_CHECKING:
    from celery import Celery
    from redis.asyncio import Redis
    from sqlalchemy import MetaData

    from quantdesk.core.bars.frame import Bars
    from quantdesk.kit.context import Context
    from quantdesk.ports.bar_store import BarStore
    from quantdesk.ports.data_source import DataSource, InstrumentInfo, WholeMarketSource

ONLINE_INTERVAL_S = 2.0
"""Seconds between two requests to the online sources, over all processes; users report bans at faster paces."""


def metadata() -> MetaData:
    """Give the tables of all slices."""
    from quantdesk.kit.db import Base

    for slice_ in ("auth", "backtests", "data", "jobs", "lookahead", "market", "optimisations", "strategies", "trials"):
        import_module(f"quantdesk.features.{slice_}.tables")
    for shared in ("audit", "idempotency"):
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


def make_bar_store(settings: Settings) -> BarStore:
    match settings.bars.kind:
        case "parquet":
            from quantdesk.adapters.bar_store.parquet import ParquetBarStore

            return ParquetBarStore(settings.home / "bars")


class _Deferred:
    """A data source that is built, and its libraries imported, when it is first asked: they take 80 MB and a second."""

    def __init__(self, name: str, build: Callable[[], DataSource]) -> None:
        self.name = name
        self._source = cache(build)

    def instruments(self) -> list[InstrumentInfo]:
        return self._source().instruments()

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        return self._source().daily_bars(symbol, start, end)


def make_sources(settings: Settings) -> dict[str, DataSource]:
    """Give the online sources, in order of preference."""
    if not settings.sources.online:
        return {}

    def akshare() -> DataSource:
        from quantdesk.adapters.data_source.akshare import AkshareSource
        from quantdesk.adapters.data_source.pace import Pace

        folder = settings.home / "run"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return AkshareSource(Pace(folder / "akshare.pace", interval_s=ONLINE_INTERVAL_S))

    return {"akshare": _Deferred("akshare", akshare)}


def make_demo_source() -> WholeMarketSource:
    """Give the simulated market."""
    from quantdesk.adapters.data_source.demo import DemoSource

    return DemoSource()


def build_context(settings: Settings) -> Context:
    """Choose and build the adapters of the settings' kinds. Nothing is connected until it is used."""
    from quantdesk.adapters.blob_store.file import FileBlobStore
    from quantdesk.adapters.document_store.sqlite import SqliteDocumentStore
    from quantdesk.adapters.event_bus.redis_streams import RedisEventBus
    from quantdesk.adapters.job_queue.celery import CeleryJobQueue
    from quantdesk.adapters.key_provider.file import FileKeyProvider
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
        blobs=FileBlobStore(settings.home / "blobs"),
        documents=SqliteDocumentStore(settings.home / "documents.db"),
        events=RedisEventBus(redis),
        queue=CeleryJobQueue(make_queue_app(settings), redis),
        keys=FileKeyProvider(settings.secrets_folder),
        sources=make_sources(settings),
    )
