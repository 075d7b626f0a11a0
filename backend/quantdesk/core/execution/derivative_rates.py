"""The rulebook's rows on futures and coins as the kernel's instrument and rate rows.

Their fees are the exchange's, from the rulebook, whatever the backtest's costs say: those are a stock broker's.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np

from quantdesk.core.execution import layout as c
from quantdesk.core.execution.layout import Ints
from quantdesk.core.rules.book import Rulebook
from quantdesk.core.rules.derivative_rows import ContractRow, CryptoPairRow
from quantdesk.core.rules.loader import RuleDataError
from quantdesk.core.rules.subject import Subject

TABLES = ("contract", "margin", "futures_fee", "crypto_pair", "crypto_fee")
"""Those that rates of futures and coins come from."""

_ROOM = 2 * 10**18
"""Largest product of price units and quantity units of one coin that leaves room in 64 bits."""


def derivative_instrument(book: Rulebook, subject: Subject, highest: float) -> Ints:
    """Give the instrument row of a future or a coin, without its group. `highest`: the highest price it ever had.

    A coin's quantity unit is the finest step the exchange ever had for it, its price unit the finest tick, coarser
    where the prices are so high that 64 bits would not hold price times quantity.

    Raises:
        RuleDataError: the rulebook does not know the product or the pair.
    """
    row = np.zeros(c.I_COLUMNS, dtype=np.int64)
    row[c.I_SCALE], row[c.I_NUM], row[c.I_DEN], row[c.I_DELISTED] = c.UNIT, 1, 1, -1
    if subject.kind == "future":
        row[c.I_KIND], row[c.I_ROUND] = c.FUTURE, c.FEN
        row[c.I_NUM] = _contracts(book, subject)[-1].multiplier
        return row
    row[c.I_KIND], row[c.I_ROUND] = c.COIN, 1
    pairs = _pairs(book, subject)
    step = min(pair.step for pair in pairs)
    tick = min(pair.tick for pair in pairs)
    scale = c.UNIT
    while scale * tick < 1 and highest * float(scale * 10) * float(scale * 10 / (c.UNIT * step)) < _ROOM:
        scale *= 10
    # amount = price / scale * quantity * step, in money units.
    per_unit = c.UNIT * step / scale
    row[c.I_SCALE] = scale
    row[c.I_NUM], row[c.I_DEN] = per_unit.as_integer_ratio()
    return row


def derivative_rates(book: Rulebook, subject: Subject, day: dt.date, instrument: Ints) -> Ints:
    """Give the rates of a future or a coin on a day; before its first row that one stands in."""
    rates = np.zeros(c.G_COLUMNS, dtype=np.int64)
    if subject.kind == "future":
        contracts = _contracts(book, subject)
        day = max(day, contracts[0].since)
        contract = book.contract(subject, day) or contracts[-1]
        rates[c.G_TICK] = int(contract.tick * c.UNIT)
        rates[c.G_LOT] = rates[c.G_LOT_STEP] = 1
        margin, fees = book.margin(subject, day), book.futures_fees(subject, day)
        if margin is None:
            raise RuleDataError(
                f"margin: no row holds for {subject.symbol} on {day}; add one to futures_contracts.toml"
            )
        rates[c.G_MARGIN] = int(margin.rate * c.RATE)
        if fees is not None:
            contract_fee = fees.basis == "contract"
            size = c.UNIT if contract_fee else c.RATE
            first = c.G_OPEN_FIXED if contract_fee else c.G_OPEN_FEE
            for column, fee in enumerate((fees.open, fees.close, fees.close_today), start=first):
                rates[column] = int(fee * size)
        return rates
    pairs = _pairs(book, subject)
    day = max(day, pairs[0].since)
    pair = book.crypto_pair(subject, day) or pairs[-1]
    coin_fees = book.crypto_fees(subject, day)
    unit = step_of(instrument)
    rates[c.G_TICK] = max(int(pair.tick * int(instrument[c.I_SCALE])), 1)
    rates[c.G_LOT] = -int(-pair.minimum_quantity // unit)
    rates[c.G_LOT_STEP] = int(pair.step / unit)
    rates[c.G_MIN_VALUE] = int(pair.minimum_notional * c.UNIT)
    if coin_fees is not None:
        rates[c.G_COMMISSION] = int(coin_fees.taker * c.RATE)
        rates[c.G_MAKER] = int(coin_fees.maker * c.RATE)
    return rates


def step_of(instrument: Ints) -> Decimal:
    """Give how much of a coin one of its quantity units is."""
    return Decimal(int(instrument[c.I_NUM])) * int(instrument[c.I_SCALE]) / (int(instrument[c.I_DEN]) * Decimal(c.UNIT))


def _contracts(book: Rulebook, subject: Subject) -> list[ContractRow]:
    rows = [row for row in book.tables.contract if subject.product_key in row.products]
    if not rows:
        raise RuleDataError(f"contract: no row holds for {subject.symbol}; add its terms to futures_contracts.toml")
    return sorted(rows, key=lambda row: row.since)


def _pairs(book: Rulebook, subject: Subject) -> list[CryptoPairRow]:
    keys = (f"{subject.pair}.{subject.exchange}", f"*.{subject.exchange}")
    own, default = ([row for row in book.tables.crypto_pair if key in row.pairs] for key in keys)
    if not own and not default:
        raise RuleDataError(f"crypto_pair: no row holds for {subject.symbol}; add one to crypto.toml")
    return sorted(own or default, key=lambda row: row.since)
