"""Where a bar comes from, and what was stored at an instant, over HTTP."""

from __future__ import annotations

import datetime as dt

import httpx

from quantdesk.kit.context import Context
from tests.fakes.made_bars import bars_of

DAY_1 = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
DAY_2 = DAY_1 + dt.timedelta(days=1)
SYMBOL = "600519.SH"
PATH = f"/api/v1/stocks/{SYMBOL}/provenance"


def store(context: Context) -> None:
    """One day of each of two sources, as after a fail-over, then a correction of the first day."""
    first, both = bars_of(SYMBOL, [10.0]), bars_of(SYMBOL, [10.0, 11.0])
    context.bars.merge([first], source="eastmoney", now=DAY_1, parser="eastmoney 2", as_of=dt.date(2026, 1, 5))
    context.bars.merge([both], source="sina", now=DAY_1)
    context.bars.merge([bars_of(SYMBOL, [10.5])], source="tencent", now=DAY_2)


async def test_a_corrected_bar_tells_both_versions_newest_first(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context)
    answer = await viewer.get("/api/v1/stocks/sh600519/provenance", params={"date": "2020-01-01"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["symbol"], body["interval"], body["date"]) == (SYMBOL, "1d", "2020-01-01")
    now, before = body["versions"]
    assert (now["close"], now["source"], now["until"], now["deleted"]) == (10.5, "tencent", None, False)
    assert (now["parser"], now["as_of"]) == (None, None)
    assert (before["close"], before["source"]) == (10.0, "eastmoney")
    assert (before["parser"], before["as_of"]) == ("eastmoney 2", "2026-01-05")
    assert before["fetched_at"] == before["since"] == "2026-01-05T08:00:00Z"
    assert before["until"] == now["since"] == "2026-01-06T08:00:00Z"


async def test_after_a_fail_over_each_day_tells_its_own_source(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context)
    answer = await viewer.get(PATH, params={"date": "2020-01-02"})
    assert [one["source"] for one in answer.json()["versions"]] == ["sina"]


async def test_a_deleted_bar_still_tells(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context)
    context.bars.delete([SYMBOL], "1d", now=DAY_2)
    answer = await viewer.get(PATH, params={"date": "2020-01-02"})
    assert [(one["until"], one["deleted"]) for one in answer.json()["versions"]] == [("2026-01-06T08:00:00Z", True)]


async def test_a_day_without_a_bar_has_no_versions_and_a_missing_date_is_refused(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    assert (await viewer.get(PATH, params={"date": "2020-01-02"})).json()["versions"] == []
    assert (await viewer.get(PATH)).status_code == 422
    assert (await viewer.get("/api/v1/stocks/nonsense/provenance", params={"date": "2020-01-02"})).status_code == 422


async def test_figures_a_source_does_not_give_are_null(viewer: httpx.AsyncClient, context: Context) -> None:
    bars = bars_of(SYMBOL, [10.0])
    bars.amount[:] = bars.preclose[:] = float("nan")
    context.bars.merge([bars], source="sina", now=DAY_1)
    [version] = (await viewer.get(PATH, params={"date": "2020-01-01"})).json()["versions"]
    assert (version["amount"], version["preclose"]) == (None, None)


async def test_bars_known_at_an_instant(viewer: httpx.AsyncClient, context: Context) -> None:
    store(context)
    url = f"/api/v1/stocks/{SYMBOL}/data"

    async def closes(**query: str) -> list[float]:
        answer = await viewer.get(url, params=query)
        assert answer.status_code == 200, answer.text
        found: list[float] = answer.json()["close"]
        return found

    assert await closes() == [10.5, 11.0]
    assert await closes(known_at="2026-01-05T20:00:00Z") == [10.0, 11.0]
    assert await closes(known_at="2026-01-06T16:00:00+08:00") == [10.5, 11.0]
    tags = {(await viewer.get(url, params=query)).headers["etag"] for query in ({}, {"known_at": DAY_1.isoformat()})}
    assert len(tags) == 2
    too_early = await viewer.get(url, params={"known_at": "0001-01-01T00:00:00+14:00"})
    assert (too_early.status_code, too_early.json()["code"]) == (404, "bars_not_stored")
    assert (await viewer.get(url, params={"known_at": "2026-01-05T20:00:00"})).status_code == 422  # no zone
