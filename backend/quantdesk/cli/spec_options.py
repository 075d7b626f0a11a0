"""The options of `quantdesk backtest run` that say what is asked; what is not given is the spec's default."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class DecimalType(click.ParamType):  # type: ignore[type-arg]  # generic in its stubs only
    """An exact decimal number."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return Decimal(str(value).replace("_", ""))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)


_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y%m%d"])
_NUMBER = DecimalType()
_OPTIONS = (
    click.option("--start", required=True, type=_DAY, help="First day, e.g. 2015-01-01."),
    click.option("--end", required=True, type=_DAY, help="Last day."),
    click.option("--cash", type=_NUMBER, help="Starting cash in yuan.  [default: 1000000]"),
    click.option("--benchmark", help="Symbol of an index or a stock, e.g. 000300.SH."),
    click.option("--strategy-class", metavar="NAME", help="Class to run, where the file defines several."),
    click.option(
        "--adjustment", type=click.Choice(["none", "qfq", "hfq"]), help="Prices a strategy sees.  [default: qfq]"
    ),
    click.option(
        "--fill",
        type=click.Choice(["next_open", "same_close", "next_average"]),
        help="When a market order is filled.  [default: next_open]",
    ),
    click.option("--commission", type=_NUMBER, help="Of turnover, both sides.  [default: 0.00025]"),
    click.option("--commission-min", type=_NUMBER, help="Yuan an order.  [default: 5]"),
    click.option("--stamp-duty", type=_NUMBER, help="Of turnover, sells only.  [default: the day's rate]"),
    click.option("--transfer-fee", type=_NUMBER, help="Of turnover, both sides.  [default: the day's rate]"),
    click.option("--slippage", type=_NUMBER, help="Worse by this share of the price.  [default: 0.0001]"),
    click.option("--slippage-ticks", type=_NUMBER, help="Worse by this many price ticks, instead of a share."),
    click.option(
        "--slippage-impact",
        type=_NUMBER,
        metavar="SHARE",
        help="Worse by SHARE x sqrt(quantity / volume of the bar), instead of a share.",
    ),
    click.option("--price-limits/--no-price-limits", default=None, help="Locked boards do not trade.  [default: on]"),
    click.option("--settlement/--no-settlement", default=None, help="T+1: sell tomorrow.  [default: on]"),
    click.option(
        "--volume-share",
        metavar="SHARE",
        help="Largest share of a bar's volume that orders may take; `none` for no bound.  [default: 0.1]",
    ),
    click.option("--rights", type=click.Choice(["take", "skip"]), help="In a rights issue.  [default: skip]"),
    click.option(
        "--dividend-tax/--no-dividend-tax", default=None, help="Tax dividends by the holding period.  [default: on]"
    ),
    click.option("--whole-lots/--odd-lots", default=None, help="Round buys down to the board's lot.  [default: whole]"),
)
_PLACES = {
    "cash": ("cash",),
    "benchmark": ("benchmark",),
    "strategy_class": ("strategy_class",),
    "adjustment": ("adjustment",),
    "fill": ("fill",),
    "whole_lots": ("whole_lots",),
    "commission": ("costs", "commission_rate"),
    "commission_min": ("costs", "commission_min"),
    "stamp_duty": ("costs", "stamp_duty_rate"),
    "transfer_fee": ("costs", "transfer_fee_rate"),
    "price_limits": ("rules", "price_limits"),
    "settlement": ("rules", "settlement"),
    "rights": ("rules", "rights_issues"),
    "dividend_tax": ("rules", "dividend_tax"),
}
_SLIPPAGE = {"slippage": "percent", "slippage_ticks": "ticks", "slippage_impact": "impact"}


def spec_options(command: Command) -> Command:
    """Give a command the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def spec_fields(options: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of a BacktestSpec that the given options set.

    Raises:
        click.UsageError: Two kinds of slippage are given, or a volume share that is no number.
    """
    fields: dict[str, Any] = {"start": options["start"].date(), "end": options["end"].date(), "costs": {}, "rules": {}}
    for option, (place, *inner) in _PLACES.items():
        if (value := options[option]) is not None:
            if inner:
                fields[place][inner[0]] = value
            else:
                fields[place] = value
    given = [option for option in _SLIPPAGE if options[option] is not None]
    if len(given) > 1:
        raise click.UsageError("give one of --slippage, --slippage-ticks and --slippage-impact")
    for option in given:
        fields["costs"]["slippage"] = {"kind": _SLIPPAGE[option], "value": options[option]}
    if (share := options["volume_share"]) is not None:
        fields["rules"]["volume_share"] = None if share == "none" else _NUMBER.convert(share, None, None)
    return fields
