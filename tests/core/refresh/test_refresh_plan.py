"""What a refresh fetches of an instrument, and when a scheduled one is due."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.refresh.days import CLOSE, due_day, last_over, market_days, next_due, over_at
from quantdesk.core.refresh.plan import FIRST_DAY, OVERLAP, Reason, Stored, Subject, first_to_fetch, plan, plan_one

THURSDAY, FRIDAY, MONDAY = dt.date(2026, 11, 19), dt.date(2026, 11, 20), dt.date(2026, 11, 23)
CALENDAR = market_days([dt.date(2026, 11, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19)], FRIDAY)
EVENING = over_at(FRIDAY, dt.time(18))
AT = dt.time(17, 30)


def beijing(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return over_at(day, dt.time(hour, minute))


def subject(
    last: dt.date | None = None,
    written: dt.datetime | None = None,
    *,
    simulated: bool = False,
    supported: bool = True,
    delisted: dt.date | None = None,
    answered: dt.datetime | None = None,
) -> Subject:
    stored = Stored(last, written or over_at(last, dt.time(20))) if last else None
    return Subject("stock_daily", "600519.SH", simulated, supported, delisted, stored, answered)


CASES: list[tuple[str, Subject, Reason]] = [
    ("nothing is stored", subject(), "new"),
    ("a day lacks", subject(THURSDAY), "behind"),
    ("the last day is there, written after its close", subject(FRIDAY), "up_to_date"),
    ("the last day's bar was written while it was traded", subject(FRIDAY, beijing(FRIDAY, 10)), "incomplete"),
    ("that bar was confirmed after the close", subject(FRIDAY, beijing(FRIDAY, 10), answered=EVENING), "up_to_date"),
    ("asked after the close, nothing newer came", subject(THURSDAY, answered=EVENING), "suspended"),
    ("asked yesterday only", subject(THURSDAY, answered=beijing(THURSDAY, 18)), "behind"),
    ("delisted, its last day is there", subject(dt.date(2020, 5, 7), delisted=dt.date(2020, 5, 8)), "delisted"),
    ("delisted, its last days lack", subject(dt.date(2020, 5, 6), delisted=dt.date(2020, 5, 8)), "behind"),
    (
        "suspended to its delisting, a source has said so",
        subject(dt.date(2019, 5, 6), delisted=dt.date(2020, 5, 8), answered=EVENING),
        "delisted",
    ),
    ("not delisted before Monday", subject(THURSDAY, delisted=MONDAY), "behind"),
    ("simulated", subject(THURSDAY, simulated=True), "simulated"),
    ("an index", subject(THURSDAY, supported=False), "unsupported"),
]


@pytest.mark.parametrize(("_case", "known", "reason"), CASES, ids=[case[0] for case in CASES])
def test_why_an_instrument_is_fetched_or_not(_case: str, known: Subject, reason: Reason) -> None:
    step = plan_one(known, FRIDAY, CALENDAR)
    assert step.reason == reason
    assert step.fetches == (reason in ("new", "behind", "incomplete"))


def test_the_last_days_are_fetched_again_with_those_that_lack() -> None:
    step = plan_one(subject(dt.date(2026, 11, 12)), FRIDAY, CALENDAR)
    assert (step.start, step.end, step.behind) == (dt.date(2026, 11, 2), FRIDAY, 6)


def test_a_delisted_instrument_is_fetched_to_its_last_day() -> None:
    step = plan_one(subject(dt.date(2026, 11, 10), delisted=dt.date(2026, 11, 13)), FRIDAY, CALENDAR)
    assert (step.end, step.behind) == (dt.date(2026, 11, 12), 2)


def test_a_new_instrument_is_fetched_from_the_first_day_there_is() -> None:
    assert plan_one(subject(), FRIDAY, CALENDAR).start == FIRST_DAY
    assert first_to_fetch(dt.date(1990, 12, 20)) == FIRST_DAY


def test_a_plan_is_by_symbol() -> None:
    subjects = [Subject("stock_daily", symbol, False, True, None, None, None) for symbol in ("600519.SH", "000001.SZ")]
    assert [step.key for step in plan(subjects, FRIDAY, CALENDAR)] == ["000001.SZ", "600519.SH"]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (beijing(FRIDAY, 9), THURSDAY),
        (beijing(FRIDAY, 15, 29), THURSDAY),
        (beijing(FRIDAY, 15, 30), FRIDAY),
        (beijing(dt.date(2026, 11, 22), 12), FRIDAY),  # a Sunday
        (dt.datetime(2026, 11, 20, 7, 30, tzinfo=dt.UTC), FRIDAY),
    ],
)
def test_the_last_day_that_is_over(now: dt.datetime, day: dt.date) -> None:
    assert last_over(CALENDAR, now) == day


def test_no_day_is_over_before_the_first_close() -> None:
    assert last_over(market_days([FRIDAY], FRIDAY), beijing(FRIDAY, 9)) is None


def test_weekdays_after_the_last_known_day_count_as_trading() -> None:
    days = market_days([THURSDAY], dt.date(2026, 11, 24)).dates
    assert days.tolist() == [THURSDAY, FRIDAY, MONDAY, dt.date(2026, 11, 24)]


def test_a_known_holiday_is_no_trading_day() -> None:
    # 2026-11-17 is not among the known days, and lies between them.
    assert market_days([dt.date(2026, 11, 16), dt.date(2026, 11, 18)], FRIDAY).count(dt.date(2026, 11, 16), FRIDAY) == 4


def test_a_schedule_is_due_once_a_trading_day() -> None:
    assert due_day(CALENDAR, beijing(FRIDAY, 17, 29), AT, THURSDAY) is None
    assert due_day(CALENDAR, beijing(FRIDAY, 17, 30), AT, THURSDAY) == FRIDAY
    assert due_day(CALENDAR, beijing(FRIDAY, 17, 31), AT, FRIDAY) is None


def test_after_days_off_line_only_the_last_day_is_due() -> None:
    assert due_day(CALENDAR, beijing(FRIDAY, 18), AT, dt.date(2026, 11, 3)) == FRIDAY
    assert due_day(CALENDAR, beijing(FRIDAY, 10), AT, dt.date(2026, 11, 3)) == THURSDAY


def test_when_the_schedule_comes_next() -> None:
    assert next_due(CALENDAR, beijing(FRIDAY, 10), AT, THURSDAY) == beijing(FRIDAY, 17, 30)
    assert next_due(CALENDAR, beijing(FRIDAY, 18), AT, FRIDAY) == beijing(MONDAY, 17, 30)
    assert next_due(CALENDAR, beijing(FRIDAY, 18), AT, THURSDAY) == beijing(FRIDAY, 18)


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31))
INSTANTS = st.builds(beijing, DAYS, st.integers(0, 23), st.integers(0, 59))
SUBJECTS = st.builds(
    Subject,
    st.sampled_from(("stock_daily", "index_daily", "futures_daily")),
    st.just("600519.SH"),
    st.booleans(),
    st.booleans(),
    st.none() | DAYS,
    st.none() | st.builds(Stored, DAYS, INSTANTS),
    st.none() | INSTANTS,
)


@given(SUBJECTS, DAYS)
def test_what_is_fetched_covers_the_end_and_overlaps_what_is_stored(known: Subject, day: dt.date) -> None:
    step = plan_one(known, day, market_days([], day))
    if not step.fetches:
        assert (step.end, step.behind) == (None, 0)
        return
    assert step.start is not None
    assert step.end is not None
    assert step.end <= day
    assert step.end == day or step.end == known.delisted - dt.timedelta(days=1)  # type: ignore[operator]
    if known.stored is not None:
        assert step.start <= max(FIRST_DAY, known.stored.last - OVERLAP)
        assert known.stored.last <= step.end


@given(SUBJECTS, DAYS)
def test_after_an_answer_nothing_is_left_to_fetch(known: Subject, day: dt.date) -> None:
    calendar = market_days([], day)
    step = plan_one(known, day, calendar)
    if step.fetches:
        now = over_at(day, dt.time(18))
        stored = Stored(step.end, now) if known.stored else None  # type: ignore[arg-type]
        after = Subject(known.dataset, known.symbol, False, True, known.delisted, stored, now)
        again = plan_one(after, day, calendar)
        assert not again.fetches or known.stored is None


@given(st.lists(DAYS, max_size=30), DAYS, INSTANTS)
def test_the_day_that_is_over_has_closed(known: list[dt.date], until: dt.date, now: dt.datetime) -> None:
    calendar = market_days(known, until)
    assert calendar.last <= max([until, *known])
    day = last_over(calendar, now)
    if day is not None:
        assert over_at(day) <= now
        assert np.datetime64(day) in calendar.dates
        assert due_day(calendar, now, CLOSE, None) == day
        assert due_day(calendar, now, CLOSE, day) is None
