"""The adjustment explorer over HTTP, on bars made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.bars.explain import explain
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.market import service
from quantdesk.features.market.adjustment import shown_rows
from quantdesk.kit.context import Context
from tests.fakes.made_bars import bars_of, random_walk

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SYMBOL = "600000.SH"
URL = f"/api/v1/stocks/{SYMBOL}/adjustment"
# 2020-01-01 … 07: 1.00 in cash at 10.00 on the second day, one bonus share for one at 12.00 on the fourth.
BARS = replace(bars_of(SYMBOL, [10, 9.9, 12, 6.6, 6.6]), preclose=np.array([10, 9, 9.9, 6, 6.6]))
DIVIDEND = CorporateAction(SYMBOL, dt.date(2020, 1, 2), cash=Decimal(1))


async def know(context: Context, *actions: CorporateAction) -> None:
    async with context.database.unit() as uow:
        await service.store_actions(uow, actions, "import")


async def explained(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get(URL, params=query)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_the_closes_come_as_columns_with_the_events_between_the_days(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    context.bars.merge([BARS], source="import", now=NOW)
    await know(context, DIVIDEND)
    got = await explained(viewer)
    assert got["time"][0] == got["first_date"] == "2020-01-01"
    assert got["time"][-1] == got["last_date"] == got["as_of"] == "2020-01-07"
    assert got["raw"] == [10, 9.9, 12, 6.6, 6.6]
    assert got["qfq"] == [4.5, 4.95, 6, 6.6, 6.6]
    assert got["hfq"] == [10, 11, 13.333333, 14.666667, 14.666667]
    # The second event is not known: 12 - 6 counts as cash.
    assert got["additive"] == pytest.approx([3, 3.9, 6, 6.6, 6.6])
    assert (got["total"], got["thinned"]) == (5, False)
    cash, unknown = got["compared"]["events"]
    assert cash["step"] == pytest.approx(10 / 9)
    assert (cash["verdict"], cash["expected"], cash["ex_dates"]) == ("explained", "9.00", ["2020-01-02"])
    assert cash["words"]["zh"] == "10派10：与昨收分毫不差"
    assert (unknown["date"], unknown["verdict"], unknown["expected"]) == ("2020-01-06", "unknown", None)
    assert (unknown["preclose"], unknown["factor_after"]) == (6, pytest.approx(20 / 9))
    returns = got["compared"]["returns"]
    assert returns["qfq"] == pytest.approx(returns["hfq"]) == pytest.approx(6.6 / 4.5 - 1)
    assert [told["topic"] for told in got["compared"]["sentences"]] == ["returns", "additive", "reinvested", "unknown"]


async def test_a_range_cuts_what_is_shown_and_as_of_moves_the_anchor(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    context.bars.merge([BARS], source="import", now=NOW)
    got = await explained(viewer, start="2020-01-02", end="2020-01-05", as_of="2020-01-04")
    assert got["time"] == ["2020-01-02", "2020-01-03"]
    assert (got["as_of"], got["last_date"]) == ("2020-01-03", "2020-01-07")
    assert got["qfq"] == got["raw"] == [9.9, 12]
    assert got["compared"]["events"] == []
    assert "没有除权除息" in got["compared"]["sentences"][0]["words"]["zh"]
    nothing = await explained(viewer, start="2020-01-04", end="2020-01-05")
    assert (nothing["time"], nothing["total"], nothing["compared"]) == ([], 0, None)


async def test_a_previous_close_that_the_source_does_not_give_is_null(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    context.bars.merge([replace(BARS, preclose=np.full(5, np.nan))], source="import", now=NOW)
    await know(context, DIVIDEND)
    (event,) = (await explained(viewer))["compared"]["events"]
    assert (event["preclose"], event["step"], event["verdict"]) == (None, 1, "not_in_prices")


async def test_the_etag_changes_with_bars_actions_and_query(viewer: httpx.AsyncClient, context: Context) -> None:
    context.bars.merge([BARS], source="import", now=NOW)
    etag = (await viewer.get(URL)).headers["ETag"]
    again = await viewer.get(URL, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (await viewer.get(URL, params={"as_of": "2020-01-01"})).headers["ETag"] != etag
    await know(context, DIVIDEND)
    told = (await viewer.get(URL, headers={"If-None-Match": etag})).headers["ETag"]
    assert told != etag
    context.bars.merge([bars_of(SYMBOL, [7.0], start="2020-01-08")], source="import", now=NOW)
    assert (await viewer.get(URL, headers={"If-None-Match": told})).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("600519.SH/adjustment", 404, "bars_not_stored"),
        ("nonsense!/adjustment", 422, "bad_symbol"),
        (f"{SYMBOL}/adjustment?start=2020-02-01&end=2020-01-01", 422, "invalid"),
        (f"{SYMBOL}/adjustment?as_of=yesterday", 422, "payload_invalid"),
        (f"{SYMBOL}/adjustment?max_points=5001", 422, "payload_invalid"),
    ],
)
async def test_what_cannot_be_explained_is_named(
    viewer: httpx.AsyncClient, context: Context, path: str, status: int, code: str
) -> None:
    context.bars.merge([BARS], source="import", now=NOW)
    answer = await viewer.get(f"/api/v1/stocks/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_long_history_keeps_each_lines_extremes_and_the_days_around_events() -> None:
    walk = random_walk(SYMBOL, 4_000, seed=3)
    preclose = walk.preclose.copy()
    preclose[500::500] -= 0.5
    lines = explain(replace(walk, preclose=preclose), [])
    assert len(lines.events) == 7
    rows = shown_rows(lines, 100, 3_900, 200)
    assert len(rows) <= 200
    assert (rows[0], rows[-1]) == (100, 3_899)
    for event in lines.events:
        assert {event.row - 1, event.row} <= set(rows.tolist())
    for line in (lines.raw, lines.qfq, lines.hfq, lines.additive):
        assert (line[rows].min(), line[rows].max()) == (line[100:3_900].min(), line[100:3_900].max())
    assert len(shown_rows(lines, 10, 10, 200)) == 0
