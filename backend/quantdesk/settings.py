"""Settings from the environment (prefix QD_, nested with __) and from `$QD_HOME/quantdesk.env`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from quantdesk.ports.datasets import Dataset, SourceName


def _home_from_environment() -> Path:
    return Path(os.environ.get("QD_HOME") or Path.home() / ".quantdesk").expanduser().resolve()


class DatabaseSettings(BaseModel):
    url: SecretStr | None = None
    """postgresql+asyncpg://… or sqlite+aiosqlite:///…; default: quantdesk.db in QD_HOME."""


class RedisSettings(BaseModel):
    url: SecretStr | None = None
    """redis://… ; default: an embedded Redis on a unix socket, started by `quantdesk up`."""


class ApiSettings(BaseModel):
    host: str = "127.0.0.1"
    """Address to listen on; keep it on loopback behind a proxy."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """Port to listen on."""
    public_url: str | None = None
    """What the browser calls, e.g. https://quant.example; an https URL makes cookies Secure."""
    trusted_proxies: list[str] = []
    """Addresses whose X-Forwarded-For is believed."""


class AuthSettings(BaseModel):
    access_minutes: Annotated[int, Field(ge=1, le=60)] = 60
    """Life of an access token."""
    refresh_days: Annotated[int, Field(ge=1, le=30)] = 7
    """A session ends so long after the sign-in, in use or not."""
    idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """A session ends after so long without a request."""


class LimitsSettings(BaseModel):
    default_per_minute: Annotated[int, Field(ge=1)] = 100
    """Requests of one user, or of one address that is not signed in."""
    auth_per_minute: Annotated[int, Field(ge=1)] = 10
    """Sign-ins and the like from one address."""
    api_key_per_hour: Annotated[int, Field(ge=1)] = 1000
    """Requests of one API key."""


class JobsSettings(BaseModel):
    concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    """Jobs that run at once in one worker; each backtest may take QD_SANDBOX__MEMORY_MB."""
    lease_seconds: Annotated[float, Field(gt=0)] = 15
    """A worker that has not renewed its lease for so long has lost the job."""
    heartbeat_seconds: Annotated[float, Field(gt=0)] = 3
    """How often a worker renews the leases of its jobs."""
    sweep_seconds: Annotated[float, Field(gt=0)] = 5
    """How often beat looks for forgotten jobs and expired leases."""
    max_attempts: Annotated[int, Field(ge=1)] = 3
    """Starts of one job before a lost worker counts as the job's own fault."""


class SandboxSettings(BaseModel):
    require_isolation: bool = True
    """Refuse to run user code where the kernel offers neither Landlock nor seccomp."""
    cpu_seconds: Annotated[int, Field(ge=1)] = 900
    """CPU time of one backtest."""
    wall_seconds: Annotated[int, Field(ge=1)] = 1800
    """Time of one backtest from start to end."""
    memory_mb: Annotated[int, Field(ge=256)] = 2048
    """Memory of one backtest, on top of Python, its libraries and the bars."""


class FileBlobSettings(BaseModel):
    kind: Literal["file"] = "file"
    """Reports and job logs: files in QD_HOME."""


class SqliteDocumentSettings(BaseModel):
    kind: Literal["sqlite"] = "sqlite"
    """Strategies' code: documents.db in QD_HOME."""


class ParquetBarSettings(BaseModel):
    kind: Literal["parquet"] = "parquet"
    """Bars: Parquet files in QD_HOME."""


class FileKeySettings(BaseModel):
    kind: Literal["file"] = "file"
    """Signing keys: files in QD_HOME that only their owner can read."""


class SourceSettings(BaseModel):
    online: bool = True
    """False: never ask a server on the network for market data."""
    order: dict[Dataset, list[SourceName]] = {}
    """Which sources are asked for a dataset, in order, as JSON: {"stock_daily": ["tencent", "sina"]}; default: all."""
    requests_per_day: Annotated[int, Field(ge=1)] = 2000
    """Requests a day to one host, over all processes."""
    seconds_between: Annotated[float, Field(ge=0.2, le=3600)] = 2
    """Seconds between two requests to one host; users report bans at faster paces."""
    tushare_token: SecretStr | None = None
    """Your token of tushare.pro, which is then asked, too; it is sent unencrypted, since Tushare takes plain HTTP."""
    tdx: Path | None = None
    """The folder vipdoc of a 通达信 program, whose downloaded bars are read, also with ONLINE=false."""


class ExportsSettings(BaseModel):
    keep_days: Annotated[int, Field(ge=1, le=365)] = 7
    """An exported file is deleted so long after it was made."""


class LogSettings(BaseModel):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["json", "console"] = "json"


class Settings(BaseSettings):
    """Everything that can be configured. Build it with `load_settings`."""

    model_config = SettingsConfigDict(env_prefix="QD_", env_nested_delimiter="__", extra="ignore", frozen=True)

    home: Path = Field(default_factory=_home_from_environment)
    """The folder that holds all data."""
    environment: Literal["local", "production"] = "local"
    """production refuses to start without an https address, servers' passwords, and isolation of strategies."""
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    api: ApiSettings = ApiSettings()
    auth: AuthSettings = AuthSettings()
    limits: LimitsSettings = LimitsSettings()
    jobs: JobsSettings = JobsSettings()
    sandbox: SandboxSettings = SandboxSettings()
    blob: FileBlobSettings = FileBlobSettings()
    documents: SqliteDocumentSettings = SqliteDocumentSettings()
    bars: ParquetBarSettings = ParquetBarSettings()
    keys: FileKeySettings = FileKeySettings()
    sources: SourceSettings = SourceSettings()
    exports: ExportsSettings = ExportsSettings()
    log: LogSettings = LogSettings()

    @property
    def database_url(self) -> str:
        url = self.database.url
        return url.get_secret_value() if url else f"sqlite+aiosqlite:///{self.home / 'quantdesk.db'}"

    @property
    def redis_url(self) -> str:
        """Of the configured Redis, or of the embedded one's socket."""
        url = self.redis.url
        return url.get_secret_value() if url else f"unix://{self.redis_socket}?db=0"

    @property
    def redis_socket(self) -> Path:
        """The embedded Redis's socket.

        A unix socket's path holds 107 bytes at most, so a deep QD_HOME gets a short one elsewhere.
        """
        path = self.home / "run" / "redis.sock"
        if len(str(path).encode()) <= 100:
            return path
        from hashlib import sha256

        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - the folder below is made 0700
        return runtime / f"quantdesk-{sha256(str(self.home).encode()).hexdigest()[:16]}" / "redis.sock"

    @property
    def secrets_folder(self) -> Path:
        return self.home / "secrets"


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raise pydantic's ValidationError, which names the variable at fault."""
    return Settings(_env_file=_home_from_environment() / "quantdesk.env", **overrides)  # type: ignore[arg-type]
