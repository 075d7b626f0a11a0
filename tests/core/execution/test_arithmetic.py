"""The compiled arithmetic equals its exact counterparts, and stays exact at the sizes a run may have."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any, cast

import numba
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.execution import arithmetic
from quantdesk.core.rules.limits import PriceLimitRule, limit_ticks
from quantdesk.core.rules.lots import Lot

EXACT = settings(deadline=None)
"""The first call compiles."""
LOTS = st.sampled_from([(100, 100), (200, 1), (100, 1), (1, 1)])


def _callable(function: Any) -> Any:
    """Give a kernel function in a form that Python can call: compiled, as the simulator runs it."""
    names = ", ".join(f"a{number}" for number in range(function.py_func.__code__.co_argcount))
    scope = {"function": function}
    exec(f"def call({names}):\n    return function({names})", scope)  # noqa: S102 - a wrapper of as many arguments
    return numba.njit(error_model="numpy")(scope["call"])


share_of = _callable(arithmetic.share_of)
limit_units = _callable(arithmetic.limit_units)
limit_units_within = _callable(arithmetic.limit_units_within)
turnover = _callable(arithmetic.turnover)
buy_quantity = _callable(arithmetic.buy_quantity)
sell_quantity = _callable(arithmetic.sell_quantity)


@EXACT
@given(
    base=st.integers(1, 500_000),
    points=st.sampled_from([500, 1000, 2000, 3000, 4400, 3600]),
    tick=st.sampled_from([1, 10, 100, 10_000]),
)
def test_limit_prices_are_those_of_the_rulebook(base: int, points: int, tick: int) -> None:
    rate = Decimal(points) / 10_000
    rule = PriceLimitRule(cast(Any, SimpleNamespace()), rate, rate, "preclose")

    found = limit_ticks(base, rule)

    assert found == (limit_units(base * tick, points, tick) // tick, limit_units(base * tick, -points, tick) // tick)


@EXACT
@given(
    base=st.integers(1_000, 10**9),
    points=st.sampled_from([50, 200, 700, 1000]),
    tick=st.sampled_from([50, 2_000, 10_000]),
)
def test_limits_of_futures_are_rounded_towards_the_settlement_price(base: int, points: int, tick: int) -> None:
    rate, price = Decimal(points) / 10_000, Decimal(base)

    up = (price * (1 + rate) / tick).to_integral_value(ROUND_FLOOR) * tick
    down = (price * (1 - rate) / tick).to_integral_value(ROUND_CEILING) * tick

    assert limit_units_within(base, points, tick) == up
    assert limit_units_within(base, -points, tick) == down


@EXACT
@given(
    amount=st.integers(0, 10**16), rate=st.integers(0, 10_000_000), step=st.sampled_from([1, 100])
)  # up to 10 % of a trillion yuan
def test_fees_are_rounded_half_up(amount: int, rate: int, step: int) -> None:
    exact = Decimal(amount) * rate / 100_000_000 / step

    assert share_of(amount, rate, step) == exact.to_integral_value(ROUND_HALF_UP) * step


@EXACT
@given(
    price=st.integers(1, 10**8),
    quantity=st.integers(1, 10**9),
    terms=st.sampled_from([(1, 1), (10, 1), (1, 100_000), (1, 100_000_000)]),
)
def test_turnover_is_price_times_quantity_half_up(price: int, quantity: int, terms: tuple[int, int]) -> None:
    exact = Decimal(price) * quantity * terms[0] / terms[1]

    assert turnover(price, quantity, *terms) == exact.to_integral_value(ROUND_HALF_UP)


@EXACT
@given(quantity=st.integers(0, 2_000), lot=LOTS)
def test_orders_to_buy_are_rounded_as_lots_say(quantity: int, lot: tuple[int, int]) -> None:
    assert buy_quantity(quantity, *lot) == Lot(*lot).round_down(quantity)


@EXACT
@given(quantity=st.integers(0, 1_000), held=st.integers(1, 1_000), lot=LOTS)
def test_orders_to_sell_are_the_largest_that_may_be_sold(quantity: int, held: int, lot: tuple[int, int]) -> None:
    largest = next((q for q in range(min(quantity, held), 0, -1) if Lot(*lot).sellable(q, held)), 0)

    assert sell_quantity(quantity, held, *lot) == largest
