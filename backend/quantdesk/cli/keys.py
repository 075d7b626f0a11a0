"""`quantdesk keys`: how the encryption keys stand, and their rotation."""

from __future__ import annotations

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.features.strategies import service as strategies
from quantdesk.kit import data_keys
from quantdesk.kit.context import Context


@click.group()
def keys() -> None:
    """Show and rotate the keys that strategy code is encrypted by."""


@keys.command()
@json_lines_option
def status(json_lines: bool) -> None:
    """Say how old the master key is and what it wraps."""

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            found = await data_keys.status(uow, context)
        kind, days = context.settings.keys.kind, context.settings.keys.rotate_days
        report.log("info", f"master key: version {found.master.version} in {kind}, made {found.master.created_at:%F}")
        report.log("info", f"it is replaced after {days} days; set QD_KEYS__ROTATE_DAYS to change that")
        report.log("info", f"data keys: {found.data_keys}, of these {found.in_use} take new writes")
        if found.unfinished is not None:
            report.log("warning", f"the rotation to version {found.unfinished} was cut off; run: quantdesk keys rotate")
        elif found.outdated:
            report.log(
                "warning", f"{found.outdated} data keys are wrapped by an older version; the next rotation wraps them"
            )
        report.result(
            {
                "kind": kind,
                "version": found.master.version,
                "created_at": found.master.created_at.isoformat(),
                "data_keys": found.data_keys,
                "in_use": found.in_use,
                "outdated": found.outdated,
                "unfinished": found.unfinished,
            }
        )

    run(work, json_lines)


@keys.command()
@json_lines_option
def rotate(json_lines: bool) -> None:
    """Make a new master key and new data keys, while everything runs. What was cut off goes on.

    What was encrypted before stays readable: keep the older files in QD_HOME/secrets.
    """

    async def work(context: Context, report: Reporter) -> None:
        done = await data_keys.rotate(context)
        report.log("info", f"master key version {done.version} wraps {done.wrapped} data keys; back up the new key")
        report.result({"version": done.version, "wrapped": done.wrapped})

    run(work, json_lines)


@keys.command()
@json_lines_option
def encrypt(json_lines: bool) -> None:
    """Encrypt code that an older QuantDesk stored plain; the worker does so by itself when it starts."""

    async def work(context: Context, report: Reporter) -> None:
        sealed = await strategies.seal_plain(context)
        report.log("info", f"{sealed} versions encrypted" if sealed else "nothing is stored plain")
        report.result({"sealed": sealed})

    run(work, json_lines)
