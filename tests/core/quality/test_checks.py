"""The checks on small series made by hand: words, severities, what needs which knowledge, bars within the day."""

from __future__ import annotations

import datetime as dt
import string
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.quality.calendars import observed_calendar
from quantdesk.core.quality.checks import SymbolReport, check
from quantdesk.core.quality.collect import runs
from quantdesk.core.quality.coverage import month_shares, months_between
from quantdesk.core.quality.finding import KINDS, TABLE, Finding
from quantdesk.core.quality.market import Known, Market
from quantdesk.core.quality.score import Tally
from tests.core.quality.planting import changed, inserted
from tests.fakes.made_bars import bars_of, business_days, random_walk

SYMBOL = "600001.SH"
TODAY = dt.date(2030, 1, 1)
WEEKDAYS = TradingCalendar.from_dates(business_days("2015-01-01", 4000))
MARKET = Market(TODAY, WEEKDAYS)


def on_ticks(bars: Bars) -> Bars:
    """Give the bars with all prices on whole fen, volumes that differ, and turnover within high and low."""
    volume = bars.volume + np.where(bars.suspended, 0, np.arange(len(bars)))
    high, low = np.ceil(bars.high * 100) / 100, np.floor(bars.low * 100) / 100
    return replace(bars, high=np.round(high, 2), low=np.round(low, 2), volume=volume, amount=volume * bars.close)


def kinds(report: SymbolReport) -> list[tuple[dt.date, str]]:
    return [(one.date, one.kind) for one in report.findings if one.severity != "info"]


@given(seed=st.integers(0, 10_000), days=st.integers(0, 400))
@settings(max_examples=40, deadline=None)
def test_a_sound_series_has_no_findings(seed: int, days: int) -> None:
    bars = on_ticks(random_walk(SYMBOL, days, seed=seed)) if days else bars_of(SYMBOL, [])
    report = check(bars, MARKET)
    # A wild draw may leave its price limits; that is then right to say.
    assert {one.kind for one in report.findings} <= {"beyond_limit", "volume_outlier"}
    assert report.tally.rows == days


