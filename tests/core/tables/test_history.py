"""Versions of rows in time: what is read as of any instant equals a naive model that keeps every state whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.sources.records import FundNav
from quantdesk.core.sources.tables import Dividend
from quantdesk.core.tables import codec
from quantdesk.core.tables.checking import checked
from quantdesk.core.tables.history import Version, known, merge, of_key, span_of
from quantdesk.core.tables.specs import SPECS, Key, key_of

SPEC = SPECS["fund_nav"]
START = dt.datetime(2026, 1, 5, 10, tzinfo=dt.UTC)
FIRST = dt.date(2026, 1, 1)


def nav(day: int, value: float) -> FundNav:
    return FundNav("510300.SH", FIRST + dt.timedelta(days=day), value, None)


def held(versions: list[Version], at: dt.datetime | None = None) -> dict[Key, Any]:
    return {key_of(SPEC, row): row for row in known(versions, at)}


writes = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 6), st.sampled_from([1.0, 1.5, 2.0]), max_size=5),
        st.booleans(),
        st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(0, 6))),
        st.integers(-30, 90),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(writes)
def test_reads_as_of_any_instant_equal_a_model_that_keeps_every_state(
    given_writes: list[tuple[dict[int, float], bool, tuple[int, int] | None, int]],
) -> None:
    versions: list[Version] = []
    states: list[tuple[dt.datetime, dict[Key, FundNav]]] = []
    model: dict[Key, FundNav] = {}
    at = START
    for number, (values, complete, window, minutes) in enumerate(given_writes):
        wanted = checked(SPEC, "510300.SH", [nav(day, value) for day, value in values.items()])
        between = window and (FIRST + dt.timedelta(days=window[0]), FIRST + dt.timedelta(days=window[1]))
        asked = at + dt.timedelta(minutes=minutes)  # the clock may even go back
        before = model
        if complete:
            model = {k: row for k, row in model.items() if between and not between[0] <= row.day <= between[1]}
        model = model | {key: row for key, row in wanted.items() if isinstance(row, FundNav)}
        change = merge(SPEC, versions, wanted, at=asked, write=str(number), complete=complete, between=between)
        versions = codec.decode(SPEC, codec.encode(SPEC, change.versions))
        assert versions == change.versions
        assert change.changed == (model != before)
        assert change.inserted == len(model.keys() - before.keys())
        assert change.ended == len(before.keys() - model.keys())
        assert change.updated == sum(before[key] != model[key] for key in before.keys() & model.keys())
        if change.changed:
            at = max(at, asked) if not states else max(states[-1][0], asked)
            states.append((at, model))
    assert held(versions) == model
    for instant in [START - dt.timedelta(hours=1), *(when for when, _ in states)]:
        for moment in (instant, instant + dt.timedelta(microseconds=1)):
            was = next((state for when, state in reversed(states) if when <= moment), {})
            assert held(versions, moment) == was


@settings(max_examples=100, deadline=None)
@given(writes)
def test_a_rows_versions_follow_one_another_and_the_last_one_holds(
    given_writes: list[tuple[dict[int, float], bool, tuple[int, int] | None, int]],
) -> None:
    versions: list[Version] = []
    for number, (values, complete, _, minutes) in enumerate(given_writes):
        wanted = checked(SPEC, "510300.SH", [nav(day, value) for day, value in values.items()])
        at = START + dt.timedelta(minutes=minutes)
        versions = merge(SPEC, versions, wanted, at=at, write=str(number), complete=complete).versions
    for key in {key_of(SPEC, one.row) for one in versions}:
        mine = of_key(SPEC, versions, key)
        for earlier, later in pairwise(mine):
            assert earlier.known_until is not None
            assert earlier.known_from <= earlier.known_until <= later.known_from
        assert sum(one.known_until is None for one in mine) <= 1


def test_the_same_rows_again_are_not_written_again() -> None:
    wanted = checked(SPEC, "510300.SH", [nav(0, 1.0), nav(1, 1.1)])
    first = merge(SPEC, [], wanted, at=START, write="a", complete=True)
    again = merge(SPEC, first.versions, wanted, at=START + dt.timedelta(days=1), write="b", complete=True)
    assert (first.inserted, first.changed, again.unchanged, again.changed) == (2, True, 2, False)
    assert again.versions == first.versions
    assert span_of(SPEC, known(again.versions)) == (FIRST, dt.date(2026, 1, 2))


def test_a_dividend_goes_from_plan_to_payment_and_each_stage_can_be_read() -> None:
    spec = SPECS["dividends"]
    told = dt.date(2026, 3, 28)
    stages = [
        Dividend("600519.SH", dt.date(2025, 12, 31), "预案", Decimal("2.50"), Decimal(0), Decimal(0), told, None, None),
        Dividend(
            "600519.SH",
            dt.date(2025, 12, 31),
            "实施分配",
            Decimal("2.5"),
            Decimal(0),
            Decimal(0),
            told,
            dt.date(2026, 6, 18),
            dt.date(2026, 6, 19),
        ),
    ]
    versions: list[Version] = []
    for number, stage in enumerate(stages):
        change = merge(
            spec,
            versions,
            checked(spec, "600519.SH", [stage]),
            at=START + dt.timedelta(days=number),
            write=str(number),
        )
        versions = codec.decode(spec, codec.encode(spec, change.versions))
    assert [one.row for one in versions] == stages
    assert known(versions, START) == stages[:1]
    assert known(versions) == stages[1:]
