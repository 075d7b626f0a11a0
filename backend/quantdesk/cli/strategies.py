"""`quantdesk strategies`: export to an encrypted archive or a Jupyter notebook, and import from one."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import cast, get_args

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.features.auth import service as auth
from quantdesk.features.strategies import archives, notebooks, service
from quantdesk.features.strategies.schemas import ONE_LINE, ImportChoice
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal

_CHOICES = tuple(choice.replace("_", "-") for choice in get_args(ImportChoice))
_user = click.option("--user", "username", required=True, help="Whose strategies they are.")
_password = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its first line is the password; without it you are asked.",
)


@click.group()
def strategies() -> None:
    """Export and import strategies as an encrypted archive or as Jupyter notebooks."""


@strategies.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_user
@click.option("--id", "ids", multiple=True, help="Only this strategy; repeat it. Without it all are exported.")
@_password
@json_lines_option
def export_(file: Path, username: str, ids: tuple[str, ...], password_file: Path | None, json_lines: bool) -> None:
    """Write strategies with all their versions to FILE, a ZIP encrypted by AES-256."""
    password = _read_password(password_file, confirm=True)
    if file.exists():
        raise click.ClickException(f"{file} is there already; choose another name")

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            who = await auth.principal_named(uow, username)
            made = await archives.export(uow, context, who, list(ids) or None, password)
        size = made.stat().st_size
        await asyncio.to_thread(shutil.move, made, file)
        report.log("info", f"{file}: {size:,} bytes; without the password nobody can open it")
        report.result({"file": str(file), "bytes": size})

    run(work, json_lines)


@strategies.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_user
@click.option(
    "--on-conflict",
    type=click.Choice(_CHOICES),
    default="skip",
    show_default=True,
    help="What to do with a strategy of a name that is here with other code.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@_password
@json_lines_option
def import_(
    file: Path, username: str, on_conflict: str, dry_run: bool, password_file: Path | None, json_lines: bool
) -> None:
    """Import the strategies of FILE. What is here already with all its versions is left as it is."""
    password = _read_password(password_file, confirm=False)
    chosen = cast(ImportChoice, on_conflict.replace("-", "_"))

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            who: Principal = await auth.principal_named(uow, username)
            found = await archives.preview(uow, context, who.user_id, file, password)
        for entry in found.strategies:
            report.log("info", f"{entry.name}: {entry.state}, {entry.versions} versions, {entry.missing} not here")
        if dry_run:
            report.result({"strategies": [entry.model_dump(mode="json") for entry in found.strategies]})
            return
        choices = {entry.folder: chosen for entry in found.strategies if entry.state == "conflict"}
        done = await archives.import_(context, who, file, password, choices)
        for one in done:
            report.log("info", f"{one.name}: {one.outcome.replace('_', ' ')}")
        report.result({"items": [one.model_dump(mode="json") for one in done]})

    run(work, json_lines)


@strategies.command("export-ipynb")
@click.argument("strategy_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_user
@json_lines_option
def export_ipynb(strategy_id: str, file: Path, username: str, json_lines: bool) -> None:
    """Write a strategy's newest version to FILE, a Jupyter notebook without outputs."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; choose another name")

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            who = await auth.principal_named(uow, username)
            name, data = await notebooks.export(uow, context, strategy_id, who.user_id)
        await asyncio.to_thread(file.write_bytes, data)
        report.log("info", f"{file}: the newest version of {name}; anybody can read it")
        report.result({"file": str(file), "bytes": len(data)})

    run(work, json_lines)


@strategies.command("import-ipynb")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_user
@click.option("--name", help="The strategy's name; without it, the file's.")
@json_lines_option
def import_ipynb(file: Path, username: str, name: str | None, json_lines: bool) -> None:
    """Make a strategy of FILE, a Jupyter notebook. Its outputs are left out."""
    if name is not None and not (re.match(ONE_LINE, name) and len(name) <= 80):
        raise click.ClickException("the name needs one line of 1 to 80 characters")

    async def work(context: Context, report: Reporter) -> None:
        with file.open("rb") as opened:
            data = opened.read(notebooks.MAX_FILE + 1)
        body = await asyncio.to_thread(notebooks.to_strategy, data, file.name, name)
        async with context.database.unit() as uow:
            who = await auth.principal_named(uow, username)
            strategy_id = await service.create(uow, context, who, body)
        report.log("info", f"{body.name}: made of {file.name}")
        report.result({"strategy_id": strategy_id, "name": body.name})

    run(work, json_lines)


def _read_password(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        password = lines[0] if lines else ""
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=confirm)
    if confirm and len(password) < 8:
        raise click.ClickException("the password needs at least 8 characters")
    return password