@given(seed=st.integers(0, 10_000), data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_garbage_is_told_and_nothing_raises(seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    bars = on_ticks(random_walk(SYMBOL, 80, seed=seed))
    wild = st.sampled_from([0.0, -1.0, np.nan, np.inf, -np.inf, 1e308, 5e-324, 1e-9])
    for _ in range(data.draw(st.integers(1, 12))):
        name = data.draw(st.sampled_from(["open", "high", "low", "close", "volume", "amount", "preclose"]))
        bars = changed(bars, int(rng.integers(80)), **{name: data.draw(wild)})
    with np.errstate(all="ignore"):
        report = check(bars.take(rng.permutation(80)), MARKET)
    assert 0 <= report.tally.score <= 100
    assert report.tally.errors + report.tally.warnings <= report.tally.rows


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_words_that_can_be_filled_in(kind: str) -> None:
    words = TABLE[kind]  # type: ignore[index]
    for text in (words.told_zh, words.told_en):
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= {
            "field", "value", "expected", "count",
        }  # fmt: skip
    finding = Finding(SYMBOL, TODAY, kind, words.severity, "close", 12.5, 10.25, 3)  # type: ignore[arg-type]
    assert "{" not in finding.zh + finding.en
    assert words.zh
    assert words.en


def test_a_finding_says_its_figures() -> None:
    finding = Finding(SYMBOL, TODAY, "beyond_limit", "error", "high", 11.02, 11.0)
    assert finding.zh == "最高价为 11.02，涨跌停价为 11"
    assert finding.en == "high is 11.02, the limit is 11"
    assert Finding(SYMBOL, TODAY, "negative", "error", "volume", -1234567.0).en == "volume is -1,234,567"


def test_a_wrong_price_is_told_once_and_the_next_day_is_not_blamed() -> None:
    bars = on_ticks(bars_of(SYMBOL, [10.0] * 3 + [10.5, 10.6, 10.4] * 5))
    wrong = changed(bars, 9, close=14.0, high=14.0)
    assert kinds(check(wrong, MARKET)) == [(bars.time[9].item(), "beyond_limit")]


def test_the_same_price_is_none_on_a_day_known_to_be_free() -> None:
    bars = on_ticks(bars_of(SYMBOL, [10.0] * 3 + [10.5, 10.6, 10.4] * 5))
    wrong = changed(bars, 9, close=14.0, high=14.0)
    free = Known(relistings=frozenset({bars.time[9].item()}))
    assert (bars.time[9].item(), "beyond_limit") not in kinds(check(wrong, MARKET, free))


def test_st_halves_the_limit_of_the_main_board() -> None:
    closes = [10.0, 10.0, 10.0, 10.8, 10.8, 10.8]
    bars = replace(on_ticks(bars_of(SYMBOL, closes)), high=np.array([10.1] * 3 + [10.8] * 3))
    assert kinds(check(bars, MARKET)) == []
    st_bars = replace(bars, is_st=np.ones(len(bars), dtype=np.bool_))
    assert kinds(check(st_bars, MARKET)) == [(bars.time[3].item(), "beyond_limit")]


def test_missing_days_are_a_note_where_suspensions_are_not_stated() -> None:
    bars = on_ticks(random_walk(SYMBOL, 60, seed=1)).take([*range(20), *range(23, 60)])
    stated = check(bars, MARKET)
    [finding] = [one for one in stated.findings if one.kind == "missing_day"]
    assert (finding.severity, finding.count) == ("warning", 3)
    assert finding.date == business_days("2015-01-01", 60)[20].item()
    assert stated.tally.missing == 3
    unstated = check(bars, replace(MARKET, suspensions_stated=False))
    assert [(one.kind, one.severity) for one in unstated.findings] == [("absent_day", "info")]
    assert unstated.tally.missing == 0


def test_bars_behind_the_last_trading_day_are_stale_unless_delisted() -> None:
    bars = on_ticks(random_walk(SYMBOL, 60, seed=1))
    late = replace(MARKET, last_day=business_days("2015-01-01", 65)[-1].item())
    [finding] = check(bars, late).findings
    assert (finding.kind, finding.count, finding.date) == ("stale_end", 5, bars.time[-1].item())
    gone = Known(listing=Listing(delisted=(bars.time[-1] + 1).item()))
    assert check(bars, late, gone).findings == []


def test_volume_in_lots_throughout_is_told_once_and_counts_for_all_rows() -> None:
    bars = on_ticks(random_walk(SYMBOL, 100, seed=3))
    report = check(replace(bars, volume=bars.volume / 100), MARKET)
    [finding] = report.findings
    assert (finding.kind, finding.count, report.tally.errors) == ("unit_change", 100, 100)
    assert report.tally.score == 0


def test_a_stretch_in_lots_is_one_finding() -> None:
    bars = on_ticks(random_walk(SYMBOL, 100, seed=3))
    volume = bars.volume.copy()
    volume[30:40] /= 100
    [finding] = check(replace(bars, volume=volume), MARKET).findings
    assert (finding.kind, finding.count, finding.date) == ("unit_change", 10, bars.time[30].item())


def test_adjusted_prices_are_told_as_such_and_not_row_by_row() -> None:
    bars = on_ticks(random_walk(SYMBOL, 200, seed=5))
    scaled = {name: getattr(bars, name) * 0.7361 for name in ("open", "high", "low", "close")}
    report = check(replace(bars, **scaled, preclose=np.full(200, np.nan)), MARKET)
    assert {one.kind for one in report.findings} == {"looks_adjusted"}


def test_a_short_st_mark_flips_and_a_long_one_does_not() -> None:
    bars = on_ticks(bars_of(SYMBOL, [10.0, 10.02] * 40))
    flags = np.zeros(80, dtype=np.bool_)
    flags[30:32] = True
    assert kinds(check(replace(bars, is_st=flags), MARKET)) == [(bars.time[30].item(), "st_flip")]
    flags[30:60] = True
    assert kinds(check(replace(bars, is_st=flags), MARKET)) == []


def test_of_a_kind_only_the_first_are_listed_but_all_are_counted() -> None:
    bars = on_ticks(random_walk(SYMBOL, 100, seed=7))
    report = check(replace(bars, amount=np.zeros(100)), MARKET, most=5)
    assert (len(report.findings), report.counts["volume_without_amount"]) == (5, 100)
    assert report.tally.warnings == 100


MINUTES = [9 * 60 + 30 + n for n in range(5, 125, 5)] + [13 * 60 + n for n in range(5, 125, 5)]


def minute_bars(days: int) -> Bars:
    stamps = [
        day.astype("datetime64[s]") + np.timedelta64(minute - 480, "m")
        for day in business_days("2024-01-02", days)
        for minute in MINUTES
    ]
    base = on_ticks(bars_of(SYMBOL, [10.0, 10.01] * (len(stamps) // 2)))
    return replace(base, interval="5m", time=np.array(stamps), preclose=np.full(len(stamps), np.nan))


def test_five_minute_bars_of_whole_sessions_are_complete() -> None:
    assert check(minute_bars(4), MARKET).findings == []


def test_a_bar_at_noon_and_a_gap_in_the_morning_are_found() -> None:
    bars = minute_bars(4)
    noon = bars.time[23] + np.timedelta64(30, "m")
    gap = bars.take([*range(50), *range(53, len(bars))])
    report = check(inserted(gap, 24, noon, 23), MARKET)
    assert [(one.kind, one.count, one.at) for one in report.findings] == [
        ("outside_session", 1, noon.item().replace(tzinfo=dt.UTC)),
        ("missing_bars", 3, bars.time[50].item().replace(tzinfo=dt.UTC)),
    ]
    assert report.tally.missing == 3


def test_a_score_falls_by_25_for_each_tenfold_share_of_faults() -> None:
    assert Tally(10_000).score == 100
    assert Tally(10_000, errors=1).score == 92.5  # 100 - 25 log10(2)
    assert Tally(10_000, errors=10).score == 74.0  # 100 - 25 log10(11)
    assert Tally(10_000, errors=100).score == 49.9
    assert Tally(10_000, warnings=500).score == 49.9  # five warnings weigh as one error
    assert Tally(9_900, missing=100).score == 49.9
    assert Tally(100, errors=100).score == 0
    assert Tally().score == 100
    assert Tally(1, 1) + Tally(2, 0, 1, 3) == Tally(3, 1, 1, 3)


def test_the_share_of_a_month_counts_trading_days() -> None:
    due = business_days("2024-01-01", 43)  # 23 of January, 20 to 28 February
    months = months_between(due[0], np.datetime64("2024-03-15"))
    assert [str(month) for month in months] == ["2024-01", "2024-02", "2024-03"]
    shares = month_shares(due[:33], due, months)
    assert shares[:2].tolist() == [1.0, 0.5]
    assert np.isnan(shares[2])


def test_a_calendar_is_read_from_many_series() -> None:
    days = business_days("2024-01-01", 30)
    series = [np.delete(days, n) for n in range(5)]
    calendar = observed_calendar(series)
    assert calendar is not None
    assert calendar.dates.tolist() == days.tolist()
    assert observed_calendar(series[:4]) is None
    lonely = [*series, np.append(days[:10], days[10] + 1)]  # one series has a Saturday or the like
    found = observed_calendar(lonely)
    assert found is not None
    assert len(found) == 30


@given(st.sets(st.integers(0, 60)))
def test_runs_cover_their_positions(positions: set[int]) -> None:
    found = runs(sorted(positions))
    assert [at for first, length in found for at in range(first, first + length)] == sorted(positions)
    assert all(a + n < b for (a, n), (b, _) in pairwise(found))
