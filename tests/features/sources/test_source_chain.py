"""The chain of sources over real adapters and a server on loopback; the answers are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import httpx
import numpy as np
import pytest

from quantdesk.bootstrap import make_sources
from quantdesk.features.market import fetching
from quantdesk.features.sources import service
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import Request, bars_of
from quantdesk.ports.errors import SourceError
from quantdesk.settings import Settings
from tests.adapters.data_source.made_answers import CASES_BY_ID, FACTORS, factors
from tests.adapters.data_source.making import make_source
from tests.contract.test_data_sources import FAULTS, Fault
from tests.support.source_server import Reply, SourceServer, source_server

__all__ = ["source_server"]

SYMBOL = "600001.SH"
DAILY = Request("stock_daily", SYMBOL, "1d", dt.date(2024, 1, 1), dt.date(2024, 1, 31))
EASTMONEY, SINA = (CASES_BY_ID[f"{name}-stock_daily-1d"] for name in ("eastmoney", "sina"))


@pytest.fixture
def online(context: Context, tmp_path: Path) -> Context:
    names = ("eastmoney", "sina", "tencent")
    return dataclasses.replace(context, sources={name: make_source(name, tmp_path / "s.db", tries=1) for name in names})


def world(fault: Fault | None = None, *, without_factors: bool = False) -> object:
    def script(url: str, posted: bytes) -> Reply:
        if "eastmoney" in url:
            body = EASTMONEY.answer(url, posted)
            return fault.spoil(EASTMONEY, body) if fault else Reply(body)
        if "hfq.js" in url:
            return Reply(b"", 503) if without_factors else Reply(factors(FACTORS))
        return Reply(SINA.answer(url, posted))

    return script


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_the_next_source_gives_right_bars_whatever_the_first_does(
    fault: Fault, online: Context, source_server: SourceServer
) -> None:
    source_server.script = world(fault)  # type: ignore[assignment]
    logged: list[str] = []
    name, receipt = await fetching.fetch(online, SYMBOL, logged.append)
    assert (name, receipt.inserted) == ("sina", 3)
    stored = online.bars.read(SYMBOL, "1d")
    assert stored is not None
    assert stored.close.tolist() == [10.2, 9.8, 9.9]
    assert stored.volume.tolist() == [100_000, 200_000, 150_000]
    assert stored.preclose[1] == 9.71  # 10.20 / 1.05
    assert any(line.startswith("eastmoney: ") for line in logged)
    write = online.bars.provenance(SYMBOL, "1d", dt.date(2024, 1, 2))[0].write
    assert write.source == "sina"
    assert str(write.parser).startswith("sina.stock_daily/1 akshare ")


async def test_without_factors_the_previous_closes_stay_unknown(online: Context, source_server: SourceServer) -> None:
    source_server.script = world(without_factors=True)  # type: ignore[assignment]
    logged: list[str] = []
    await fetching.fetch(online, SYMBOL, logged.append)
    stored = online.bars.read(SYMBOL, "1d")
    assert stored is not None
    assert np.isnan(stored.preclose).all()
    assert "previous closes stay unknown" in logged[-1]


def test_what_was_found_says_whence_and_who_failed_before(online: Context, source_server: SourceServer) -> None:
    source_server.script = world(FAULTS[0])  # type: ignore[assignment]
    found = service.ask(online, DAILY)
    assert (found.source, [error.kind for error in found.failures]) == ("sina", ["banned"])
    assert found.fetched_at.tzinfo is dt.UTC
    source_server.script = lambda url, posted: Reply(b"", 503)
    with pytest.raises(SourceError) as caught:
        service.ask(online, DAILY)
    assert caught.value.source == "eastmoney"  # the first one's: the most telling, here that it rests
    assert caught.value.kind == "resting"


async def test_two_sources_are_compared(online: Context, source_server: SourceServer) -> None:
    source_server.script = world()  # type: ignore[assignment]
    bars = bars_of(service.ask(online, DAILY).table)
    agreed = await service.cross_check(online, DAILY, bars, "eastmoney")
    assert agreed == service.CrossCheck("eastmoney", "sina", 3, ())
    wrong = dataclasses.replace(bars, close=bars.close + np.array([0, 0.05, 0]))
    checked = await service.cross_check(online, DAILY, wrong, "eastmoney")
    assert checked is not None
    assert [(one.field, one.time, round(one.first, 2), one.second) for one in checked.differences] == [
        ("close", dt.date(2024, 1, 3), 9.85, 9.8)
    ]
    alone = dataclasses.replace(online, sources={"eastmoney": online.sources["eastmoney"]})
    assert await service.cross_check(alone, DAILY, bars, "eastmoney") is None


def test_the_settings_say_who_is_asked_and_in_which_order(online: Context) -> None:
    assert list(service.chain(online, "stock_daily")) == ["eastmoney", "sina", "tencent"]
    assert list(service.chain(online, "factors")) == ["sina"]
    sources = online.settings.sources.model_copy(update={"order": {"stock_daily": ["tencent", "eastmoney", "tdx"]}})
    ordered = dataclasses.replace(online, settings=online.settings.model_copy(update={"sources": sources}))
    assert list(service.chain(ordered, "stock_daily")) == ["tencent", "eastmoney"]
    with pytest.raises(SourceError) as caught:
        service.ask(online, Request("instruments"))
    assert caught.value.kind == "unsupported"


def test_health_names_hosts_datasets_and_the_last_error(online: Context, source_server: SourceServer) -> None:
    source_server.script = world(FAULTS[0])  # type: ignore[assignment]
    service.ask(online, DAILY)
    by_name = {one.source: one for one in service.health(online)}
    assert "stock_minute" in by_name["eastmoney"].datasets
    host = by_name["eastmoney"].hosts[0]
    assert (host.host, host.state, host.last_error_kind) == ("push2his.eastmoney.com", "open", "banned")
    assert (host.requests_today, host.last_success) == (1, None)
    assert any(one.last_success for one in by_name["sina"].hosts)


def test_offline_means_that_no_server_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_sources(Settings.model_validate({"home": home, "sources": {"online": False}})) == {}
    local = {"online": False, "tdx": str(home)}
    assert list(make_sources(Settings.model_validate({"home": home, "sources": local}))) == ["tdx"]


def test_the_settings_build_each_source_when_it_is_asked(home: Path) -> None:
    settings = Settings.model_validate({"home": home, "sources": {"tushare_token": "secret-token", "tdx": str(home)}})
    built = make_sources(settings)
    assert list(built) == ["eastmoney", "sina", "tencent", "baostock", "csindex", "exchanges", "tushare", "tdx"]
    assert not (home / "run").exists()
    assert {name: source.name for name, source in built.items()} == {name: name for name in built}
    assert built["csindex"].datasets == {"constituents"}
    assert built["tushare"].datasets >= {"stock_daily", "factors", "calendar", "instruments", "statements"}
    assert built["eastmoney"].health()[0].ceiling == 2000
    assert "secret-token" not in repr(settings)
    assert "secret-token" not in json.dumps(settings.model_dump(mode="json"))


def test_an_order_names_known_sources_and_datasets(home: Path) -> None:
    for order in ({"stock_daily": ["yahoo"]}, {"prices": ["sina"]}):
        with pytest.raises(ValueError, match="Input should be"):
            Settings.model_validate({"home": home, "sources": {"order": order}})


async def test_the_health_of_the_sources_is_a_route(
    context: Context, viewer: httpx.AsyncClient, tmp_path: Path, source_server: SourceServer
) -> None:
    assert (await viewer.get("/api/v1/sources")).json() == []  # offline
    source = make_source("eastmoney", tmp_path / "s.db", tries=1)
    source_server.script = lambda url, posted: Reply(b"no", 403)
    context.sources["eastmoney"] = source
    with pytest.raises(SourceError):
        source.get(DAILY)
    answer = await viewer.get("/api/v1/sources")
    assert answer.status_code == 200
    (told,) = answer.json()
    assert told["source"] == "eastmoney"
    assert told["hosts"][0]["last_error_kind"] == "banned"
    assert told["hosts"][0]["state"] == "open"


def test_the_source_that_has_more_of_a_dataset_is_asked_first_unless_the_settings_say_else(online: Context) -> None:
    assert list(service.chain(online, "futures_daily")) == ["sina", "eastmoney"]  # Eastmoney's have no settlement
    assert list(service.chain(online, "stock_daily")) == ["eastmoney", "sina", "tencent"]
    sources = online.settings.sources.model_copy(update={"order": {"futures_daily": ["eastmoney"]}})
    settings = online.settings.model_copy(update={"sources": sources})
    assert list(service.chain(dataclasses.replace(online, settings=settings), "futures_daily")) == ["eastmoney"]
