"""QD_HOME: its folders, and the lock that lets one `quantdesk up` at a time work on it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import click

from quantdesk.settings import Settings

_FOLDERS = ("run", "logs", "redis", "secrets", "blobs", "bars")


@dataclass(frozen=True, slots=True)
class Owner:
    """The `quantdesk up` that works on a home."""

    pid: int
    url: str


def prepare_home(settings: Settings) -> None:
    """Make QD_HOME and its folders, closed to other users."""
    runtime = settings.redis_socket.parent
    try:
        for folder in (settings.home, *(settings.home / name for name in _FOLDERS), runtime):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise click.ClickException(
            f"cannot prepare {error.filename}: {error.strerror}. Set QD_HOME to a folder of yours"
        ) from None


def _lock_path(settings: Settings) -> Path:
    return settings.home / "run" / "up.lock"


def lock_home(settings: Settings, url: str) -> IO[str]:
    """Take the home for this process; it is free again when the file is closed or the process ends.

    Raise ClickException when another one has it, and say which.
    """
    file = os.fdopen(os.open(_lock_path(settings), os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = _read_owner(file)
        file.close()
        who = f"as process {owner.pid}, at {owner.url}" if owner else "already"
        raise click.ClickException(
            f"QuantDesk runs on {settings.home} {who}. Stop it with `quantdesk down`, or set QD_HOME and QD_API__PORT"
        ) from None
    file.truncate(0)
    file.write(json.dumps(asdict(Owner(os.getpid(), url))))
    file.flush()
    return file


def find_owner(settings: Settings) -> Owner | None:
    """Give who has the home; None when nobody does."""
    try:
        with _lock_path(settings).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return _read_owner(file)
    except FileNotFoundError:
        pass
    return None


def _read_owner(file: IO[str]) -> Owner | None:
    file.seek(0)
    try:
        return Owner(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None
