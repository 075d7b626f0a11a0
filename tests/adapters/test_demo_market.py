"""The simulated market keeps the rules of a real one."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest

from quantdesk.adapters.data_source.demo import DemoMarket, DemoSource, generate
from quantdesk.core.bars.adjust import adjust, ex_right_steps
from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.core.bars.validate import check
from quantdesk.core.instruments.pinyin import initials
from quantdesk.core.instruments.symbol import board_of, is_simulated, kind_of, normalise
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk.ports.errors import SourceError
from scripts import validate_rules

CHINEXT_REFORM = np.datetime64("2020-08-24")


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return generate()


@pytest.fixture(scope="module")
def stocks(market: DemoMarket) -> list[tuple[InstrumentInfo, Bars]]:
    return [(i, market.bars[i.symbol]) for i in market.instruments if i.kind == "stock"]


def digest(market: DemoMarket) -> str:
    content = hashlib.sha256(repr(market.instruments).encode())
    for bars in market.bars.values():
        for name in COLUMNS:
            content.update(getattr(bars, name).tobytes())
    return content.hexdigest()


def limited_from(info: InstrumentInfo, bars: Bars, market: DemoMarket) -> int:
    """The first row with a price limit: new listings have none for 5 days, on the BSE for 1."""
    is_new = bars.time[0] > market.calendar.dates[0]
    return 0 if not is_new else 1 if info.board == "bse" else 5


def percent(info: InstrumentInfo, bars: Bars) -> np.ndarray:
    """The daily limit in per cent, by board, ST and date."""
    main = np.where(bars.is_st, 5, 10)
    if info.board == "chinext":
        return np.where(bars.time >= CHINEXT_REFORM, 20, main)
    return {"main": main, "star": np.full(len(bars), 20), "bse": np.full(len(bars), 30)}[info.board or ""]


def test_the_same_seed_gives_the_same_market_in_another_process_too(market: DemoMarket) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(__file__).rsplit("/", 1)[0]!r})
from test_demo_market import digest, generate
print(digest(generate()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(market)
    assert digest(generate(seed=2)) != digest(market)


def test_it_has_300_stocks_of_all_boards_and_5_indices_over_ten_years(market: DemoMarket) -> None:
    boards = [i.board for i in market.instruments if i.kind == "stock"]
    assert {b: boards.count(b) for b in ("main", "chinext", "star", "bse")} == {
        "main": 170, "chinext": 60, "star": 40, "bse": 30,
    }  # fmt: skip
    assert len([i for i in market.instruments if i.kind == "index"]) == 5
    assert set(market.bars) == {i.symbol for i in market.instruments}
    assert (market.calendar.first, market.calendar.last) == (dt.date(2016, 1, 4), dt.date(2025, 12, 31))


def test_symbols_say_what_they_are(market: DemoMarket) -> None:
    for info in market.instruments:
        assert normalise(info.symbol) == info.symbol
        assert is_simulated(info.symbol)
        assert (kind_of(info.symbol), board_of(info.symbol)) == (info.kind, info.board)
        assert "模拟" in info.name
    names = [i.name for i in market.instruments]
    assert len(set(names)) == len(names)
    assert len({initials(name) for name in names}) > 120  # varied enough to search by


def test_every_bar_passes_the_checks_of_an_import(market: DemoMarket) -> None:
    for bars in market.bars.values():
        assert check(bars, today=dt.date(2025, 12, 31)).total == 0


def test_bars_are_on_trading_days_without_a_gap(market: DemoMarket) -> None:
    days = market.calendar.dates
    assert np.is_busday(days).all()
    assert not market.calendar.is_open(dt.date(2024, 2, 12))  # Spring Festival
    for bars in market.bars.values():
        begin = np.searchsorted(days, bars.time[0])
        np.testing.assert_array_equal(bars.time, days[begin : begin + len(bars)])


def test_prices_are_whole_cents(stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    for _, bars in stocks:
        for name in ("open", "high", "low", "close", "preclose"):
            price = getattr(bars, name)
            np.testing.assert_array_equal(price, np.round(price, 2))


def test_no_price_leaves_the_days_limits(market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    locked = one_price = 0
    for info, bars in stocks:
        cents = np.rint(bars.preclose * 100).astype(np.int64)
        ratio = percent(info, bars)
        # Half up, in whole cents.
        up, down = (2 * cents * (100 + ratio) + 100) // 200, (2 * cents * (100 - ratio) + 100) // 200
        begin = limited_from(info, bars, market)
        high, low, close = (np.rint(getattr(bars, n) * 100).astype(np.int64) for n in ("high", "low", "close"))
        assert (high <= up)[begin:].all(), info.symbol
        assert (low >= down)[begin:].all(), info.symbol
        at_limit = ((close == up) | (close == down)) & ~bars.suspended
        locked += at_limit[begin:].sum()
        one_price += (at_limit & (high == low))[begin:].sum()
    assert locked > 1500
    assert one_price > 200


def test_new_listings_move_freely_at_first(market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    new = [(info, bars) for info, bars in stocks if limited_from(info, bars, market)]
    assert len(new) > 90
    assert all(info.list_date == bars.time[0].astype(object) for info, bars in new)
    assert max(bars.close[0] / bars.preclose[0] for _, bars in new) > 1.44
    old = [info for info, bars in stocks if not limited_from(info, bars, market)]
    assert all(info.list_date is not None and info.list_date < dt.date(2016, 1, 1) for info in old)


def test_suspended_days_carry_the_last_close_without_trading(stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    days = 0
    for _, bars in stocks:
        assert not bars.suspended[0]
        rows = np.flatnonzero(bars.suspended)
        days += len(rows)
        for name in ("open", "high", "low", "close", "preclose"):
            np.testing.assert_array_equal(getattr(bars, name)[rows], bars.close[rows - 1])
        assert (bars.volume[rows] == 0).all()
        assert (bars.amount[rows] == 0).all()
        assert (bars.volume[~bars.suspended] >= 100).all()
    assert days > 5000


def test_the_average_price_of_a_day_is_within_its_range(stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    for _, bars in stocks:
        traded = bars.take(~bars.suspended)
        average = traded.amount / traded.volume
        assert (average >= traded.low - 1e-3).all()
        assert (average <= traded.high + 1e-3).all()


def test_its_corporate_actions_give_every_ex_right_previous_close_to_the_cent(market: DemoMarket) -> None:
    symbols = {info.symbol: market.bars[info.symbol] for info in market.instruments if info.kind == "stock"}
    found = validate_rules.check_ex_rights(symbols, DemoSource().corporate_actions(), Decimal("0.01"))
    assert (found.missed, found.unannounced, found.no_bars) == ({}, {}, [])
    assert found.reproduced == sum(map(len, market.actions.values()))
    assert found.kinds["cash_dividend"] > 1000
    assert found.kinds["cash_dividend+bonus_share"] > 200


def test_adjusted_prices_go_on_over_ex_right_days(stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    found = 0
    for _, bars in stocks:
        steps = ex_right_steps(bars)
        assert (steps >= 1).all()
        assert not (bars.suspended & (steps > 1)).any()
        found += (steps > 1).sum()
        adjusted = adjust(bars, "hfq")
        np.testing.assert_allclose(
            (adjusted.close[1:] / adjusted.close[:-1])[~bars.suspended[1:]],
            (bars.close / bars.preclose)[1:][~bars.suspended[1:]],
            rtol=1e-9,
        )
    assert found > 1000  # dividends and bonus shares


def test_special_treatment_shows_in_flags_and_names(
    market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]
) -> None:
    assert len([1 for _, bars in stocks if bars.is_st.any()]) == 30
    for info, bars in stocks:
        assert info.name.startswith("ST") == bool(bars.is_st[-1] and info.delist_date is None)


def test_delisted_stocks_end_before_their_day(market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    gone = [(info, bars) for info, bars in stocks if info.delist_date]
    assert len(gone) == 9
    for info, bars in gone:
        assert info.delist_date == market.calendar.next(bars.time[-1].astype(object))
        assert info.name.startswith("退市")
        assert bars.is_st[-1]
    for info, bars in stocks:
        if info.delist_date is None:
            assert bars.time[-1] == np.datetime64("2025-12-31")


def test_returns_cluster_have_fat_tails_and_share_a_market(
    market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]
) -> None:
    index = market.bars["900001.DEMO"]
    moves = np.log(index.close / index.preclose)
    assert 0.12 < moves.std() * np.sqrt(252) < 0.35
    size = np.abs(moves)
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.05
    whole = [bars for _, bars in stocks if len(bars) == len(index)]
    returns = np.array([np.log(bars.close / bars.preclose) for bars in whole])
    correlation = [np.corrcoef(r, moves)[0, 1] for r in returns]
    assert 0.25 < np.mean(correlation) < 0.75
    standard = (returns - returns.mean(1, keepdims=True)) / returns.std(1, keepdims=True)
    assert (standard**4).mean() > 4


def test_an_index_moves_as_its_members_do(market: DemoMarket, stocks: list[tuple[InstrumentInfo, Bars]]) -> None:
    index = market.bars["900005.DEMO"]
    np.testing.assert_array_equal(index.preclose[1:], index.close[:-1])
    day = len(index) - 1
    members = [bars for info, bars in stocks if info.board == "bse"]
    moves = [bars.close[-1] / bars.preclose[-1] for bars in members]
    assert min(moves) <= index.close[day] / index.preclose[day] <= max(moves)
    assert index.volume[day] == sum(bars.volume[-1] for bars in members)


def test_the_example_stock_is_there_all_the_time(market: DemoMarket) -> None:
    bars = market.bars["600001.DEMO"]
    assert len(bars) == len(market.calendar)
    assert not bars.is_st.any()


def test_the_source_gives_bars_of_a_range_and_refuses_the_rest() -> None:
    source = DemoSource()
    bars = source.daily_bars("600001.DEMO", dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert bars.time[0] == np.datetime64("2020-01-02")
    assert bars.time[-1] == np.datetime64("2020-12-31")
    assert source.name == "demo"
    assert len(source.instruments()) == 305
    with pytest.raises(SourceError) as unknown:
        source.daily_bars("600519.SH", dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert unknown.value.kind == "unknown_symbol"
    with pytest.raises(SourceError) as empty:
        source.daily_bars("600001.DEMO", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert empty.value.kind == "empty"
