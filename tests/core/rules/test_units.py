"""Ticks, lots and odd lots."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.rules.book import lot_size, price_tick, rulebook
from quantdesk.core.rules.lots import Lot


def test_price_ticks() -> None:
    assert price_tick("600519.SH") == Decimal("0.01")
    assert price_tick("510300.SH") == Decimal("0.001")
    assert price_tick("900901.SH") == Decimal("0.001")
    assert price_tick("200012.SZ") == Decimal("0.01")
    assert price_tick("900001.DEMO") == Decimal("0.01")
    assert price_tick("600519.SH", "etf") == Decimal("0.001")


def test_funds_went_from_a_fen_to_a_tenth_of_it_on_2003_03_03() -> None:
    fund = rulebook().subject("500001.SH")
    before, after = (rulebook().tick(fund, dt.date(2003, 3, day)) for day in (2, 3))
    assert before is not None
    assert after is not None
    assert (before.size, after.size) == (Decimal("0.01"), Decimal("0.001"))


@pytest.mark.parametrize(
    ("board", "quantity", "rounded"),
    [
        ("main", 99, 0), ("main", 100, 100), ("main", 199, 100), ("chinext", 250, 200), (None, 350, 300),
        ("star", 199, 0), ("star", 200, 200), ("star", 201, 201), ("bse", 99, 0), ("bse", 101, 101),
    ],
)  # fmt: skip
def test_a_quantity_is_rounded_down_to_the_boards_lot(board: str | None, quantity: int, rounded: int) -> None:
    assert lot_size(board).round_down(quantity) == rounded


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, 10**9))
def test_a_rounded_quantity_is_permitted_and_the_largest(minimum: int, step: int, quantity: int) -> None:
    rounded = Lot(minimum, step).round_down(quantity)
    assert rounded == 0 or (rounded >= minimum and (rounded - minimum) % step == 0)
    assert quantity - rounded < max(step, minimum)


@pytest.mark.parametrize(
    ("board", "quantity", "held", "may"),
    [
        ("main", 150, 150, True), ("main", 50, 150, True), ("main", 100, 150, True), ("main", 30, 150, False),
        ("main", 150, 250, True), ("main", 120, 250, False), ("main", 300, 250, False), ("main", 0, 250, False),
        ("star", 150, 150, True), ("star", 100, 150, False), ("star", 201, 350, True), ("star", 150, 350, False),
        ("bse", 101, 300, True), ("bse", 60, 60, True), ("bse", 60, 300, False),
    ],
)  # fmt: skip
def test_an_odd_rest_is_sold_at_once(board: str, quantity: int, held: int, may: bool) -> None:
    assert lot_size(board).sellable(quantity, held) is may


def test_the_largest_orders() -> None:
    def largest(symbol: str, day: dt.date) -> tuple[int | None, int | None]:
        row = rulebook().lot(rulebook().subject(symbol), day)
        assert row is not None
        return row.max_limit, row.max_market

    assert largest("300750.SZ", dt.date(2020, 8, 23)) == (1_000_000, 1_000_000)
    assert largest("300750.SZ", dt.date(2020, 8, 24)) == (300_000, 150_000)
    assert largest("688981.SH", dt.date(2024, 1, 2)) == (100_000, 50_000)
    assert largest("600519.SH", dt.date(2024, 1, 2)) == (1_000_000, 1_000_000)
