"""Where the profit came from: by symbol, by board, by industry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from quantdesk.core.backtest.analysis import Attribution, Brinson, Contribution, GroupContribution
from quantdesk.core.instruments.symbol import SymbolError, classify
from quantdesk.core.metrics.brinson import Groups, brinson, group_returns
from quantdesk.core.metrics.ledger import MONEY, Ledger, yuan
from quantdesk.core.metrics.returns import FloatArray
from quantdesk.core.metrics.universe import Universe

UNKNOWN = "unknown"


def attribution_of(
    ledger: Ledger,
    universe: Universe,
    equity: FloatArray,
    starting_cash: Decimal,
    final_equity: Decimal,
    industries: Mapping[str, str] | None,
) -> Attribution:
    """Give each symbol's profit and its sum by board and industry; they add up to the total to the fen.

    A symbol's profit is what was sold less what was bought, less all costs, plus the cash of its corporate actions,
    plus what is held at the end at the last close. With two symbols or more in the universe the daily returns are
    attributed by Brinson-Fachler, too, against the universe at equal weights.
    """
    symbols = _contributions(ledger, starting_cash)
    total = final_equity - starting_cash
    known = industries if industries and any(symbol in industries for symbol in universe.symbols) else None

    def industry(symbol: str) -> str:
        return UNKNOWN if known is None else known.get(symbol, UNKNOWN)

    returns = _daily(equity, float(starting_cash))
    comparable = len(universe.symbols) >= 2 and bool((ledger.value >= 0.0).all())
    return Attribution(
        symbols=symbols,
        boards=_groups(symbols, board_group, starting_cash),
        industries=None if known is None else _groups(symbols, industry, starting_cash),
        unattributed=total - sum((one.profit for one in symbols), Decimal(0)),
        total=total,
        boards_brinson=_brinson(ledger, universe, equity, returns, board_group) if comparable else None,
        industries_brinson=(
            _brinson(ledger, universe, equity, returns, industry) if comparable and known is not None else None
        ),
    )


def board_group(symbol: str) -> str:
    """Give the board of a stock, the kind of anything else, `other` for what is not known."""
    try:
        kind, board = classify(symbol)
    except SymbolError:
        return "other"
    return board or kind


def _contributions(ledger: Ledger, starting_cash: Decimal) -> list[Contribution]:
    fills, count = ledger.fills, len(ledger.symbols)
    fees = _by_symbol(fills.symbol, fills.fees, count)
    profit = _by_symbol(fills.symbol, -fills.side * fills.amount, count) - fees
    profit += _by_symbol(ledger.action_symbol, ledger.action_cash, count)
    if len(ledger.value):
        profit += np.rint(ledger.value[-1] * MONEY).astype(np.int64)
    traded = np.bincount(fills.symbol, minlength=count)
    cash = float(starting_cash)
    made = [
        Contribution(
            symbol=symbol,
            profit=yuan(profit[n]),
            share=float(profit[n]) / MONEY / cash,
            costs=yuan(fees[n]),
            fills=int(traded[n]),
        )
        for n, symbol in enumerate(ledger.symbols)
    ]
    return sorted(made, key=lambda one: (-one.profit, one.symbol))


def _by_symbol(symbol: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, symbol, amount)
    return total


def _groups(
    symbols: Sequence[Contribution], group_of: Callable[[str], str], starting_cash: Decimal
) -> list[GroupContribution]:
    members: dict[str, list[Contribution]] = {}
    for one in symbols:
        members.setdefault(group_of(one.symbol), []).append(one)
    made = []
    for group, inside in members.items():
        profit = sum((one.profit for one in inside), Decimal(0))
        made.append(
            GroupContribution(
                group=group,
                symbols=len(inside),
                profit=profit,
                share=float(profit / starting_cash),
                costs=sum((one.costs for one in inside), Decimal(0)),
                fills=sum(one.fills for one in inside),
            )
        )
    return sorted(made, key=lambda one: (-one.profit, one.group))


def _brinson(
    ledger: Ledger, universe: Universe, equity: FloatArray, returns: FloatArray, group_of: Callable[[str], str]
) -> Brinson | None:
    """Attribute from the second day on: on the first nothing is held yet at the close before."""
    labels = [group_of(symbol) for symbol in universe.symbols]
    names = sorted({*labels})
    number = {name: n for n, name in enumerate(names)}
    in_universe = {symbol: n for n, symbol in enumerate(universe.symbols)}
    if len(equity) < 2 or (equity <= 0.0).any() or any(symbol not in in_universe for symbol in ledger.symbols):
        return None
    group = np.array([number[label] for label in labels], dtype=np.int64)
    daily = universe.in_run[1:]
    listed = np.isfinite(daily)
    listed_count = listed.sum(axis=1, keepdims=True)
    if not listed_count.all():
        return None
    equal = listed / listed_count
    columns = np.array([in_universe[symbol] for symbol in ledger.symbols], dtype=np.int64)
    held = ledger.value[:-1] / equity[:-1, None]
    portfolio_weight, portfolio_return = group_returns(held, daily[:, columns], group[columns], len(names))
    benchmark_weight, benchmark_return = group_returns(equal, daily, group, len(names))
    return brinson(Groups(names, portfolio_weight, portfolio_return, benchmark_weight, benchmark_return), returns[1:])


def _daily(equity: FloatArray, starting_cash: float) -> FloatArray:
    before = np.concatenate([[starting_cash], equity[:-1]])
    growth: FloatArray = np.divide(equity, before, out=np.ones(len(equity)), where=before > 0)
    return growth - 1.0
