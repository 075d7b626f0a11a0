"""`quantdesk doctor`: what is configured, reachable, missing."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
from typing import Any

import click
from pydantic import SecretStr

from quantdesk.bootstrap import build_context
from quantdesk.cli.home import find_owner
from quantdesk.cli.preflight import PAGES, check_port
from quantdesk.cli.up import address, read_settings
from quantdesk.features.system import service
from quantdesk.features.system.schemas import Check
from quantdesk.kit import production
from quantdesk.settings import Settings

NODE = 20
_MARKS = {"ok": ("ok", "green"), "warning": ("look", "yellow"), "failed": ("FAILED", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def doctor(as_json: bool) -> None:
    """Say what is configured, reachable and missing. The exit code is 1 when a check has failed."""
    settings = read_settings()
    checks = [_environment(settings), _running(settings), _page(), _node(), *asyncio.run(_probe(settings))]
    if as_json:
        report = {"settings": shown_settings(settings), "checks": [check.model_dump() for check in checks]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for name, value in shown_settings(settings).items():
            click.echo(f"{name:<32} {value}")
        click.echo()
        for check in checks:
            word, colour = _MARKS[check.status]
            click.echo(f"{click.style(f'{word:<7}', fg=colour)} {check.name:<12} {check.detail}")
    if any(check.status == "failed" for check in checks):
        sys.exit(1)


def shown_settings(settings: Settings) -> dict[str, str]:
    """Give every setting by its variable's name; passwords are masked."""
    shown: dict[str, str] = {}

    def visit(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(f"{name}__{key}" if name != "QD" else f"QD_{key}", inner)
        elif isinstance(value, SecretStr):
            shown[name.upper()] = _masked(value.get_secret_value())
        elif value is not None:
            shown[name.upper()] = str(value)

    visit("QD", settings.model_dump())
    return shown


def _masked(secret: str) -> str:
    """Give a URL without its password; of any other secret nothing."""
    return re.sub(r"(://[^:/@]*:).*@", r"\1***@", secret) if "://" in secret else "***"


async def _probe(settings: Settings) -> list[Check]:
    context = build_context(settings)
    try:
        return (await service.doctor(context)).checks
    finally:
        await context.close()


def _environment(settings: Settings) -> Check:
    found = production.faults(settings)
    return Check(
        name="environment", status="failed" if found else "ok", detail="; ".join(found) or settings.environment
    )


def _running(settings: Settings) -> Check:
    if owner := find_owner(settings):
        return Check(name="running", status="ok", detail=f"at {owner.url}, process {owner.pid}")
    try:
        check_port(settings)
    except click.ClickException as error:
        return Check(name="running", status="failed", detail=error.message)
    free = f"not running; {address(settings)} is free: start it with `quantdesk up`"
    return Check(name="running", status="warning", detail=free)


def _page() -> Check:
    found = next((page for page in PAGES if page.is_file()), None)
    if found is None:
        return Check(name="page", status="failed", detail="not built: run `make up`, which builds it")
    return Check(name="page", status="ok", detail=f"built, {found.parent}")


def _node() -> Check:
    """Node is needed to build the page, not to run."""
    path = shutil.which("node")
    if path is None:
        return Check(name="node", status="warning", detail=f"not found; building the page needs Node {NODE} or later")
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout.strip()
    major = answer.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < NODE:
        return Check(name="node", status="warning", detail=f"{answer}; building the page needs Node {NODE} or later")
    return Check(name="node", status="ok", detail=answer)
