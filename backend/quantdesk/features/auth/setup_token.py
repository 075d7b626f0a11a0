"""The one-time token that lets the person at the machine make the first user."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from quantdesk.settings import Settings


def _path(settings: Settings) -> Path:
    return settings.secrets_folder / "setup.token"


def ensure(settings: Settings) -> str:
    """Give the token, made on first use; two processes that make it at once get the same one.

    `quantdesk up` calls this while there is no user.
    """
    path = _path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".setup.{secrets.token_hex(6)}")
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):  # the first one wins
            os.link(aside, path)
    finally:
        aside.unlink()
    return path.read_text().strip()


def setup_url(settings: Settings, token: str) -> str:
    """Give the link to print. The token is in the fragment, which browsers send to nobody."""
    host = "127.0.0.1" if settings.api.host in ("0.0.0.0", "::", "") else settings.api.host  # noqa: S104 - compared only
    base = settings.api.public_url or f"http://{host}:{settings.api.port}"
    return f"{base.rstrip('/')}/setup#token={token}"


def matches(settings: Settings, token: str) -> bool:
    """Compare in constant time; False when there is no token (any more)."""
    try:
        expected = _path(settings).read_text().strip()
    except FileNotFoundError:
        return False
    return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())


def remove(settings: Settings) -> None:
    """Forget the token; it has been used."""
    _path(settings).unlink(missing_ok=True)
