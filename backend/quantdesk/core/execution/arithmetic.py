"""Exact arithmetic of prices and money."""

from __future__ import annotations

from math import floor

from quantdesk.core.execution.jit import kernel
from quantdesk.core.execution.layout import BASIS, RATE


@kernel
def units(price: float, scale: int) -> int:
    """Give a price in units of 1 / scale, rounded half up."""
    return int(floor(price * scale + 0.5))  # noqa: RUF046 - numba's floor gives a float


@kernel
def share_of(amount: int, rate: int, step: int) -> int:
    """Give amount * rate / RATE rounded half up to a multiple of `step`, without leaving 64 bits."""
    size = RATE * step
    whole = amount // size
    rest = amount - whole * size
    return (whole * rate + (rest * rate + size // 2) // size) * step


@kernel
def turnover(price: int, quantity: int, num: int, den: int) -> int:
    """Give price * quantity * num / den, rounded half up to a money unit."""
    if den == 1:
        return price * quantity * num
    return (price * quantity * num + den // 2) // den


@kernel
def limit_units(preclose: int, points: int, tick: int) -> int:
    """Give a limit price in units: preclose * (1 + points / 10000) rounded half up to a tick, at least a tick away.

    The counterpart of core.rules.limits.limit_ticks, which the tests hold it against. `points` is negative for the
    lower limit.
    """
    base = (preclose + tick // 2) // tick
    moved = (2 * base * (BASIS + points) + BASIS) // (2 * BASIS)
    if points >= 0:
        return max(moved, base + 1) * tick
    return max(min(moved, base - 1), 1) * tick


@kernel
def limit_units_within(base: int, points: int, tick: int) -> int:
    """Give a future's limit price: like limit_units, but rounded to the tick towards the base, which may lie off it."""
    moved = base * (BASIS + points)
    size = BASIS * tick
    return moved // size * tick if points >= 0 else (moved + size - 1) // size * tick


@kernel
def buy_quantity(quantity: int, minimum: int, step: int) -> int:
    """Give the largest quantity an order to buy may have, not above `quantity`."""
    if quantity < minimum:
        return 0
    return quantity - (quantity - minimum) % step


@kernel
def sell_quantity(quantity: int, held: int, minimum: int, step: int) -> int:
    """Give the largest quantity not above `quantity` that may be sold of `held`: odd lots go at once or not at all."""
    if quantity >= held:
        return held
    best = buy_quantity(quantity, minimum, step)
    rest = held % step
    if 0 < rest <= quantity:
        best = max(best, (quantity - rest) // step * step + rest)
    return best
