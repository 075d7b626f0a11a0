"""What a slice gets of the outside world. Built once a process by bootstrap; tests build their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantdesk.kit.uow import Database
from quantdesk.ports.bar_store import BarStore
from quantdesk.ports.blob_store import BlobStore
from quantdesk.ports.data_source import DataSource
from quantdesk.ports.document_store import DocumentStore
from quantdesk.ports.event_bus import EventBus
from quantdesk.ports.job_queue import JobQueue
from quantdesk.ports.key_provider import KeyProvider
from quantdesk.ports.quote_store import QuoteStore
from quantdesk.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    database: Database
    redis: Redis
    """decode_responses=True; sessions, tickets, limits, locks. Keys start with `qd:`."""
    bars: BarStore
    blobs: BlobStore
    documents: DocumentStore
    quotes: QuoteStore
    events: EventBus
    queue: JobQueue
    keys: KeyProvider
    sources: dict[str, DataSource]
    """By name, in order of preference; empty when offline."""

    async def close(self) -> None:
        """Close every connection."""
        await self.documents.close()
        await self.quotes.close()
        await self.keys.close()
        await self.redis.aclose()
        await self.database.close()
