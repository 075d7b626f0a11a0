"""What `QD_ENVIRONMENT=production` insists on: nothing starts with a setting that is fit for one's own machine only."""

from __future__ import annotations

import sys
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from quantdesk.settings import BucketSettings, InfluxQuoteSettings, MongoDocumentSettings, Settings

GUESSED = frozenset(
    {"123456", "admin", "changeme", "default", "example", "guest", "influxdb", "minioadmin", "mongo"}
    | {"mongodb", "my-super-secret-auth-token", "password", "postgres", "quantdesk", "redis", "root", "secret", "test"}
    | {""}
)
"""Passwords of examples and of images that ship with one."""


def faults(settings: Settings) -> list[str]:
    """Give what keeps production from starting, a line each with the variable at fault; none elsewhere."""
    if settings.environment != "production":
        return []
    found = [
        _password("QD_DATABASE__URL", settings.database.url),
        _password("QD_REDIS__URL", settings.redis.url),
    ]
    if isinstance(settings.blob, BucketSettings):
        found.append(_secret("QD_BLOB__SECRET_KEY", settings.blob.secret_key, settings.blob.access_key))
    if isinstance(settings.bars, BucketSettings):
        found.append(_secret("QD_BARS__SECRET_KEY", settings.bars.secret_key, settings.bars.access_key))
    if isinstance(settings.documents, MongoDocumentSettings):
        found.append(_password("QD_DOCUMENTS__URL", settings.documents.url))
    if isinstance(settings.quotes, InfluxQuoteSettings):
        found.append(_secret("QD_QUOTES__TOKEN", settings.quotes.token))
    if not (settings.api.public_url or "").startswith("https://"):
        found.append(
            "QD_API__PUBLIC_URL must be the https:// address that browsers use; otherwise cookies are not Secure"
        )
    if not settings.sandbox.require_isolation:
        found.append("QD_SANDBOX__KIND must not be none: strategies would run without isolation")
    return [fault for fault in found if fault is not None]


def insist(settings: Settings) -> None:
    """End the process with the first fault, if there is one."""
    for fault in faults(settings):
        sys.exit(f"QD_ENVIRONMENT=production: {fault}")


def _password(variable: str, url: SecretStr | None) -> str | None:
    """Say what is wrong with a server's password; a unix socket and a file need none."""
    parts = urlsplit(url.get_secret_value()) if url else None
    if parts is None or not parts.hostname:
        return None
    password = unquote(parts.password or "")
    if not password:
        return f"{variable} must have a password"
    if _guessed(password, unquote(parts.username or "")):
        return f"{variable} has a password that anyone would try first; choose another"
    return None


def _secret(variable: str, secret: SecretStr, name: SecretStr | None = None) -> str | None:
    """Say what is wrong with a server's key or token; `name` is the key's name."""
    if _guessed(secret.get_secret_value(), name.get_secret_value() if name else ""):
        return f"{variable} is one that anyone would try first; choose another"
    return None


def _guessed(password: str, user: str) -> bool:
    return password.casefold() in GUESSED | {user.casefold()}
