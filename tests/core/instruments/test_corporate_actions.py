"""Ex-right reference prices by hand, and what a corporate action may not be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.instruments.actions import (
    CorporateAction,
    CorporateActionError,
    by_ex_date,
    combined,
    ex_right_price,
)
from quantdesk.core.instruments.symbol import SymbolError

D = Decimal
DAY = dt.date(2010, 6, 10)
CENT = D("0.01")


def action(**amounts: object) -> CorporateAction:
    return CorporateAction("600000.SH", DAY, **amounts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("close", "given_to_a_share", "expected"),
    [
        # 10 派 1.5: 17.73 - 0.15.
        ("17.73", {"cash": D("0.15")}, "17.58"),
        # 10 送 3 派 1.5: (17.90 - 0.15) / 1.3 = 13.6538...
        ("17.90", {"cash": D("0.15"), "bonus": D("0.3")}, "13.65"),
        # 10 送 1 转 1 派 3: (30.00 - 0.30) / 1.2 = 24.75 exactly.
        ("30.00", {"cash": D("0.3"), "bonus": D("0.1"), "conversion": D("0.1")}, "24.75"),
        # Half a cent goes up: 10.01 - 0.005 = 10.005.
        ("10.01", {"cash": D("0.005")}, "10.01"),
        # Just below half goes down: 10.01 - 0.0051.
        ("10.01", {"cash": D("0.0051")}, "10.00"),
        # 10 配 2 at 18: (26.00 + 3.60) / 1.2 = 24.666...
        ("26.00", {"rights": D("0.2"), "rights_price": D("18")}, "24.67"),
        # A share into four, then four shares into one.
        ("40.02", {"split": D("4")}, "10.01"),
        ("10.00", {"split": D("0.25")}, "40.00"),
    ],
)
def test_reference_price_by_hand(close: str, given_to_a_share: dict[str, D], expected: str) -> None:
    assert ex_right_price(D(close), action(**given_to_a_share), CENT) == D(expected)


def test_shanghai_b_share_is_rounded_to_a_thousandth() -> None:
    paid = CorporateAction("900942.SH", DAY, cash=D("0.0106"))
    assert ex_right_price(D("1.234"), paid, D("0.001")) == D("1.223")


@given(
    cents=st.integers(100, 10**6),
    cash=st.integers(0, 99),
    bonus=st.integers(0, 3 * 10**8),
    rights=st.integers(0, 10**8),
    price=st.integers(1, 10**6),
)
def test_value_is_conserved_to_half_a_tick_a_share(cents: int, cash: int, bonus: int, rights: int, price: int) -> None:
    if cash + bonus + rights == 0:
        return
    close, amounts = D(cents) / 100, {"cash": D(cash) / 100, "bonus": D(bonus).scaleb(-8)}
    if rights:
        amounts |= {"rights": D(rights).scaleb(-8), "rights_price": D(price) / 100}
    given_action = action(**amounts)
    try:
        reference = ex_right_price(close, given_action, CENT)
    except ValueError:
        assert (cents - cash) * 10**8 * 2 < 10**8 + bonus + rights + 2 * price * rights
        return
    shares = 1 + Fraction(bonus + rights, 10**8)
    before = Fraction(close) + Fraction(price, 100) * Fraction(rights, 10**8)
    after = Fraction(reference) * shares + Fraction(cash, 100)
    assert abs(after - before) <= Fraction(1, 200) * shares
    assert reference == reference.quantize(CENT)


def test_cash_that_leaves_less_than_a_tick_is_refused() -> None:
    with pytest.raises(ValueError, match=r"less than a tick is left of 1\.50"):
        ex_right_price(D("1.50"), action(cash=D("1.5")), CENT)
    with pytest.raises(ValueError, match="must both be above 0"):
        ex_right_price(D("0"), action(cash=D("1.5")), CENT)


@pytest.mark.parametrize(
    ("amounts", "field"),
    [
        ({}, "cash"),
        ({"cash": D("-0.1")}, "cash"),
        ({"cash": D("NaN")}, "cash"),
        ({"bonus": D("Infinity")}, "bonus"),
        ({"conversion": D("0.000000001")}, "conversion"),
        ({"cash": D("10001")}, "cash"),
        ({"split": D("0")}, "split"),
        ({"rights": D("0.3")}, "rights_price"),
        ({"rights": D("0.3"), "rights_price": D("0")}, "rights_price"),
        ({"cash": D("1"), "rights_price": D("5")}, "rights"),
        ({"cash": D("1"), "announced": dt.date(2010, 6, 11)}, "announced"),
        ({"cash": D("1"), "pay_date": dt.date(2010, 6, 9)}, "pay_date"),
        ({"bonus": D("1"), "list_date": dt.date(2010, 6, 9)}, "list_date"),
    ],
)
def test_impossible_actions_name_the_field(amounts: dict[str, object], field: str) -> None:
    with pytest.raises(CorporateActionError) as caught:
        action(**amounts)
    assert caught.value.field == field


def test_symbol_must_be_canonical() -> None:
    with pytest.raises(SymbolError, match="sh600000"):
        CorporateAction("sh600000", DAY, cash=D(1))


def test_actions_of_one_day_combine_to_the_same_price_in_any_order() -> None:
    parts = [
        action(cash=D("0.1"), announced=dt.date(2010, 6, 1), pay_date=DAY),
        action(bonus=D("0.3"), announced=dt.date(2010, 5, 20), pay_date=dt.date(2010, 6, 12)),
        action(rights=D("0.2"), rights_price=D("4")),
        action(rights=D("0.2"), rights_price=D("6")),
    ]
    whole = combined(parts)
    assert whole == combined(parts[::-1])
    assert (whole.cash, whole.bonus, whole.rights, whole.rights_price) == (D("0.1"), D("0.3"), D("0.4"), D("5"))
    assert (whole.announced, whole.pay_date) == (dt.date(2010, 5, 20), dt.date(2010, 6, 12))
    # (10 - 0.1 + 2) / 1.7 = 7.0
    assert ex_right_price(D("10"), whole, CENT) == D("7.00")


def test_days_and_symbols_are_kept_apart_and_sorted() -> None:
    later, other = (
        replace(action(cash=D(1)), ex_date=dt.date(2011, 1, 4)),
        CorporateAction("000001.SZ", DAY, cash=D(1)),
    )
    found = by_ex_date([later, action(cash=D(1)), other, action(bonus=D(1))])
    assert list(found) == ["000001.SZ", "600000.SH"]
    assert [(a.ex_date, a.cash, a.bonus) for a in found["600000.SH"]] == [(DAY, 1, 1), (later.ex_date, 1, 0)]
    with pytest.raises(ValueError, match="not one day of one symbol"):
        combined([later, other])
    with pytest.raises(ValueError, match="two splits"):
        combined([action(split=D(2)), action(split=D(3))])


def test_words_say_what_ten_shares_get() -> None:
    whole = action(cash=D("0.15"), bonus=D("0.3"), conversion=D("0.5"), rights=D("0.2"), rights_price=D("8.80"))
    assert whole.words()[0] == "10送3转5派1.5配2(配股价8.8)"
    assert whole.words()[1] == (
        "for 10 shares: 3 bonus shares, 5 shares of the reserves, 1.5 in cash before tax, rights to 2 shares at 8.8"
    )
    assert whole.kinds == ("cash_dividend", "bonus_share", "conversion", "rights_issue")
    assert action(split=D("2.5")).words()[0] == "10拆为25"
