"""What is looked at to say whether the installation works. A check never raises: it answers with what it found."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError
from sqlalchemy import text

from quantdesk.features.notebooks import service as notebooks
from quantdesk.features.system import vitals
from quantdesk.features.system.schemas import Check
from quantdesk.kit.context import Context
from quantdesk.kit.migrations import current_revision, head_revision
from quantdesk.ports.errors import NotFound
from quantdesk.sandbox import capabilities

TIMEOUT = 5.0
LOW_DISK_MB = 1_000
NO_DISK_MB = 200


class Problem(Exception):
    """Something does not work; the message says what to do."""


class Doubt(Exception):
    """Something works, but a person should look at it."""


async def database(context: Context) -> str:
    async with context.database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        return connection.dialect.name


async def migrations(context: Context) -> str:
    head = head_revision()
    async with context.database.engine.connect() as connection:
        current = await current_revision(connection)
    if current != head:
        raise Problem(f"the database is at revision {current}, this program needs {head}: run `quantdesk up`")
    return f"revision {head}"


async def redis(context: Context) -> str:
    try:
        await context.redis.ping()
    except RedisError as error:
        embedded = context.settings.redis.url is None
        what = "the embedded Redis does not answer: run `quantdesk up`" if embedded else "check QD_REDIS__URL"
        raise Problem(f"{what} ({error})") from error
    server = await context.redis.info("server")
    kind = "embedded" if context.settings.redis.url is None else "server"
    return f"{kind}, Redis {server['redis_version']}"


async def documents(context: Context) -> str:
    await context.documents.get_many("doctor", ["none"])
    return f"{context.settings.documents.kind}, reads"


async def blobs(context: Context) -> str:
    key = f"doctor/{os.getpid()}"
    await context.blobs.put(key, b"doctor")
    try:
        if await context.blobs.get(key) != b"doctor":
            raise Problem("a blob does not read back as it was written; check the disk")
    except NotFound:
        raise Problem("a blob just written is not there; check the disk") from None
    finally:
        await context.blobs.delete(key)
    return f"{context.settings.blob.kind}, writes and reads"


async def quotes(context: Context) -> str:
    await context.quotes.latest(["doctor"])
    return f"{context.settings.quotes.kind}, reads"


async def bars(context: Context) -> str:
    stored = await asyncio.to_thread(context.bars.list_coverage, "1d")
    if not stored:
        raise Doubt("no bars are stored: run `quantdesk data demo`, or import files")
    return f"{len(stored)} symbols with daily bars"


async def reach_blobs(context: Context) -> str:
    await context.blobs.keys("doctor/")
    return context.settings.blob.kind


async def reach_bars(context: Context) -> str:
    await asyncio.to_thread(context.bars.coverage, "000001.SH", "1d")
    return context.settings.bars.kind


async def disk(context: Context) -> str:
    home = context.settings.home
    free = shutil.disk_usage(home).free // 1_000_000
    if free < NO_DISK_MB:
        raise Problem(f"only {free} MB free for {home}: free some space")
    if free < LOW_DISK_MB:
        raise Doubt(f"{free} MB free for {home}: free some space soon")
    return f"{free / 1000:.1f} GB free for {home}"


async def workers(context: Context) -> str:
    alive = await vitals.workers(context.redis)
    if not alive:
        raise Problem("no worker is alive, so jobs wait: run `quantdesk up`, and look at logs/worker.log")
    return ", ".join(f"{worker.name} ({worker.running} jobs)" for worker in alive)


async def beat(context: Context) -> str:
    age = await vitals.beat_age(context.redis)
    late = 6 * context.settings.jobs.sweep_seconds + 10
    if age is None or age > late:
        seen = "never" if age is None else f"{age:.0f} s ago"
        raise Problem(f"beat's last errand was seen {seen}: run `quantdesk up`, and look at logs/beat.log")
    return f"last errand {age:.0f} s ago"


async def sandbox(context: Context) -> str:
    found = await asyncio.to_thread(capabilities.probe)
    if found.isolated:
        return f"Landlock ABI {found.landlock_abi}, seccomp"
    if context.settings.sandbox.require_isolation:
        raise Problem("user code will not run: " + "; ".join(found.missing))
    raise Doubt("user code runs without isolation: " + "; ".join(found.missing))


async def kernels(context: Context) -> str:
    alive = await notebooks.count_kernels(context)
    if alive is None:
        raise Problem(
            "the host of the kernels does not answer, so notebooks, completion and quick runs do not work: "
            "run `quantdesk up`, and look at logs/kernels.log"
        )
    return f"{alive} of at most {context.settings.kernels.at_most} kernels run"


async def sources(context: Context) -> str:
    if not context.settings.sources.online:
        return "offline, as QD_SOURCES__ONLINE=false says"
    return ", ".join(context.sources) or "none"


Probe = Callable[[Context], Awaitable[str]]
READINESS: dict[str, Probe] = {
    "database": database,
    "migrations": migrations,
    "redis": redis,
    "documents": documents,
    "blobs": reach_blobs,
    "bars": reach_bars,
    "quotes": quotes,
}
ALL: dict[str, Probe] = {
    **READINESS,
    "blobs": blobs,
    "bars": bars,
    "disk": disk,
    "workers": workers,
    "beat": beat,
    "kernels": kernels,
    "sandbox": sandbox,
    "sources": sources,
}


async def run(name: str, probe: Probe, context: Context) -> Check:
    """Run one check, for at most five seconds."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return Check(name=name, status="ok", detail=await probe(context))
    except Doubt as doubt:
        return Check(name=name, status="warning", detail=str(doubt))
    except Problem as problem:
        return Check(name=name, status="failed", detail=str(problem))
    except TimeoutError:
        return Check(name=name, status="failed", detail=f"no answer within {TIMEOUT:.0f} s")
    except Exception as error:
        reason = (str(getattr(error, "orig", None) or error) or type(error).__name__).splitlines()[0]
        return Check(name=name, status="failed", detail=reason)
