"""Limit prices and ex-right prices against fifteen years of real daily bars."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import price_tick, rulebook
from quantdesk.core.rules.rows import Event
from scripts import validate_rules

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
DAILY = DATA / "ashare" / "daily.parquet"
ACTIONS = DATA / "reference" / "corporate_actions_1986_2011.parquet"
NEEDS = pytest.mark.skipif(
    not (DAILY.exists() and ACTIONS.exists()), reason="../shared/data/ashare and reference are not here"
)
Real = tuple[dict[str, Bars], list[CorporateAction]]


@pytest.fixture(scope="module")
def real() -> Real:
    return validate_rules.read(DAILY, ACTIONS)


@pytest.mark.data
@NEEDS
def test_no_bar_leaves_its_limits_but_on_two_relistings_and_thousands_close_on_them(real: Real) -> None:
    series, _ = real
    listed = validate_rules.listing_days(series.values())
    assert len(listed) == 194 - 93 - 22
    found = validate_rules.check_limits(series.values(), rulebook(), listed, {})
    assert set(found.beyond) == {
        ("000776.SZ", dt.date(2010, 2, 12)),
        ("600372.SH", dt.date(2010, 9, 20)),
    }
    assert found.beyond.keys() <= validate_rules.EXPLAINED.keys()
    assert (found.rows, found.suspended, found.resumed) == (529_445, 9_839, 1_268)
    assert (sum(found.limited.values()), sum(found.free.values())) == (519_496, 110)
    assert found.at_limit == {
        "limit.main.10": 6_020,
        "limit.main.st.5": 78,
        "limit.chinext.10": 65,
        "limit.chinext.20": 46,
        "limit.star.20": 31,
        "first.main.44_36": 33,
        "first.chinext.44_36": 1,
    }
    # The check sees a wrong rounding at once.
    assert found.beyond_if_cut == 3_264


@pytest.mark.data
@NEEDS
def test_the_two_relistings_have_no_limit_once_the_rulebook_is_told_of_them(real: Real) -> None:
    series, _ = real
    days: dict[validate_rules.Key, Event] = {
        ("000776.SZ", dt.date(2010, 2, 12)): "relisting",
        ("600372.SH", dt.date(2010, 9, 20)): "relisting",
    }
    found = validate_rules.check_limits([series[symbol] for symbol, _ in days], rulebook(), {}, days)
    assert found.beyond == {}
    assert sum(found.free.values()) == 2


@pytest.mark.data
@NEEDS
def test_every_previous_close_of_2010_and_2011_follows_from_its_corporate_action(real: Real) -> None:
    series, actions = real
    since_2010 = [action for action in actions if action.ex_date >= dt.date(2010, 1, 1)]
    found = validate_rules.check_ex_rights(series, since_2010, price_tick("600519.SH"))
    assert found.missed == {}
    assert (found.actions, len(found.no_bars), found.reproduced) == (201, 14, 187)
    assert {series[symbol].time[0].item() for symbol, _ in found.no_bars} == {dt.date(2020, 1, 2)}
    assert sum(count for kinds, count in found.kinds.items() if "rights_issue" in kinds) == 5
    assert found.after_suspension == 7
    # The check sees a wrong rounding, and a previous close that no action explains.
    assert found.missed_if_cut == 41
    assert set(found.unannounced) == {("601607.SH", dt.date(2010, 3, 5))}
    assert found.unannounced.keys() <= validate_rules.EXPLAINED.keys()


FUNDS = DATA / "etf" / "daily_qfq.parquet"


@pytest.mark.data
@pytest.mark.skipif(not FUNDS.exists(), reason="../shared/data/etf/daily_qfq.parquet is not here")
def test_fund_prices_are_multiples_of_their_tick_and_need_it() -> None:
    closes = pd.read_parquet(FUNDS).close.to_numpy()
    tick = float(price_tick("510300.SH"))
    assert np.abs(closes / tick - np.rint(closes / tick)).max() < 1e-6
    assert (np.rint(closes / tick) % 10 != 0).mean() > 0.8
