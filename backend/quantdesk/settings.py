"""Settings from the environment (prefix QD_, nested with __) and from `$QD_HOME/quantdesk.env`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, SecretStr, Tag
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
    kind: Literal["isolated", "none"] = "isolated"
    """`none` also runs user code where the kernel offers no Landlock or no seccomp, with resource limits alone."""
    cpu_seconds: Annotated[int, Field(ge=1)] = 900
    """CPU time of one backtest."""
    wall_seconds: Annotated[int, Field(ge=1)] = 1800
    """Time of one backtest from start to end."""
    memory_mb: Annotated[int, Field(ge=256)] = 2048
    """Memory of one backtest, on top of Python, its libraries and the bars."""

    @property
    def require_isolation(self) -> bool:
        """Whether user code is refused where it cannot be isolated."""
        return self.kind == "isolated"


class KernelSettings(BaseModel):
    memory_mb: Annotated[int, Field(ge=256)] = 2048
    """Memory of one notebook's kernel, on top of Python and its libraries."""
    cpu_seconds: Annotated[int, Field(ge=60)] = 14_400
    """CPU time of one kernel from start to end."""
    disk_mb: Annotated[int, Field(ge=16)] = 512
    """Files that a kernel may keep in its work folder; they go with the kernel."""
    idle_minutes: Annotated[int, Field(ge=1)] = 30
    """A kernel that was not used for so long is ended; outputs stay."""
    at_most: Annotated[int, Field(ge=1, le=100)] = 4
    """Kernels at a time; one more ends the one that has been idle for longest."""


class BucketSettings(BaseModel):
    """A bucket of an S3 server, such as MinIO."""

    endpoint: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?$")]
    """http://host:port or https://host of the S3 server; with https its certificate is checked."""
    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")] = "quantdesk"
    """Made on the first write, where it is not there and the key may make it."""
    access_key: SecretStr
    """Name of the key."""
    secret_key: SecretStr
    """The key."""
    region: str = "us-east-1"
    """Of the bucket; MinIO has only one unless told else."""
    ca_file: Path | None = None
    """Certificates to trust, in PEM, in place of the system's."""


class FileBlobSettings(BaseModel):
    kind: Literal["file"] = "file"
    """Reports and job logs: files in QD_HOME."""


class MinioBlobSettings(BucketSettings):
    kind: Literal["minio"]
    """Reports, job logs and exports: a bucket of MinIO or another S3 server."""


class SqliteDocumentSettings(BaseModel):
    kind: Literal["sqlite"] = "sqlite"
    """Strategies' code: documents.db in QD_HOME."""


class MongoDocumentSettings(BaseModel):
    kind: Literal["mongo"]
    """Strategies' code: MongoDB."""
    url: SecretStr
    """mongodb://user:password@host:27017/?authSource=admin"""
    database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = "quantdesk"
    """The user needs readWrite and dbAdmin on it."""


class SqliteQuoteSettings(BaseModel):
    kind: Literal["sqlite"] = "sqlite"
    """Live quotes: quotes.db in QD_HOME."""
    days: Annotated[int, Field(ge=1, le=365)] = 5
    """Calendar days whose quotes are kept; of each symbol the newest one stays."""


class InfluxQuoteSettings(BaseModel):
    kind: Literal["influx"]
    """Live quotes: InfluxDB 2, in two buckets."""
    url: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?$")]
    """http://host:8086 or https://host."""
    token: SecretStr
    """Needs to read and write the two buckets, and to make them where they are not there."""
    org: Annotated[str, Field(min_length=1)] = "quantdesk"
    """The organisation."""
    bucket: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$")] = "quotes"
    """The quotes of the last days; the bucket of this name and `-latest` has the newest of all other symbols."""
    days: Annotated[int, Field(ge=1, le=365)] = 5
    """Calendar days whose quotes are kept; of each symbol the newest one stays."""
    ca_file: Path | None = None
    """Certificates to trust, in PEM, in place of the system's."""


class ParquetBarSettings(BaseModel):
    kind: Literal["parquet"] = "parquet"
    """Bars: Parquet files in QD_HOME."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Superseded and deleted bars are kept so long, to be asked what was known then; default: for ever."""


class MinioBarSettings(BucketSettings):
    kind: Literal["minio"]
    """Bars: the same files in a bucket of MinIO or another S3 server."""
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Superseded and deleted bars are kept so long, to be asked what was known then; default: for ever."""
    cache_mb: Annotated[int, Field(ge=16)] = 2048
    """Copies on the local disk, in QD_HOME; those not asked for longest go."""


class FileKeySettings(BaseModel):
    kind: Literal["file"] = "file"
    """The master key and signing keys: files in QD_HOME that only their owner can read."""
    rotate_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """The master key is replaced after so many days; what was encrypted stays readable."""


class VaultKeySettings(BaseModel):
    kind: Literal["vault"]
    """The master key stays in HashiCorp Vault or OpenBao, in a transit engine; signing keys in a KV store."""
    url: str
    """Address of the server, e.g. https://vault.example:8200."""
    token: SecretStr
    """Needs the transit key and the KV path below."""
    transit: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/-]{1,100}$")] = "transit"
    """Where the transit engine is mounted."""
    kv: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/-]{1,100}$")] = "secret"
    """Where a KV store of version 2 is mounted."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = "quantdesk"
    """Of the transit key and of the folder in the KV store."""
    ca_file: Path | None = None
    """Certificates to trust, in place of the system's."""
    rotate_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """The master key is replaced after so many days; what was encrypted stays readable."""


def _kind(given: Any) -> str:
    """Give the kind that settings are of, file where none is named."""
    return str(given.get("kind", "file") if isinstance(given, dict) else given.kind)


KeySettings = Annotated[
    Annotated[FileKeySettings, Tag("file")] | Annotated[VaultKeySettings, Tag("vault")], Discriminator(_kind)
]


class SourceSettings(BaseModel):
    online: bool = True
    """False: never ask a server on the network for market data."""
    order: dict[Dataset, list[SourceName]] = {}
    """Which sources are asked for a dataset, in order, as JSON: {"stock_daily": ["tencent", "sina"]}; default: all."""
    requests_per_day: Annotated[int, Field(ge=1)] = 2000
    """Requests a day to one host, over all processes."""
    seconds_between: Annotated[float, Field(ge=0.2, le=3600)] = 2
    """Seconds between two requests to one host; users report bans at faster paces."""
    cross_check_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Of the symbols of a refresh so large a share, at least one, is held against a second source; 0: none."""
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
    kernels: KernelSettings = KernelSettings()
    blob: Annotated[FileBlobSettings | MinioBlobSettings, Field(discriminator="kind")] = FileBlobSettings()
    documents: Annotated[SqliteDocumentSettings | MongoDocumentSettings, Field(discriminator="kind")] = (
        SqliteDocumentSettings()
    )
    bars: Annotated[ParquetBarSettings | MinioBarSettings, Field(discriminator="kind")] = ParquetBarSettings()
    quotes: Annotated[SqliteQuoteSettings | InfluxQuoteSettings, Field(discriminator="kind")] = SqliteQuoteSettings()
    keys: KeySettings = FileKeySettings()
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
