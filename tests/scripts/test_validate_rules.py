"""The check of the rules finds what is planted in made bars."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import rulebook
from scripts import validate_rules
from tests.fakes.made_bars import bars_of

CENT = Decimal("0.01")
EX_DAY = dt.date(2012, 3, 7)
PAID = CorporateAction("600000.SH", EX_DAY, cash=Decimal("0.5"))


def made(preclose: float = 10.5) -> Bars:
    """Closes 10, 11, 10.5: on the third day, a Wednesday, half a yuan is paid on the last close of 11."""
    bars = bars_of("600000.SH", [10, 11, 10.5], start="2012-03-05")
    before = bars.preclose.copy()
    before[:] = [10, 10, preclose]
    flat = {name: bars.close.copy() for name in ("open", "high", "low")}
    return dataclasses.replace(bars, preclose=before, **flat)


def test_an_ex_date_is_reproduced_or_missed_by_a_cent() -> None:
    good = validate_rules.check_ex_rights({"600000.SH": made()}, [PAID], CENT)
    assert (good.reproduced, good.missed, good.unannounced) == (1, {}, {})
    bad = validate_rules.check_ex_rights({"600000.SH": made(10.51)}, [PAID], CENT)
    assert bad.missed == {
        ("600000.SH", EX_DAY): "10派5: last close 11.00, computed 10.50, previous close 10.51",
    }


def test_a_fallen_previous_close_without_an_action_is_told() -> None:
    later = dataclasses.replace(PAID, ex_date=dt.date(2012, 3, 8))
    found = validate_rules.check_ex_rights({"600000.SH": made()}, [later], CENT)
    assert found.unannounced == {("600000.SH", EX_DAY): "last close 11.00, previous 10.50"}
    assert found.missed == {("600000.SH", later.ex_date): "no bar on the ex-date"}


def test_ex_dates_before_the_first_bar_are_counted_apart() -> None:
    early = dataclasses.replace(PAID, ex_date=dt.date(2011, 3, 8))
    found = validate_rules.check_ex_rights({"600000.SH": made()}, [early, PAID], CENT)
    assert (found.actions, found.no_bars, found.reproduced) == (2, [("600000.SH", early.ex_date)], 1)


def test_a_row_beyond_its_limit_is_told_with_its_numbers() -> None:
    bars = made()
    high = bars.high.copy()
    high[1] = 11.01
    found = validate_rules.check_limits([dataclasses.replace(bars, high=high)], rulebook(), {}, {})
    assert found.beyond == {
        ("600000.SH", dt.date(2012, 3, 6)): "high 11.01, low 11.00, close 11.00; limits 9.00 to 11.00"
    }
    assert found.at_limit == {"limit.main.10": 1}


def test_a_first_bar_shared_by_many_symbols_is_no_listing() -> None:
    many = [bars_of(f"{600000 + n}.SH", [10, 11], start="2012-03-05") for n in range(10)]
    alone = bars_of("600100.SH", [10, 11], start="2012-03-06")
    assert validate_rules.listing_days([*many, alone]) == {"600100.SH": dt.date(2012, 3, 6)}


def test_files_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("symbol,ex_date,cash\n600000.SH,2012-03-07,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="first a file of daily bars"):
        validate_rules.read(path, path)
