"""Columns and codes of the simulator's integer tables.

The kernel reads them as compile-time constants. Prices and money are integers of 1e-4 of the currency, quantities
integers of the instrument's smallest quantity (one share, one contract, one step of a coin).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNIT = 10_000
"""Money units of one yuan (or other currency); price units too, but for coins with a finer tick."""
FEN = 100
"""Money units of 0.01."""
RATE = 100_000_000
"""Rates are integers of 1e-8."""
BASIS = 10_000
"""Price limits are integers of basis points."""

# What a symbol does at a step.
ABSENT, TRADES, SUSPENDED = 0, 1, 2

# Kinds of instruments.
CASH_STOCK, FUTURE, COIN = 0, 1, 2

# Orders: side, type, validity, status, phase of the bar.
BUY, SELL = 1, -1
MARKET, LIMIT, STOP, STOP_LIMIT, AT_OPEN, AT_CLOSE = 0, 1, 2, 3, 4, 5
DAY, UNTIL_CANCELLED = 0, 1
OPEN, PARTIAL, FILLED, CANCELLED, EXPIRED, REJECTED = 0, 1, 2, 3, 4, 5
PHASE_OPEN, PHASE_WITHIN, PHASE_CLOSE = 0, 1, 2

# When a market order is filled.
NEXT_OPEN, SAME_CLOSE, NEXT_AVERAGE = 0, 1, 2

# Slippage.
SLIP_PERCENT, SLIP_TICKS, SLIP_IMPACT = 0, 1, 2

# Why an order was refused or cut.
(
    R_NONE, R_LOT, R_CASH, R_POSITION, R_PRICE, R_DATA, R_T_PLUS_1, R_LIMIT_UP, R_LIMIT_DOWN, R_OUTSIDE_LIMITS,
    R_SUSPENDED, R_NOT_LISTED, R_DELISTED, R_VOLUME, R_NOT_REACHED, R_MARGIN, R_MINIMUM,
) = range(17)  # fmt: skip

# Columns of `orders`.
(
    O_SYMBOL, O_SIDE, O_TYPE, O_QTY, O_LIMIT, O_STOP, O_VALID, O_CREATED, O_STATUS, O_FILLED, O_AMOUNT, O_CLOSED,
    O_TRIGGERED, O_DAY, O_DAY_AMOUNT, O_DAY_COMMISSION, O_TOLD, O_FORCED, O_ASKED, O_COLUMNS,
) = range(20)  # fmt: skip
"""QTY: what may be filled, after cuts. ASKED: what was asked for. TRIGGERED: the stop was reached. DAY: trading day of
DAY_AMOUNT and DAY_COMMISSION, the turnover and commission of the order that day. TOLD: day * 32 + rule of the last
refusal, so that one is told once a day. FORCED: closes a position after a margin call."""

# Columns of `fills`.
(
    F_ORDER, F_STEP, F_SYMBOL, F_SIDE, F_QTY, F_PRICE, F_AMOUNT, F_COMMISSION, F_DUTY, F_TRANSFER, F_SLIPPAGE, F_TAX,
    F_POSITION, F_CASH, F_COLUMNS,
) = range(15)  # fmt: skip

# Columns of `refusals`. A and B: the two figures that the rule compared.
X_ORDER, X_STEP, X_SYMBOL, X_SIDE, X_RULE, X_WANTED, X_ALLOWED, X_PRICE, X_LIMIT, X_A, X_B, X_COLUMNS = range(12)

# Columns of `events`: what corporate actions, delistings and margin calls did.
E_STEP, E_SYMBOL, E_KIND, E_QTY, E_CASH, E_POSITION, E_COLUMNS = range(7)
(
    EV_DIVIDEND, EV_BONUS, EV_CONVERSION, EV_SPLIT, EV_RIGHTS, EV_RIGHTS_LAPSED, EV_EX_RIGHT, EV_DELISTED,
    EV_MARGIN_CALL,
) = range(9)  # fmt: skip

# Columns of `lots`: shares bought together, oldest first. TAXABLE: dividends received, one column a tax era.
ERAS = 4
L_STEP, L_QTY, L_NEXT, L_TAXABLE = 0, 1, 2, 3
L_COLUMNS = L_TAXABLE + ERAS

# Columns of `position`.
P_QTY, P_TODAY, P_DAY, P_FIRST, P_LAST, P_PRICE, P_USED, P_USED_STEP, P_COLUMNS = range(9)
"""TODAY: bought (opened) on trading day DAY. FIRST, LAST: lots. PRICE: last known price. USED: volume taken at
USED_STEP."""

# Slots of `account`.
(
    A_CASH, A_ORDERS, A_FILLS, A_REFUSALS, A_EVENTS, A_LOTS, A_FREE_LOT, A_ACTIVE, A_STEP, A_COMMISSION, A_DUTY,
    A_TRANSFER, A_SLIPPAGE, A_TAX, A_START, A_COLUMNS,
) = range(16)  # fmt: skip
"""LOTS: lots ever used. FREE_LOT: head of the list of free ones, -1 for none. STEP: steps done."""

# Columns of `rates`, one row a step and rule group.
(
    G_TICK, G_LOT, G_LOT_STEP, G_SETTLEMENT, G_DUTY_BUY, G_DUTY_SELL, G_TRANSFER, G_TRANSFER_FACE, G_COMMISSION,
    G_COMMISSION_MIN, G_MARGIN, G_OPEN_FEE, G_CLOSE_FEE, G_TODAY_FEE, G_OPEN_FIXED, G_CLOSE_FIXED, G_TODAY_FIXED,
    G_MIN_VALUE, G_MAKER, G_COLUMNS,
) = range(20)  # fmt: skip
"""TICK in price units; duties, fees, margin in 1e-8 of turnover; TRANSFER_FACE 1: of face value (1 yuan a share);
*_FIXED in money units a contract; MIN_VALUE in money units. COMMISSION is a coin's taker, MAKER its maker fee."""

