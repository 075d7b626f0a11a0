"""Corporate actions as they are stored and listed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import httpx

from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.market import service
from quantdesk.kit.context import Context

FIRST = CorporateAction(
    "600000.SH",
    dt.date(2010, 6, 10),
    cash=Decimal("0.15"),
    bonus=Decimal("0.3"),
    announced=dt.date(2010, 6, 3),
    record_date=dt.date(2010, 6, 9),
    pay_date=dt.date(2010, 6, 17),
    list_date=dt.date(2010, 6, 11),
)
RIGHTS = CorporateAction("600036.SH", dt.date(2010, 3, 15), rights=Decimal("0.13"), rights_price=Decimal("8.85"))
TINY = CorporateAction("600000.SH", dt.date(2011, 6, 3), cash=Decimal("0.00000001"), split=Decimal("0.33333333"))


async def store(context: Context, *actions: CorporateAction) -> tuple[int, int, int]:
    async with context.database.unit() as uow:
        done = await service.store_actions(uow, actions, "import")
    return done.inserted, done.updated, done.unchanged


async def test_what_is_stored_comes_back_exact_oldest_first_within_the_days(context: Context) -> None:
    assert await store(context, TINY, RIGHTS, FIRST) == (3, 0, 0)
    async with context.database.unit(write=False) as uow:
        symbols = ["600000.SH", "600036.SH", "000001.SZ"]
        assert await service.actions_of(uow, symbols) == {"600000.SH": [FIRST, TINY], "600036.SH": [RIGHTS]}
        assert await service.actions_of(uow, symbols, dt.date(2010, 6, 10), dt.date(2010, 6, 10)) == {
            "600000.SH": [FIRST]
        }
        assert await service.actions_of(uow, [], FIRST.ex_date) == {}


async def test_the_same_again_changes_nothing_and_a_correction_replaces(context: Context) -> None:
    assert await store(context, FIRST) == (1, 0, 0)
    assert await store(context, FIRST, RIGHTS) == (1, 0, 1)
    corrected = dataclasses.replace(FIRST, cash=Decimal("0.16"))
    assert await store(context, corrected) == (0, 1, 0)
    async with context.database.unit(write=False) as uow:
        assert (await service.actions_of(uow, ["600000.SH"]))["600000.SH"] == [corrected]


async def test_more_actions_than_one_statement_takes_are_stored(context: Context) -> None:
    days = [dt.date(1990, 1, 1) + dt.timedelta(days=n) for n in range(1_200)]
    assert await store(context, *(dataclasses.replace(RIGHTS, ex_date=day) for day in days)) == (1_200, 0, 0)
    async with context.database.unit(write=False) as uow:
        assert len((await service.actions_of(uow, ["600036.SH"]))["600036.SH"]) == 1_200


async def test_the_route_lists_newest_first_in_both_languages(context: Context, trader: httpx.AsyncClient) -> None:
    await store(context, FIRST, TINY)
    answer = (await trader.get("/api/v1/stocks/sh600000/actions")).json()
    assert answer["symbol"] == "600000.SH"
    newest, oldest = answer["items"]
    assert (newest["ex_date"], newest["cash"], newest["split"]) == ("2011-06-03", "0.00000001", "0.33333333")
    assert oldest == {
        "ex_date": "2010-06-10",
        "kinds": ["cash_dividend", "bonus_share"],
        "words_zh": "10送3派1.5",
        "words_en": "for 10 shares: 3 bonus shares, 1.5 in cash before tax",
        "cash": "0.15",
        "bonus": "0.3",
        "conversion": "0",
        "split": "1",
        "rights": "0",
        "rights_price": None,
        "announced": "2010-06-03",
        "record_date": "2010-06-09",
        "pay_date": "2010-06-17",
        "list_date": "2010-06-11",
        "source": "import",
    }


async def test_a_stock_without_any_has_an_empty_list_and_a_bad_symbol_is_told(trader: httpx.AsyncClient) -> None:
    assert (await trader.get("/api/v1/stocks/600519.SH/actions")).json() == {"symbol": "600519.SH", "items": []}
    bad = await trader.get("/api/v1/stocks/nonsense/actions")
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_symbol")
