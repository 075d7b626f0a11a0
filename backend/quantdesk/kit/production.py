"""What `QD_ENVIRONMENT=production` insists on: nothing starts with a setting that is fit for one's own machine only."""

from __future__ import annotations

import sys
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from quantdesk.settings import Settings

GUESSED = frozenset(
    {"123456", "admin", "changeme", "default", "example", "guest", "password", "postgres", "quantdesk", "redis", "root"}
    | {"secret", "test"}
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
    if not (settings.api.public_url or "").startswith("https://"):
        found.append(
            "QD_API__PUBLIC_URL must be the https:// address that browsers use; otherwise cookies are not Secure"
        )
    if not settings.sandbox.require_isolation:
        found.append("QD_SANDBOX__REQUIRE_ISOLATION must not be false: strategies would run without isolation")
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
    if password.casefold() in GUESSED | {unquote(parts.username or "").casefold()}:
        return f"{variable} has a password that anyone would try first; choose another"
    return None
