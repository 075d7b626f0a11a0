"""A refresh as the worker's child runs it: what is fetched, kept, tried again, and when it stops."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt

import pytest

from quantdesk.core.refresh.days import over_at
from quantdesk.core.refresh.plan import FIRST_DAY, OVERLAP
from quantdesk.features.market import fetching
from quantdesk.features.refresh import service
from quantdesk.features.refresh.errors import NothingToRefresh
from quantdesk.features.refresh.schemas import RefreshCreate, RefreshItem
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from quantdesk.ports.errors import SourceError
from tests.fakes.clock import FakeClock
from tests.features.refresh.refresh_support import (
    EVENING,
    FRIDAY,
    SYMBOLS,
    THURSDAY,
    WEDNESDAY,
    MarketSource,
    begin,
    end_job,
    entries,
    found,
    online,
    run,
    store_until,
)
from tests.support.app import sign_in


@pytest.fixture
async def person(context: Context, clock: FakeClock) -> Principal:
    clock.now = EVENING
    return (await sign_in(context, "someone", "trader"))[0]


@pytest.fixture
def source() -> MarketSource:
    return MarketSource()


@pytest.fixture
def desk(context: Context, source: MarketSource) -> Context:
    return online(context, source)


def states(kept: dict[str, RefreshItem]) -> list[str]:
    return [item.state for item in kept.values()]


async def test_what_is_behind_is_fetched_to_the_last_day_that_is_over(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    made = await begin(desk, person)
    await run(desk, made.id)
    kept = await entries(desk, person, made.id)
    assert states(kept) == ["done"] * 8
    one = kept[SYMBOLS[0]]
    assert (one.reason, one.attempts, one.source, one.inserted, one.updated, one.last) == (
        "behind", 1, "fake", 2, 0, FRIDAY,
    )  # fmt: skip
    assert source.asked == [(symbol, WEDNESDAY - OVERLAP, FRIDAY) for symbol in SYMBOLS]
    told = await found(desk, person, made.id)
    assert (told.counts.done, told.inserted, told.day) == (8, 16, FRIDAY)


async def test_during_trading_hours_the_day_at_hand_is_not_asked_for(
    desk: Context, source: MarketSource, person: Principal, clock: FakeClock
) -> None:
    clock.now = over_at(FRIDAY, dt.time(11))
    store_until(desk, WEDNESDAY)
    await run(desk, (await begin(desk, person)).id)
    assert {end for _, _, end in source.asked} == {THURSDAY}


async def test_a_second_refresh_the_same_evening_has_nothing_to_fetch(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    made = await begin(desk, person)
    await run(desk, made.id)
    await end_job(desk, made.job)
    with pytest.raises(NothingToRefresh, match="8 up to date"):
        await begin(desk, person)


async def test_a_suspended_stock_is_asked_for_once_an_evening(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, THURSDAY, SYMBOLS[:1])
    store_until(desk, FRIDAY, SYMBOLS[1:])
    source.newest = THURSDAY
    made = await begin(desk, person)
    await run(desk, made.id)
    assert (await entries(desk, person, made.id))[SYMBOLS[0]].state == "unchanged"
    await end_job(desk, made.job)
    with pytest.raises(NothingToRefresh, match="1 suspended"):
        await begin(desk, person)


async def test_a_named_stock_that_is_not_stored_is_fetched_whole(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    await run(desk, (await begin(desk, person, "600519")).id)
    assert source.asked == [("600519.SH", FIRST_DAY, FRIDAY)]


async def test_one_symbols_error_does_not_stop_the_rest(desk: Context, source: MarketSource, person: Principal) -> None:
    store_until(desk, WEDNESDAY)
    broken = SourceError("fake", "changed", "the column 收盘 is missing")
    source.fails = lambda symbol: broken if symbol == SYMBOLS[2] else None
    made = await begin(desk, person)
    await run(desk, made.id)
    kept = await entries(desk, person, made.id)
    assert states(kept) == ["done"] * 2 + ["failed"] + ["done"] * 5
    assert (kept[SYMBOLS[2]].error_kind, kept[SYMBOLS[2]].error) == ("changed", str(broken))
    assert source.symbols.count(SYMBOLS[2]) == 1


async def test_a_stalled_answer_is_tried_once_more_at_the_end(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    slow = SourceError("fake", "timeout", "no answer in 15 s")
    source.fails = lambda symbol: slow if symbol == SYMBOLS[0] and source.symbols.count(symbol) == 1 else None
    made = await begin(desk, person)
    await run(desk, made.id)
    assert source.symbols == [*SYMBOLS, SYMBOLS[0]]
    assert states(await entries(desk, person, made.id)) == ["done"] * 8


async def test_a_ban_stops_the_run_and_it_goes_on_by_itself(
    desk: Context, source: MarketSource, person: Principal, clock: FakeClock
) -> None:
    store_until(desk, WEDNESDAY)
    ban = SourceError("fake", "banned", "refused us", retry_after=1800)
    source.fails = lambda symbol: ban if len(source.asked) == 4 else None
    made = await begin(desk, person)
    await run(desk, made.id)
    told = await found(desk, person, made.id)
    assert (len(source.asked), told.counts.done, told.counts.pending) == (4, 3, 5)
    assert told.stopped is not None
    assert (told.stopped.source, told.stopped.kind) == ("fake", "banned")
    assert told.goes_on_at == clock.now + dt.timedelta(minutes=30)

    await end_job(desk, told.job, "failed")
    assert await service.tick(desk) is None
    clock.advance(minutes=30)
    assert await service.tick(desk) == made.id
    assert await service.tick(desk) is None, "it is under way"
    await run(desk, made.id)
    told = await found(desk, person, made.id)
    assert (told.counts.done, told.counts.pending, told.stopped, told.goes_on_at) == (8, 0, None, None)
    assert max(map(source.symbols.count, SYMBOLS)) == 2


async def test_a_ban_by_one_of_two_sources_fails_a_symbol_that_the_other_has_not(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    class Other(MarketSource):
        name = "other"

    other = Other()
    both = dataclasses.replace(desk, sources={"fake": source, "other": other})
    store_until(desk, WEDNESDAY)
    source.fails = lambda symbol: SourceError("fake", "banned", "refused us")
    other.fails = lambda symbol: SourceError("other", "empty", "nothing") if symbol == SYMBOLS[3] else None
    made = await begin(both, person)
    await run(both, made.id)
    assert states(await entries(desk, person, made.id)) == ["done"] * 3 + ["failed"] + ["done"] * 4
    assert other.symbols == [*SYMBOLS, SYMBOLS[3]]


async def test_a_closed_way_stops_the_run_after_three_symbols(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    source.fails = lambda symbol: SourceError("fake", "unreachable", "no route")
    made = await begin(desk, person)
    await run(desk, made.id)
    told = await found(desk, person, made.id)
    assert (len(source.asked), told.counts.pending) == (3, 8)
    assert told.stopped is not None
    assert told.stopped.kind == "unreachable"


async def test_after_many_stops_only_a_person_goes_on(
    desk: Context, source: MarketSource, person: Principal, clock: FakeClock
) -> None:
    store_until(desk, WEDNESDAY)
    source.fails = lambda symbol: SourceError("fake", "banned", "refused us")
    made = await begin(desk, person)
    runs = 0
    while True:
        await run(desk, made.id)
        runs += 1
        told = await found(desk, person, made.id)
        if told.goes_on_at is None:
            break
        await end_job(desk, told.job, "failed")
        clock.now = told.goes_on_at
        assert await service.tick(desk) == made.id
    assert runs == len(source.asked) == 7


async def test_a_holiday_taken_for_a_trading_day_costs_five_requests(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, THURSDAY)
    source.newest = THURSDAY
    made = await begin(desk, person)
    told = await run(desk, made.id)
    assert len(source.asked) == 5
    kept = await entries(desk, person, made.id)
    assert states(kept) == ["unchanged"] * 5 + ["skipped"] * 3
    assert {item.reason for item in kept.values() if item.state == "skipped"} == {"no_new_day"}
    assert "no day after 2026-11-19: 3 symbols" in told[0]


async def test_a_run_cut_off_anywhere_is_completed_by_the_next(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    made = await begin(desk, person)

    class Killed(BaseException):
        pass

    for place in range(6):
        kills = {"n": 0}

        async def fetch(context, symbol, on_log, *, end, place=place, kills=kills):  # type: ignore[no-untyped-def]
            kills["n"] += 1
            if place % 2 and kills["n"] == 1:
                raise Killed  # before it was asked for
            answer = await fetching.fetch(context, symbol, on_log, end=end)
            if kills["n"] == 1:
                raise Killed  # stored, and not yet noted
            return answer

        ledger = service.DatabaseLedger(desk, made.id)
        with pytest.raises(Killed):
            await service.carry_out(desk, ledger, fetch, lambda *_: None, lambda _: None)
    await run(desk, made.id)
    kept = await entries(desk, person, made.id)
    assert {item.state for item in kept.values()} == {"done", "unchanged"}
    assert max(item.attempts for item in kept.values()) == 2
    assert max(map(source.symbols.count, SYMBOLS)) <= 2
    for symbol in SYMBOLS:
        coverage = desk.bars.coverage(symbol, "1d")
        assert coverage is not None
        assert coverage.last == FRIDAY


async def test_a_symbol_whose_fetch_kills_twice_is_given_up_and_can_be_resumed(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY, SYMBOLS[:1])
    made = await begin(desk, person)
    for _ in range(2):
        assert await service.DatabaseLedger(desk, made.id).next() is not None
    await run(desk, made.id)
    one = (await entries(desk, person, made.id))[SYMBOLS[0]]
    assert (one.state, one.error_kind, source.asked) == ("failed", "interrupted", [])
    await end_job(desk, made.job)
    async with desk.database.unit() as uow:
        resumed = await service.resume(uow, desk, made.id, person.user_id)
    assert resumed.job.id != made.job.id
    assert resumed.job.state == "queued"
    await run(desk, made.id)
    assert (await entries(desk, person, made.id))[SYMBOLS[0]].state == "done"


async def test_two_runs_at_once_fetch_no_symbol_together(
    desk: Context, source: MarketSource, person: Principal
) -> None:
    store_until(desk, WEDNESDAY)
    made = await begin(desk, person)
    turns = await asyncio.gather(*(service.DatabaseLedger(desk, made.id).next() for _ in range(8)))
    assert sorted(turn.key for turn in turns if turn) == list(SYMBOLS)


async def test_by_hand_without_a_job_the_same_is_fetched(desk: Context, source: MarketSource, clock: FakeClock) -> None:
    clock.now = EVENING
    store_until(desk, WEDNESDAY)
    slow = SourceError("fake", "timeout", "no answer in 15 s")
    source.fails = lambda symbol: slow if symbol == SYMBOLS[0] else None
    made, minutes = await service.plan_by_hand(desk, RefreshCreate())
    ledger = service.MemoryLedger(made.steps, made.newest)
    assert await service.carry_out(desk, ledger, fetching.fetch, lambda *_: None, lambda _: None) is None
    assert (len(ledger.done), ledger.inserted, list(ledger.errors)) == (7, 14, [f"stock_daily {SYMBOLS[0]}"])
    assert source.symbols == [*SYMBOLS, SYMBOLS[0]]
    assert minutes == round(8 * 2 / 60, 1)
