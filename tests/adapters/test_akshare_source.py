"""AkshareSource through the real akshare library.

The answers here are hand-made with invented numbers, except where a test is marked `data`: it replays a recording.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import requests
import responses

from quantdesk.adapters.data_source.akshare import AkshareSource, ex_right_preclose
from quantdesk.adapters.data_source.http_watch import Watch, watched
from quantdesk.adapters.data_source.pace import Pace
from quantdesk.core.bars.frame import Bars
from quantdesk.ports.errors import SourceError

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
EASTMONEY = "https://push2his.eastmoney.com/api/qt/stock/kline/get"
TENCENT_START = "https://web.ifzq.gtimg.cn/other/klineweb/klineWeb/weekTrends"
TENCENT = "https://proxy.finance.qq.com/ifzqgtimg/appstock/app/newfqkline/get"
FACTORS = "https://finance.sina.com.cn/realstock/company/sh600001/hfq.js"
START, END = dt.date(2024, 1, 1), dt.date(2024, 1, 31)

# date, open, close, high, low, volume in lots, turnover, swing %, change %, change, turnover rate
KLINES = [
    "2024-01-02,10.00,10.20,10.30,9.90,1000,1020000.00,4.0,2.0,0.20,0.5",
    "2024-01-03,9.70,9.80,9.90,9.60,2000,1960000.00,3.0,-3.92,-0.40,0.6",
]


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def source(tmp_path: Path, naps: list[float]) -> AkshareSource:
    pace = Pace(tmp_path / "pace", interval_s=0, clock=lambda: 1000.0, sleep=naps.append)
    return AkshareSource(pace, sleep=naps.append, rng=random.Random(1))  # noqa: S311


def eastmoney(code: str = "600001", klines: list[str] | None = None) -> dict[str, Any]:
    return {"rc": 0, "data": {"code": code, "market": 1, "klines": KLINES if klines is None else klines}}


def factors(*pairs: tuple[str, str], name: str = "sh600001") -> str:
    data = [{"d": day, "f": factor} for day, factor in pairs]
    return f"var {name}hfq={json.dumps({'total': len(data), 'data': data})};\n/* tail {{}} */"


def no_tencent(http: responses.RequestsMock) -> None:
    http.get(TENCENT_START, body=requests.ConnectionError())


def test_raw_bars_come_in_shares_with_the_ex_right_previous_close(
    http: responses.RequestsMock, source: AkshareSource
) -> None:
    http.get(EASTMONEY, json=eastmoney())
    http.get(FACTORS, body=factors(("2024-01-03", "1.05"), ("1900-01-01", "1.0")))
    bars = source.daily_bars("600001.SH", START, END)
    assert bars.time.tolist() == [dt.date(2024, 1, 2), dt.date(2024, 1, 3)]
    assert bars.volume.tolist() == [100_000, 200_000]
    assert np.isnan(bars.preclose[0])
    assert bars.preclose[1] == 9.71  # 10.20 / 1.05 = 9.714
    assert "fqt=0" in str(http.calls[0].request.url)


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "var sz000002hfq={}", factors(("1900-01-01", "0")), "var sh600001hfq={broken"],
)
def test_without_usable_factors_the_previous_close_is_unknown(
    http: responses.RequestsMock, source: AkshareSource, body: str
) -> None:
    http.get(EASTMONEY, json=eastmoney())
    http.get(FACTORS, body=body)
    bars = source.daily_bars("600001.SH", START, END)
    assert np.isnan(bars.preclose).all()


@pytest.mark.parametrize(
    ("answer", "kind", "calls"),
    [
        ({"body": requests.ConnectTimeout()}, "timeout", 3),
        ({"body": requests.ReadTimeout()}, "timeout", 3),
        ({"body": requests.ConnectionError()}, "unreachable", 3),
        ({"body": "", "status": 503}, "unreachable", 3),
        ({"body": "slow down", "status": 429}, "rate_limited", 3),
        ({"body": "no", "status": 403}, "banned", 1),
        ({"body": "<html>captcha</html>"}, "banned", 1),
        ({"body": json.dumps(eastmoney())[:60]}, "invalid", 3),
        ({"body": ""}, "invalid", 3),
        ({"json": {"rc": 100, "data": None}}, "unknown_symbol", 1),
        ({"json": eastmoney(klines=[])}, "empty", 1),
        ({"json": eastmoney(code="600002")}, "invalid", 3),
        ({"json": {"rc": 0}}, "changed", 1),
        ({"json": eastmoney(klines=[line + ",1" for line in KLINES])}, "changed", 1),
        ({"json": eastmoney(klines=[line.rsplit(",", 1)[0] for line in KLINES])}, "changed", 1),
        ({"json": eastmoney(klines=[KLINES[0].replace("10.30", "-")])}, "invalid", 1),
        ({"json": eastmoney(klines=[KLINES[0], KLINES[0]])}, "invalid", 1),
        ({"json": eastmoney(klines=[KLINES[0].replace("2024", "2023")])}, "invalid", 1),
        ({"json": eastmoney(klines=[KLINES[0].replace("2024", "2025")])}, "invalid", 1),
        ({"json": eastmoney(klines=[KLINES[0].replace(",1000,", ",100000,")])}, "invalid", 1),
    ],
)
def test_each_bad_answer_has_its_kind_and_only_passing_ones_are_tried_again(
    http: responses.RequestsMock,
    source: AkshareSource,
    naps: list[float],
    answer: dict[str, Any],
    kind: str,
    calls: int,
) -> None:
    http.get(EASTMONEY, **answer)
    no_tencent(http)
    with pytest.raises(SourceError) as caught:
        source.daily_bars("600001.SH", START, END)
    assert caught.value.kind == kind
    asked = [call for call in http.calls if str(call.request.url).startswith(EASTMONEY)]
    assert len(asked) == calls


def test_the_pauses_between_tries_double_and_are_spread(
    http: responses.RequestsMock, source: AkshareSource, naps: list[float]
) -> None:
    http.get(EASTMONEY, body=requests.ReadTimeout())
    http.get(EASTMONEY, body=requests.ReadTimeout())
    http.get(EASTMONEY, json=eastmoney())
    http.get(FACTORS, body=factors(("1900-01-01", "1.0")))
    assert len(source.daily_bars("600001.SH", START, END)) == 2
    assert len(naps) == 2
    assert 1 <= naps[0] <= 2 <= naps[1] <= 4


def test_tencent_answers_when_eastmoney_does_not(http: responses.RequestsMock, source: AkshareSource) -> None:
    http.get(EASTMONEY, status=403, body="no")
    http.get(TENCENT_START, body='trend_qfq={"code":0,"data":[["2024-01-01","1"]]}')
    rows = [["2024-01-02", "10.00", "10.20", "10.30", "9.90", "1000", {}, "50", "102.0"]]
    http.get(TENCENT, body="kline_day2024=" + json.dumps({"data": {"sh600001": {"day": rows}}}))
    http.get(FACTORS, body=factors(("1900-01-01", "1.0")))
    bars = source.daily_bars("600001.SH", START, END)
    assert (bars.close[0], bars.volume[0], bars.amount[0]) == (10.2, 100_000, 1_020_000)


def test_the_lots_that_akshare_leaves_for_shenzhen_stocks_become_shares(
    http: responses.RequestsMock, source: AkshareSource
) -> None:
    http.get(EASTMONEY, status=403, body="no")
    http.get(TENCENT_START, body='trend_qfq={"code":0,"data":[["2024-01-01","1"]]}')
    rows = [["2024-01-02", "10.00", "10.20", "10.30", "9.90", "1000", {}, "50", "102.0"]]
    http.get(TENCENT, body="kline_day2024=" + json.dumps({"data": {"sz000001": {"day": rows}}}))
    http.get(FACTORS.replace("sh600001", "sz000001"), body=factors(("1900-01-01", "1.0"), name="sz000001"))
    assert source.daily_bars("000001.SZ", START, END).volume[0] == 100_000


@pytest.mark.parametrize("symbol", ["000300.SH", "510300.SH", "600001.DEMO", "777777.SH", "../x"])
def test_what_is_no_share_is_not_asked_for(http: responses.RequestsMock, source: AkshareSource, symbol: str) -> None:
    with pytest.raises(SourceError) as caught:
        source.daily_bars(symbol, START, END)
    assert caught.value.kind == "unknown_symbol"
    assert not http.calls


def test_the_list_of_shares_has_boards_and_listing_dates(http: responses.RequestsMock, source: AkshareSource) -> None:
    def shanghai(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        code, name = ("688001", "测试科创") if "STOCK_TYPE=8" in str(request.url) else ("600001", "测试 主板")
        row = {"A_STOCK_CODE": code, "SEC_NAME_CN": name, "LIST_DATE": "20200102"}
        return 200, {}, json.dumps({"result": [row | {"SEC_NAME_FULL": "", "COMPANY_ABBR": "", "FULL_NAME": ""}]})

    http.add_callback("GET", "https://query.sse.com.cn/sseQuery/commonQuery.do", shanghai)
    sheet = io.BytesIO()
    columns = ["板块", "A股代码", "A股简称", "A股上市日期", "A股总股本", "A股流通股本", "所属行业"]
    shenzhen = pd.DataFrame([["主板", f"{at:06}", f"测试{at}", "2001-02-03", "1", "1", "J"] for at in range(1, 13)])
    shenzhen.set_axis(columns, axis=1).to_excel(sheet, index=False)
    http.get("https://www.szse.cn/api/report/ShowReport", body=sheet.getvalue())
    beijing = {f"c{at}": "x" for at in range(48)} | {
        "c0": "20210101",
        "c22": "20210101",
        "c38": "430001",
        "c40": "测试北交",
    }
    http.post(
        "https://www.bse.cn/nqxxController/nqxxCnzq.do",
        body="null([" + json.dumps({"totalPages": 1, "content": [beijing]}) + "])",
    )
    found = {info.symbol: info for info in source.instruments()}
    assert len(found) == 15
    assert found["600001.SH"].name == "测试主板"
    assert found["688001.SH"].board == "star"
    assert found["000012.SZ"].list_date == dt.date(2001, 2, 3)
    assert found["430001.BJ"].board == "bse"


def test_every_call_has_a_timeout_and_takes_its_turn(http: responses.RequestsMock) -> None:
    http.get("https://example.test/", body="x")
    turns: list[int] = []
    with watched(Watch(before=lambda: turns.append(1), timeout=(1.0, 2.0))) as watch:
        requests.get("https://example.test/")  # noqa: S113 - the point of the test
        requests.get("https://example.test/", timeout=9)
    requests.get("https://example.test/")  # noqa: S113
    assert len(turns) == 2
    assert [call.request.req_kwargs["timeout"] for call in http.calls] == [(1.0, 2.0), 9, None]  # type: ignore[attr-defined]
    assert len(watch.responses) == 2


def test_two_processes_share_one_pace(tmp_path: Path) -> None:
    naps: list[float] = []
    first, second = (
        Pace(tmp_path / "pace", interval_s=2.0, burst=2, clock=lambda: 100.0, sleep=naps.append) for _ in range(2)
    )
    for _ in range(2):
        first.wait()
        second.wait()
    assert naps == [2.0, 4.0]  # two at once, then one every two seconds


def test_the_pace_survives_a_broken_file_and_a_clock_set_back(tmp_path: Path) -> None:
    naps: list[float] = []
    (tmp_path / "pace").write_text("garbage")
    Pace(tmp_path / "pace", interval_s=1.0, clock=lambda: 10_000_000.0, sleep=naps.append).wait()
    Pace(tmp_path / "pace", interval_s=1.0, clock=lambda: 100.0, sleep=naps.append).wait()
    assert naps == []


def test_factors_give_the_exchanges_previous_close_rounded_half_up() -> None:
    size = 3
    flat = np.full(size, 10.01)
    bars = Bars(
        "600001.SH",
        "1d",
        np.array(["2024-01-02", "2024-01-03", "2024-01-04"], "datetime64[D]"),
        *(flat for _ in range(4)),
        *(np.ones(size) for _ in range(2)),
        np.full(size, np.nan),
        *(np.zeros(size, np.bool_) for _ in range(2)),
    )
    days = np.array(["1900-01-01", "2024-01-04"], "datetime64[D]")
    result = ex_right_preclose(bars, days, np.array([1.0, 2.0]))
    assert np.isnan(result[0])
    assert result[1:].tolist() == [10.01, 5.01]  # 5.005 goes up


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the recordings in ../shared/data are not here")
def test_the_recorded_eastmoney_answer_is_read(http: responses.RequestsMock, source: AkshareSource) -> None:
    body = (DATA / "http" / "eastmoney" / "kline_sh601872_day_fields51-61.json").read_text()
    http.get(EASTMONEY, body=body)
    http.get(FACTORS.replace("600001", "601872"), body=factors(("1900-01-01", "1.0"), name="sh601872"))
    bars = source.daily_bars("601872.SH", dt.date(2024, 12, 1), dt.date(2024, 12, 31))
    assert len(bars) == 10
    assert bars.close[-1] == 6.18
    assert bars.volume[0] == 84_274_300


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the recordings in ../shared/data are not here")
def test_the_recorded_answer_for_an_unknown_code_is_named_so(
    http: responses.RequestsMock, source: AkshareSource
) -> None:
    http.get(EASTMONEY, body=(DATA / "http" / "eastmoney" / "kline_unknown_code.json").read_text())
    no_tencent(http)
    with pytest.raises(SourceError) as caught:
        source.daily_bars("600001.SH", START, END)
    assert caught.value.kind == "unknown_symbol"


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the recordings in ../shared/data are not here")
def test_a_recorded_tencent_answer_for_another_symbol_is_refused(
    http: responses.RequestsMock, source: AkshareSource
) -> None:
    http.get(EASTMONEY, status=403, body="no")
    http.get(TENCENT_START, body='trend_qfq={"code":0,"data":[["2024-01-01","1"]]}')
    http.get(TENCENT, body="k={}".replace("{}", (DATA / "http" / "tencent" / "fqkline_sh000300.json").read_text()))
    with pytest.raises(SourceError):
        source.daily_bars("600001.SH", START, END)
