"""What is looked at before anything starts. Each finding is one line that says what to do."""

from __future__ import annotations

import errno
import shutil
import socket
from pathlib import Path

import click

from quantdesk.settings import Settings

DISK_MB = 200
_HERE = Path(__file__).resolve()
PAGES = (_HERE.parents[1] / "pages" / "index.html", _HERE.parents[3] / "frontend" / "dist" / "index.html")
"""In the installed package, or beside it in a checkout (as quantdesk.api.static, which is slow to import)."""


def check_port(settings: Settings) -> None:
    """Raise ClickException when the API's port cannot be had."""
    host, port = settings.api.host, settings.api.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                what = f"port {port} on {host} is in use: stop that program, or set QD_API__PORT to a free port"
            case errno.EACCES:
                what = f"port {port} needs privileges: set QD_API__PORT to a port of 1024 or more"
            case _:
                what = f"cannot listen on {host} port {port} ({error.strerror}): set QD_API__HOST and QD_API__PORT"
        raise click.ClickException(what) from None


def check_disk(settings: Settings) -> None:
    """Raise ClickException when QD_HOME's disk is nearly full."""
    free = shutil.disk_usage(settings.home).free // 1_000_000
    if free < DISK_MB:
        raise click.ClickException(
            f"only {free} MB are free on the disk of {settings.home}, {DISK_MB} are needed: "
            "free some space, or set QD_HOME to another disk"
        )


def check_page() -> None:
    """Raise ClickException when the frontend is not built."""
    if not any(page.is_file() for page in PAGES):
        raise click.ClickException(f"the page is not built ({PAGES[-1]} is missing): run `make up`, which builds it")