# Columns of `instrument`.
I_GROUP, I_KIND, I_SCALE, I_NUM, I_DEN, I_ROUND, I_DELISTED, I_COLUMNS = range(8)
"""SCALE: price units of one currency unit, more than UNIT for a finer tick. amount = price * quantity * NUM / DEN.
ROUND: fees are rounded to so many money units. DELISTED: step from which it is no longer listed, -1 for never."""

# Columns of `actions`, sorted by step. Shares in 1e-8 a share, CASH in 1e-8 currency a share.
C_SYMBOL, C_CASH, C_BONUS, C_CONVERSION, C_RIGHTS, C_RIGHTS_PRICE, C_ERA, C_KIND, C_COLUMNS = range(9)
"""BONUS shares are taxed at a par of 1 yuan; conversion shares and splits are not."""
KNOWN, DERIVED, DELISTED = 0, 1, 2
"""Kinds of actions. DERIVED: made from an ex-right previous close alone."""
SHARE = 100_000_000

# Slots of `settings` and `factors`.
(
    S_FILL, S_LIMITS, S_SETTLEMENT, S_LOTS, S_SLIPPAGE, S_COMMISSION, S_COMMISSION_MIN, S_DUTY, S_TRANSFER, S_RIGHTS,
    S_TAX, S_ADJUSTED, S_COLUMNS,
) = range(13)  # fmt: skip
"""DUTY and TRANSFER: rate in 1e-8, or -1 for the rulebook's. COMMISSION -1: the group's own."""
V_SLIPPAGE, V_VOLUME_SHARE, V_COLUMNS = range(3)
"""VOLUME_SHARE 0: no bound."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Market(NamedTuple):
    """All that is the same for every run on these bars. Steps x symbols, C-ordered; NaN where there is no bar."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    """Quantity units; NaN: unknown, no bound."""
    amount: Floats
    """Turnover in currency; NaN: unknown."""
    preclose: Floats
    """Ex-right previous close."""
    state: NDArray[np.uint8]
    limit_up: NDArray[np.int16]
    limit_down: NDArray[np.int16]
    """Basis points of the previous close; -1 for no limit."""
    scale: Floats
    """Traded price / raw price of each bar; shape (0, 0) when the prices are raw."""
    rates: Ints
    """[steps, groups, G_COLUMNS]."""
    instrument: Ints
    """[symbols, I_COLUMNS]."""
    day: Ints
    """Trading day of each step, days since 1970-01-01."""
    day_end: NDArray[np.uint8]
    """1 at the last step of its trading day."""
    held_until: Ints
    """[steps, 2]: last day of sale that counts as held for one month, for twelve months, when bought at this step."""
    actions: Ints
    action_start: Ints
    """[steps + 1]: rows of `actions` that belong to a step."""
    tax: Ints
    """[ERAS, 3]: dividend tax in 1e-8 when held up to a month, up to twelve months, longer."""
    settings: Ints
    factors: Floats


class State(NamedTuple):
    """One run: the account and its records. The kernel writes into the arrays; the Simulator lets them grow."""

    account: Ints
    position: Ints
    """[symbols, P_COLUMNS]."""
    lots: Ints
    orders: Ints
    active: Ints
    """Numbers of the orders that may still be filled, in order of submission."""
    fills: Ints
    refusals: Ints
    events: Ints
    equity: Ints
    cash: Ints
    """Both [steps], money units, at the close of each step."""
