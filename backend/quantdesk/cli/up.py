"""`quantdesk up`, `down` and `status`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

import click
from pydantic import ValidationError

from quantdesk.cli.home import Owner, find_owner, lock_home, prepare_home
from quantdesk.cli.preflight import check_disk, check_page, check_port
from quantdesk.cli.supervisor import StartError, Supervisor
from quantdesk.kit.production import insist
from quantdesk.settings import Settings, load_settings


def read_settings() -> Settings:
    """Read the settings; a wrong one is told as a line that names its variable."""
    try:
        return load_settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "QD_" + "__".join(str(part).upper() for part in first["loc"])
        raise click.ClickException(f"{name}={first['input']!r}: {first['msg']}") from None


def address(settings: Settings) -> str:
    """Give what a person types into the browser."""
    if settings.api.public_url:
        return settings.api.public_url
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.api.host, settings.api.host)  # noqa: S104 - compared only
    return f"http://{host}:{settings.api.port}"


@click.command(short_help="Start everything and keep it running; Ctrl-C stops it.")
@click.option("--no-first-run", is_flag=True, help="Do not make the demo market when nothing is stored.")
@click.option("--no-page", is_flag=True, help="Start without a built page, for development of the page.")
def up(no_first_run: bool, no_page: bool) -> None:
    """Start Redis, API, worker and beat, and keep them running. Ctrl-C stops all; a second one at once."""
    settings = read_settings()
    insist(settings)
    prepare_home(settings)
    with lock_home(settings, address(settings)):
        check_disk(settings)
        check_port(settings)
        if not no_page:
            check_page()
        began = time.monotonic()

        def ready(setup_url: str | None) -> None:
            took = time.monotonic() - began
            click.echo(f"QuantDesk runs at {address(settings)} (ready in {took:.1f} s; data in {settings.home})")
            if setup_url:
                click.echo(f"Set your password first, by this one-time link:\n  {setup_url}")
            click.echo("Ctrl-C stops it.")
            sys.stdout.flush()

        try:
            asyncio.run(Supervisor(settings, _tell, first_run=not no_first_run).run(ready))
        except StartError as error:
            raise click.ClickException(str(error)) from None
        click.echo("QuantDesk has stopped.")


@click.command(short_help="Stop what `quantdesk up` started.")
def down() -> None:
    """Stop the QuantDesk that runs on this QD_HOME; wait until it has."""
    settings = read_settings()
    owner = find_owner(settings)
    if owner is None:
        click.echo(f"nothing runs on {settings.home}")
        return
    os.kill(owner.pid, signal.SIGTERM)
    for _ in range(150):
        if find_owner(settings) is None:
            click.echo("QuantDesk has stopped.")
            return
        time.sleep(0.1)
    raise click.ClickException(f"process {owner.pid} does not stop; look at {settings.home / 'logs'}")


@click.command(short_help="Say whether QuantDesk runs, and where.")
def status() -> None:
    """Say whether QuantDesk runs on this QD_HOME; the exit code is 1 when it does not."""
    settings = read_settings()
    match find_owner(settings):
        case Owner(pid=pid, url=url):
            click.echo(f"QuantDesk runs at {url}, process {pid}, data in {settings.home}")
        case None:
            click.echo(f"nothing runs on {settings.home}; start it with `quantdesk up`")
            sys.exit(1)


def _tell(line: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {line}", err=True)
