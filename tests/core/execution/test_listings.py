"""Days of listing read from the bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.listings import listings_of
from quantdesk.core.instruments.actions import CorporateAction, CorporateActionError
from tests.fakes.made_bars import bars_of


def first_day(symbol: str, issue_price: float, closes: list[float], start: str) -> Bars:
    bars = bars_of(symbol, closes, start=start)
    preclose = bars.preclose.copy()
    preclose[0] = issue_price
    return replace(bars, preclose=preclose)


@pytest.mark.parametrize(
    ("symbol", "closes", "start", "listed"),
    [
        ("603000.SH", [14.4, 15.84], "2016-03-01", True),  # the 44 % of an issue
        ("688981.SH", [27.0, 26.0], "2020-07-16", True),  # no limit on STAR
        ("600519.SH", [10.5, 10.6], "2016-03-01", False),  # may be any day
        ("300750.SZ", [11.9, 12.0], "2021-03-01", False),  # within ChiNext's 20 %
    ],
)
def test_a_first_bar_beyond_the_ordinary_limit_is_the_day_of_listing(symbol, closes, start, listed):
    found = listings_of([first_day(symbol, 10.0, closes, start)])
    assert found == ({symbol: Listing(listed=dt.date.fromisoformat(start))} if listed else {})


def test_without_a_previous_close_nothing_is_guessed():
    bars = bars_of("600519.SH", [10.0, 11.0])
    preclose = bars.preclose.copy()
    preclose[0] = float("nan")
    assert listings_of([replace(bars, preclose=preclose)]) == {}


def test_known_days_of_listing_and_delisting_come_with_the_actions():
    actions = {
        "600519.SH": [
            CorporateAction("600519.SH", dt.date(2020, 1, 3), listing="listed"),
            CorporateAction("600519.SH", dt.date(2020, 1, 8), listing="delisted"),
        ]
    }
    found = listings_of([bars_of("600519.SH", [10.0, 10.0])], actions)
    assert found == {"600519.SH": Listing(listed=dt.date(2020, 1, 3), delisted=dt.date(2020, 1, 8))}


def test_a_delisted_holding_is_paid_out_at_its_last_price():
    source = (
        "import backtrader as bt\n"
        "class S(bt.Strategy):\n"
        "    def prenext(self): self.next()\n"
        "    def next(self):\n"
        "        if len(self) == 1: self.buy(self.data0, size=1000)\n"
    )
    bars = {"600519.SH": bars_of("600519.SH", [10, 10, 9]), "000001.SZ": bars_of("000001.SZ", [10.0] * 8)}
    gone = bars["000001.SZ"].time[3].item()
    spec = BacktestSpec.model_validate(
        {"symbols": list(bars), "start": "2020-01-01", "end": "2020-12-31", "costs": {"slippage": {"value": "0"}}}
    )
    actions = {"600519.SH": [CorporateAction("600519.SH", gone, listing="delisted")]}
    result = run_strategy(spec, source, bars, actions=actions)
    (paid,) = result.actions
    assert (paid.kind, paid.date, paid.quantity, paid.cash) == ("delisted", gone, -1000, Decimal("9000.00"))
    assert result.series.cash[-1] == result.series.equity[-1]


def test_a_day_of_listing_stands_alone():
    with pytest.raises(CorporateActionError, match="stands alone"):
        CorporateAction("600519.SH", dt.date(2020, 1, 3), cash=Decimal(1), listing="listed")
