"""What the system routes give."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Check(BaseModel):
    name: str
    """database, migrations, redis, documents, blobs, bars, quotes, disk, workers, beat, sandbox, sources."""
    status: Literal["ok", "warning", "failed"]
    detail: str
    """What was found and, when not ok, what to do."""


class Readiness(BaseModel):
    ready: bool
    failed: list[str]
    """Names of the checks that failed; details need a sign-in."""


class Doctor(BaseModel):
    checks: list[Check]


class SystemInfo(BaseModel):
    version: str
    environment: Literal["local", "production"]
    database: Literal["sqlite", "postgresql"]
    redis: Literal["embedded", "server"]
    online_sources: list[str]
    demo: bool
    """True when the demo market is stored."""
