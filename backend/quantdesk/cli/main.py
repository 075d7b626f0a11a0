"""The `quantdesk` command. Its parts are imported when they are run, so that `--help` is fast."""

from __future__ import annotations

from importlib import import_module

import click

from quantdesk import __version__

_COMMANDS = {
    "up": ("quantdesk.cli.up", "up", "Start everything and keep it running; Ctrl-C stops it."),
    "down": ("quantdesk.cli.up", "down", "Stop what `quantdesk up` started."),
    "status": ("quantdesk.cli.up", "status", "Say whether QuantDesk runs, and where."),
    "doctor": ("quantdesk.cli.doctor", "doctor", "Say what is configured, reachable and missing."),
    "data": ("quantdesk.cli.data", "data", "Import and export market data; make the demo market."),
    "factors": ("quantdesk.cli.factors", "factors", "Look at what expressions of the factor language are worth."),
    "strategies": ("quantdesk.cli.strategies", "strategies", "Export and import strategies, encrypted."),
    "keys": ("quantdesk.cli.keys", "keys", "Show and rotate the encryption keys."),
    "backtest": ("quantdesk.cli.backtest", "backtest", "Run, repeat and compare backtests without a browser."),
}
"""Name → module, attribute, one line of help."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _help = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_module, _attribute, help_) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quantdesk")
def main() -> None:
    """QuantDesk, a self-hosted personal quant platform.

    Settings come from QD_* variables and from quantdesk.env in QD_HOME (default ~/.quantdesk).
    """
