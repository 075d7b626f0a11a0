"""Acceptance: in a corrupted copy of the real files exactly the planted faults are found, else next to nothing.

The files have oddities of their own; each is listed and explained in scripts/validate_quality.py.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.quality.finding import Finding, Kind
from scripts import validate_quality
from scripts.validate_quality import File, Series
from tests.core.quality import planting
from tests.core.quality.planting import FIGURES, SHARES, TIMES, TURNOVER, Fault, changed, inserted, traded

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not (DATA / "ashare" / "daily.parquet").exists(), reason="../shared/data is not here"),
]
Key = tuple[str, dt.date, Kind]
COPIES = 4
"""Of each kind of fault in the A-shares, each in a stock of its own."""
SEED = 20261121


@pytest.fixture(scope="module")
def ashare() -> File:
    return validate_quality.ashare(DATA)


def keys(findings: Sequence[Finding]) -> Counter[Key]:
    return Counter((one.symbol, one.date, one.kind) for one in findings)


def plant(file: File, faults: Sequence[Fault], rng: np.random.Generator) -> tuple[Series, Counter[Key]]:
    """Plant each fault in a series that has none yet; give the corrupted copy and what is to be found in it."""
    corrupted, planted = dict(file.series), Counter[Key]()
    order = [str(symbol) for symbol in rng.permutation(sorted(file.series))]
    for fault in faults:
        symbol, row = next((s, row) for s in order for row in places(file.series[s], fault, rng))
        order.remove(symbol)
        corrupted[symbol], at = fault.plant(file.series[symbol], row)
        found_on = file.series[symbol] if fault.kind == "missing_day" else corrupted[symbol]
        planted[symbol, found_on.time[at].item(), fault.kind] += 1
    return corrupted, planted


def places(bars: Bars, fault: Fault, rng: np.random.Generator, tries: int = 600) -> list[int]:
    """Give a row in which the fault can be planted, away from both ends; none when there is none."""
    if len(bars) < 600:
        return []
    rows = rng.integers(30, len(bars) - 200, tries).tolist()
    return next(([row] for row in rows if fault.fits(bars, row)), [])


def check_exactly(file: File, corrupted: Series, planted: Counter[Key]) -> None:
    """Hold what is found in the corrupted copy, less what the clean file has, against what was planted."""
    touched = {symbol for symbol, _, _ in planted}
    clean = keys(validate_quality.loud(file.check({symbol: file.series[symbol] for symbol in touched})))
    found = keys(validate_quality.loud(file.check({symbol: corrupted[symbol] for symbol in touched})))
    # What the planting itself took away of a file's known oddities is no matter here.
    assert found - clean == planted, (f"not planted: {found - clean - planted}", f"not found: {planted - found}")


def test_in_the_a_shares_exactly_the_planted_faults_are_found(ashare: File) -> None:
    faults = SHARES * COPIES
    corrupted, planted = plant(ashare, faults, np.random.default_rng(SEED))
    assert len({kind for _, _, kind in planted}) == 24
    assert planted.total() == len(faults) == 104
    check_exactly(ashare, corrupted, planted)


@pytest.mark.parametrize("seed", range(5))
def test_wherever_they_are_planted(ashare: File, seed: int) -> None:
    corrupted, planted = plant(ashare, SHARES, np.random.default_rng(seed))
    check_exactly(ashare, corrupted, planted)


def test_an_ex_right_price_that_does_not_follow_from_the_action_is_found(ashare: File) -> None:
    corrupted, planted = dict(ashare.series), Counter[Key]()
    for symbol in sorted(ashare.series)[:60]:
        bars, actions = ashare.series[symbol], ashare.known[symbol].actions
        rows = np.flatnonzero(np.isin(bars.time, np.array([a.ex_date for a in actions], dtype="datetime64[D]")))
        rows = rows[(rows > 0) & ~bars.suspended[rows]]
        if len(rows):
            corrupted[symbol] = changed(bars, rows[0], preclose=float(bars.preclose[rows[0]]) - 0.02)
            planted[symbol, bars.time[rows[0]].item(), "ex_right_mismatch"] += 1
    assert planted.total() > 10
    check_exactly(ashare, corrupted, planted)


def test_bars_outside_of_a_known_listing_are_found(ashare: File) -> None:
    symbol = "600519.SH"
    bars = ashare.series[symbol]
    known = replace(ashare.known[symbol], listing=Listing(delisted=bars.time[-2].item()))
    file = replace(ashare, known={symbol: known})
    found = keys(validate_quality.loud(file.check({symbol: bars})))
    assert found == {(symbol, bars.time[row].item(), "outside_listing"): 1 for row in (-2, -1)}


def test_a_second_source_shows_where_the_first_is_wrong(ashare: File) -> None:
    symbol = "600519.SH"
    bars = ashare.series[symbol]
    # On a day of a wide range an average a little off is no sign of its own.
    wide = int(np.flatnonzero(bars.high[800:] > 1.06 * bars.low[800:])[0]) + 800
    wrong = changed(changed(bars, 700, low=float(bars.low[700]) - 0.05), wide, volume=float(bars.volume[wide]) * 1.011)
    file = replace(ashare, known={symbol: replace(ashare.known[symbol], second=bars)})
    found = {(one.date, one.kind, one.field) for one in validate_quality.loud(file.check({symbol: wrong}))}
    assert found == {
        (bars.time[700].item(), "cross_source", "low"),
        (bars.time[wide].item(), "cross_source", "volume"),
    }


def test_in_the_funds_exactly_the_planted_faults_are_found() -> None:
    file = validate_quality.etf(DATA)
    codes = "159915.SZ 159949.SZ 511360.SH 512980.SH 515030.SH 515790.SH 516010.SH 518880.SH 588000.SH"
    raw = set(codes.split())  # the others are told as adjusted
    file = replace(file, series={symbol: bars for symbol, bars in file.series.items() if symbol in raw})
    rng = np.random.default_rng(SEED)
    jump = Fault("jump", planting.scaled(1.5), traded)
    for faults in ((*TIMES[:4], jump), (*FIGURES[:3], jump), (*FIGURES[3:5], TURNOVER[3])):
        easy = tuple(replace(fault, fits=_calm_fund if fault.fits is traded else fault.fits) for fault in faults)
        corrupted, planted = plant(file, easy, rng)
        check_exactly(file, corrupted, planted)


def _calm_fund(bars: Bars, row: int) -> bool:
    near = slice(row - 2, row + 3)
    return bool(np.abs(bars.close[near] / bars.close[row] - 1).max() < 0.02) and bool(bars.high[row] > bars.low[row])


def test_in_the_futures_exactly_the_planted_faults_are_found() -> None:
    file = validate_quality.futures(DATA)
    spike = Fault("spike", planting.scaled(10), traded)
    faults = (*TIMES, *FIGURES, *TURNOVER, spike)
    corrupted, planted = plant(file, faults, np.random.default_rng(SEED))
    check_exactly(file, corrupted, planted)


def test_in_the_hours_of_bitcoin_exactly_the_planted_faults_are_found() -> None:
    file = validate_quality.crypto(DATA)
    [(symbol, bars)] = file.series.items()
    hour = np.timedelta64(3600, "s")
    planted = Counter[Key]()

    def note(row: int, kind: Kind) -> int:
        planted[symbol, bars.time[row].astype("datetime64[D]").item(), kind] += 1
        return row

    wrong = changed(bars, note(30_000, "spike"), open=1.0, high=1.1, low=0.9, close=1.0)
    wrong = changed(wrong, note(20_000, "not_positive"), low=0.0)
    wrong = changed(wrong, note(21_000, "ohlc_order"), high=float(bars.low[21_000]) / 2)
    wrong = changed(wrong, note(22_000, "negative"), volume=-1.0)
    wrong = changed(wrong, note(23_000, "not_finite"), close=np.inf)
    wrong = changed(wrong, note(24_000, "off_tick"), close=float(bars.low[24_000]) + 0.004)
    wrong = inserted(wrong, note(50_000, "duplicate_day") + 1, bars.time[50_000], 50_000)
    wrong = inserted(wrong, note(49_000, "outside_session") + 1, bars.time[49_000] + hour / 2, 49_000)
    wrong = wrong.take(np.arange(len(wrong)) != note(40_000, "missing_bars"))
    check_exactly(file, {symbol: wrong}, planted)


@pytest.mark.parametrize("name", validate_quality.FILES)
def test_on_a_clean_file_at_most_one_row_in_ten_thousand_is_a_false_alarm_and_each_is_explained(name: str) -> None:
    file = validate_quality.FILES[name](DATA)
    reports = file.check()
    rows = sum(report.tally.rows for report in reports)
    found = [one for one in validate_quality.loud(reports) if validate_quality.fact(name, one) is None]
    assert [one for one in found if validate_quality.alarm(one) is None] == []
    assert len(found) <= validate_quality.MOST_ALARMS * rows


def test_all_a_shares_are_checked_in_three_seconds_of_cpu(ashare: File) -> None:
    """A promise of the module, measured in CPU time; 1.1 s where it was written."""
    started = time.process_time()
    assert sum(report.tally.rows for report in ashare.check(most=200)) == 529_445
    assert time.process_time() - started < 3


def test_what_is_known_to_be_odd_in_the_files_is_found() -> None:
    found = {
        name: Counter(one.kind for one in validate_quality.loud(read(DATA).check()))
        for name, read in validate_quality.FILES.items()
    }
    assert found["ashare"] == {
        "beyond_limit": 2,  # two relistings
        "suspended_moved": 1,
        "preclose_gap": 1,
        "average_outside": 2,
        "stale_end": 8,
    }
    assert (found["etf"]["not_positive"], found["etf"]["looks_adjusted"], found["etf"]["unit_change"]) == (176, 11, 20)
    [report] = validate_quality.crypto(DATA).check()
    assert report.tally.missing == 128
