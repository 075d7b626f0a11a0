"""Limit prices, exact: integers of the price tick, rounded half up (futures: towards the base)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from quantdesk.core.rules.derivative_rows import CryptoPairRow, FuturesLimitRow
from quantdesk.core.rules.rows import EventRow, FirstDaysRow, LimitRow

_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class PriceLimitRule:
    """The price limit of an instrument on a day."""

    row: LimitRow | FirstDaysRow | EventRow | FuturesLimitRow | CryptoPairRow
    up: Decimal | None
    down: Decimal | None
    """Fractions of the base, both None where there is no limit."""
    base: Literal["preclose", "issue_price", "settlement"]
    """settlement: the previous settlement price; limits of futures are rounded towards it."""

    @property
    def unlimited(self) -> bool:
        return self.up is None


def limit_ticks(base: int, rule: PriceLimitRule) -> tuple[int, int] | None:
    """Give (up, down) in ticks from a base in ticks; None where there is no limit.

    Each is base x (1 ± rate) rounded half up to a tick, of futures to the tick within; where that would not move
    by a tick it moves by one, and it is at least one tick (SSE and SZSE Trading Rules). Raise ValueError for a base
    below one tick.
    """
    if base < 1:
        raise ValueError(f"base {base} is below one tick; give the ex-right previous close in ticks")
    if rule.up is None or rule.down is None:
        return None
    up = base * (_BASIS_POINTS + _points(rule.up))
    down = base * (_BASIS_POINTS - _points(rule.down))
    if rule.base == "settlement":
        up, down = up // _BASIS_POINTS, -(-down // _BASIS_POINTS)
    else:
        up, down = _half_up(up), _half_up(down)
    return max(up, base + 1), max(min(down, base - 1), 1)


def limit_prices(preclose: Decimal, rule: PriceLimitRule, tick: Decimal) -> tuple[Decimal, Decimal] | None:
    """Give the limit prices (up, down) from the ex-right previous close; None where there is no limit.

    For a rule on the issue price give that price, for one on the settlement price the settlement price of the day
    before, which may lie between two ticks. Raise ValueError when another is no multiple of the tick.
    """
    if rule.base == "settlement" and rule.up is not None and rule.down is not None:
        up = (preclose * (1 + rule.up) / tick).to_integral_value(ROUND_FLOOR)
        down = (preclose * (1 - rule.down) / tick).to_integral_value(ROUND_CEILING)
        return up * tick, down * tick
    ticks = preclose / tick
    if ticks != ticks.to_integral_value():
        raise ValueError(f"price {preclose} is no multiple of the tick {tick}; round it to the tick first")
    found = limit_ticks(int(ticks), rule)
    return None if found is None else (found[0] * tick, found[1] * tick)


def _points(rate: Decimal) -> int:
    return int(rate * _BASIS_POINTS)


def _half_up(scaled: int) -> int:
    return (2 * scaled + _BASIS_POINTS) // (2 * _BASIS_POINTS)
