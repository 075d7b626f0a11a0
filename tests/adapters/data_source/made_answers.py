"""Answers of every source, hand-made with invented numbers: one good world each, and ways in which only it can fail.

The forms are those of the real servers (and of the recordings in ../shared/data/http); no figure is of a real company.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Dividend, Factors, FuturesBars, NameRecord, Suspension
from quantdesk.ports.data_source import InstrumentInfo, Request, Table, bars_of
from tests.adapters.data_source.made_sina import packed_bars, packed_days, script

START, END = dt.date(2024, 1, 1), dt.date(2024, 1, 31)
JSON_TYPE = "application/json; charset=utf-8"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_TYPE = "text/html; charset=gbk"
GUARD = "/*<script>location.href='//sina.com';</script>*/\n"

Answers = Callable[[str, bytes], bytes]


@dataclass(frozen=True)
class Case:
    """A source and a request, the good answers, and what must come of them."""

    source: str
    request: Request
    answer: Answers
    """(address, what was posted) -> body."""
    check: Callable[[Table], None]
    fails: dict[str, tuple[str, Callable[[bytes], bytes]]] = field(default_factory=dict)
    """Name of a fault -> (expected kind, what becomes of each good body)."""
    content_type: str = JSON_TYPE
    text: bool = True
    wrong_encoding: str = "gbk"

    @property
    def id(self) -> str:
        return f"{self.source}-{self.request.dataset}-{self.request.interval}"


# date, open, close, high, low, volume in lots, turnover, swing %, change %, change, turnover rate
KLINES = [
    "2024-01-02,10.00,10.20,10.30,9.90,1000,1020000.00,4.0,2.0,0.20,0.5",
    "2024-01-03,9.70,9.80,9.90,9.60,2000,1960000.00,3.0,-3.92,-0.40,0.6",
    "2024-01-05,9.80,9.90,10.00,9.80,1500,1485000.00,2.0,1.02,0.10,0.5",
]
BARS = [
    ("2024-01-02", 10.0, 10.3, 9.9, 10.2, 100_000, 1_020_000),
    ("2024-01-03", 9.7, 9.9, 9.6, 9.8, 200_000, 1_960_000),
    ("2024-01-05", 9.8, 10.0, 9.8, 9.9, 150_000, 1_485_000),
]
MINUTES = [line.replace(line[:10], f"2024-01-02 09:3{5 + at}", 1) for at, line in enumerate(KLINES)]
CALENDAR = [
    day
    for day in np.arange("1990-12-19", "2024-02-01", dtype="datetime64[D]").tolist()
    if day.weekday() < 5 and not (day.month == 10 and day.day < 8) and (day.month, day.day) != (1, 1)
]
NAMED_PAGE = """<!DOCTYPE html><html><head><meta charset="gbk"><title>测试股份(600001)公司简介</title></head><body>
<table><tr><td>一</td></tr></table><table><tr><td>二</td></tr></table><table><tr><td>三</td></tr></table>
<table><tr><td>公司名称：</td><td>测试股份有限公司</td></tr>
<tr><td>证券简称更名历史：</td><td>旧测试 ST测试 测试股份</td></tr></table></body></html>"""


def _replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old.encode(), new.encode())


def _eastmoney_lines(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    def apply(body: bytes) -> bytes:
        document = json.loads(body)
        name = "klines" if "klines" in document["data"] else "trends"
        document["data"][name] = change(document["data"][name])
        return json.dumps(document).encode()

    return apply


def _column(at: int, factor: float) -> Callable[[list[str]], list[str]]:
    def scaled(line: str) -> str:
        cells = line.split(",")
        cells[at] = str(float(cells[at]) * factor)
        return ",".join(cells)

    return lambda lines: [scaled(line) for line in lines]


def _eastmoney(code: str, market: int, klines: list[str], name: str = "klines") -> Answers:
    return lambda url, posted: json.dumps(
        {"rc": 0, "data": {"code": code, "market": market, "name": "测试", name: klines}}, ensure_ascii=False
    ).encode()


def _eastmoney_fails(code: str) -> dict[str, tuple[str, Callable[[bytes], bytes]]]:
    return {
        "another stock": ("wrong_symbol", _replaced(f'"code": "{code}"', '"code": "600999"')),
        "another market": ("wrong_symbol", lambda body: re.sub(rb'"market": \d', b'"market": 9', body)),
        "unknown": ("unknown_symbol", lambda body: b'{"rc":100,"data":null}'),
        "no bars": ("empty", _eastmoney_lines(lambda lines: [])),
        "a column more": ("changed", _eastmoney_lines(lambda lines: [line + ",1" for line in lines])),
        "a column less": ("changed", _eastmoney_lines(lambda lines: [line.rsplit(",", 1)[0] for line in lines])),
        "ragged rows": ("changed", _eastmoney_lines(lambda lines: [lines[0] + ",1", *lines[1:]])),
        "no data key": ("changed", lambda body: b'{"rc":0}'),
        "out of order": ("out_of_order", _eastmoney_lines(lambda lines: lines[::-1])),
        "a day twice": ("out_of_order", _eastmoney_lines(lambda lines: [lines[0], *lines])),
        "high below low": ("invalid", _eastmoney_lines(_column(3, 0.5))),
        "a price of zero": ("invalid", _eastmoney_lines(_column(1, 0))),
        "volume in shares": ("units", _eastmoney_lines(_column(5, 100))),
        "turnover in thousands": ("units", _eastmoney_lines(_column(6, 0.001))),
        "a price of words": ("invalid", _eastmoney_lines(lambda lines: [lines[0].replace("9.90", "-"), *lines[1:]])),
    }


def _three_bars(volume: float = 100_000) -> Callable[[Table], None]:
    def check(table: Table) -> None:
        bars = bars_of(table)
        assert len(bars) == 3
        assert bars.close.tolist() == [10.2, 9.8, 9.9]
        assert (bars.open[0], bars.high[0], bars.low[0], bars.volume[0]) == (10.0, 10.3, 9.9, volume)

    return check


def _minutes(table: Table) -> None:
    _three_bars()(table)
    assert bars_of(table).time[0] == np.datetime64("2024-01-02T01:35:00")  # 09:35 in Shanghai


def _pages(rows: list[dict[str, Any]]) -> Answers:
    """Two pages, the rows shared between them."""

    def answer(url: str, posted: bytes) -> bytes:
        at = 1 if "pageNumber=2" in url else 0
        result = {"pages": 2, "count": len(rows), "data": rows[at::2]}
        return json.dumps({"success": True, "message": "ok", "code": 0, "result": result}, ensure_ascii=False).encode()

    return answer


PLANS = [
    {
        "SECURITY_CODE": "600001", "REPORT_DATE": f"{year}-12-31 00:00:00", "ASSIGN_PROGRESS": "实施分配",
        "PRETAX_BONUS_RMB": 3.5, "BONUS_RATIO": 1, "IT_RATIO": None, "PLAN_NOTICE_DATE": f"{year + 1}-03-28 00:00:00",
        "EQUITY_RECORD_DATE": f"{year + 1}-06-10 00:00:00", "EX_DIVIDEND_DATE": f"{year + 1}-06-11 00:00:00",
    }
    for year in (2021, 2022)
]  # fmt: skip
HALTS = [
    {
        "SECUCODE": f"{code}.SH", "SUSPEND_START_DATE": "2024-01-02 00:00:00", "SUSPEND_END_TIME": None,
        "PREDICT_RESUME_DATE": "2024-01-09 00:00:00", "SUSPEND_REASON": "拟筹划重大资产重组",
    }
    for code in ("600001", "600002", "900901")
]  # fmt: skip


def _plan_check(table: Table) -> None:
    assert isinstance(table, list)
    first, second = table
    assert isinstance(first, Dividend)
    assert isinstance(second, Dividend)
    assert (first.cash, first.bonus, first.conversion) == (Decimal("0.35"), Decimal("0.1"), 0)
    action = first.action()
    assert action is not None
    assert (action.ex_date, action.announced) == (dt.date(2022, 6, 11), dt.date(2022, 3, 28))


def _halt_check(table: Table) -> None:
    assert isinstance(table, list)
    assert [one.symbol for one in table] == ["600001.SH", "600002.SH", "900901.SH"]
    assert isinstance(table[0], Suspension)
    assert (table[0].start, table[0].end, table[0].resumes) == (dt.date(2024, 1, 2), None, dt.date(2024, 1, 9))


_PAGE_FAILS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a page missing": ("truncated", _replaced('"pages": 2', '"pages": 1')),
    "rows missing": ("truncated", _replaced('"count": ', '"count": 7')),
    "no rows": ("empty", lambda body: b'{"success":false,"message":"x","result":null}'),
    "no result": ("changed", lambda body: b"{}"),
}


def _sina_daily(url: str, posted: bytes) -> bytes:
    if "klc_kl" in url:
        return script("KLC_K2_sh600001", packed_bars(BARS))
    shares = [{"date": "2020-01-01", "amount": 1000.5}, {"date": "2024-01-06", "amount": 2000}]
    return f"{GUARD}var KKE_ShareAmount_sh600001=({json.dumps(shares)});".encode()


def _sina_with(bars: list[Any]) -> Callable[[bytes], bytes]:
    return lambda body: script("KLC_K2_sh600001", packed_bars(bars)) if b"KLC_K2" in body else body


def _scaled(field_at: int, factor: float) -> list[Any]:
    return [(*bar[:field_at], round(bar[field_at] * factor), *bar[field_at + 1 :]) for bar in BARS]


def _tencent(rows: list[list[Any]], name: str = "sh600001") -> Answers:
    def answer(url: str, posted: bytes) -> bytes:
        if "weekTrends" in url:
            return b'trend_qfq={"code":0,"data":[["2024-01-02","1"]]}'
        data = {"code": 0, "msg": "", "data": {name: {"day": rows, "version": "16"}}}
        return b"kline_day2024=" + json.dumps(data, ensure_ascii=False).encode()

    return answer


def _tencent_fails(name: str, rows: list[list[Any]]) -> dict[str, tuple[str, Callable[[bytes], bytes]]]:
    def with_rows(new: list[list[Any]]) -> Callable[[bytes], bytes]:
        return lambda body: body if body.startswith(b"trend") else _tencent(new, name)("", b"")

    return {
        "another stock": ("wrong_symbol", _replaced(name, "sz000999")),
        "unknown": ("unknown_symbol", lambda body: b'kline_day2024={"code":0,"data":[]}'),
        "out of order": ("out_of_order", with_rows(rows[::-1])),
        "a column less": ("changed", with_rows([row[:4] for row in rows])),
        "high below low": ("invalid", with_rows([[*row[:3], "1.00", *row[4:]] for row in rows])),
        "no data": ("changed", lambda body: b'kline_day2024={"code":0}'),
        "another form": ("changed", lambda body: b"callback[]"),
    }


TENCENT_ROWS: list[list[Any]] = [
    ["2024-01-02", "10.00", "10.20", "10.30", "9.90", "1000", {}, "50", "102.0"],
    ["2024-01-03", "9.70", "9.80", "9.90", "9.60", "2000", {}, "50", "196.0"],
    ["2024-01-05", "9.80", "9.90", "10.00", "9.80", "1500", {}, "50", "148.5"],
]

FUTURES_ROWS = [
    {"d": day, "o": str(start), "h": str(high), "l": str(low), "c": str(close), "v": "1000", "p": "5000", "s": "3805"}
    for day, start, high, low, close in (
        ("2024-01-02", 3800, 3850, 3790, 3820),
        ("2024-01-03", 3820, 3830, 3800, 3810),
        ("2024-01-04", 0, 0, 0, 3810),
    )
]
FUTURES_ROWS[2]["v"] = "0"


def _futures(rows: list[dict[str, str]]) -> bytes:
    return f"{GUARD}var _V21052021_4_12=({json.dumps(rows)});".encode()


def _futures_minute(url: str, posted: bytes) -> bytes:
    rows = [
        {name: value for name, value in row.items() if name != "s"} | {"d": f"2024-01-02 {9 + at:02}:05:00"}
        for at, row in enumerate(FUTURES_ROWS)
    ]
    return f"{GUARD}=({json.dumps(rows)});".encode()


def _futures_check(table: Table) -> None:
    assert isinstance(table, FuturesBars)
    assert table.bars.close.tolist() == [3820, 3810, 3810]
    assert table.bars.open[2] == 3810  # without a trade there is only a close
    assert table.open_interest.tolist() == [5000, 5000, 5000]
    if table.bars.interval == "1d":
        assert table.settle.tolist() == [3805, 3805, 3805]
        assert table.bars.suspended.tolist() == [False, False, True]


FACTORS = [{"d": "2024-01-03", "f": "1.05"}, {"d": "1900-01-01", "f": "1.0"}]


def factors(rows: list[dict[str, str]], name: str = "sh600001") -> bytes:
    return f"var {name}hfq={json.dumps({'total': len(rows), 'data': rows})}\n/* tail {{}} */".encode()


def _factor_check(table: Table) -> None:
    assert isinstance(table, Factors)
    assert table.factors.tolist() == [1.0, 1.05]


def _calendar_check(table: Table) -> None:
    assert isinstance(table, TradingCalendar)
    assert (table.first, table.last) == (CALENDAR[0], CALENDAR[-1])


def _name_check(table: Table) -> None:
    assert isinstance(table, list)
    assert all(isinstance(one, NameRecord) for one in table)
    assert [(one.name, one.is_st) for one in table] == [("旧测试", False), ("ST测试", True), ("测试股份", False)]  # type: ignore[union-attr]


def _sheet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_excel(buffer, index=False)
    return buffer.getvalue()


_SZ_LIST = _sheet(
    [
        {"板块": "主板", "A股代码": f"{at:06}", "A股简称": f"测 试{at}", "A股上市日期": "2001-02-03",
         "A股总股本": "1", "A股流通股本": "1", "所属行业": "J"}
        for at in range(1, 13)
    ]
)  # fmt: skip
_SZ_GONE = _sheet(
    [{"证券代码": "000099", "证券简称": "退市测试", "上市日期": "1999-01-01", "终止上市日期": "2020-01-01"}]
)
_SZ_NAMES = _sheet(
    [
        {"变更日期": day, "证券代码": "000001", "证券简称": "新", "变更前简称": old, "变更后简称": new}
        for day, old, new in (("2010-05-01", "甲", "ST甲"), ("2012-06-01", "ST甲", "乙"))
    ]
)


def _shanghai(rows: list[dict[str, str]]) -> bytes:
    return json.dumps({"result": rows, "pageHelp": {"total": len(rows)}}, ensure_ascii=False).encode()


def _lists(url: str, posted: bytes) -> bytes:
    if "szse.cn" in url:
        return _SZ_GONE if "1793_ssgs" in url else _SZ_LIST
    if "bse.cn" in url:
        row = {f"c{at}": "x" for at in range(48)} | {"c0": "20210101", "c22": "20210101", "c38": "430001"}
        content = json.dumps([{"totalPages": 1, "totalElements": 1, "content": [row | {"c40": "测试北交"}]}])
        return f"null({content})".encode()
    if "COMPANY_STATUS=3" in url:
        gone = {"COMPANY_ABBR": "退市", "DELIST_DATE": "20200101", "LIST_DATE": "19990101", "COMPANY_CODE": "600099"}
        return _shanghai([gone])
    code = "688001" if "STOCK_TYPE=8" in url else "600001"
    row = {"A_STOCK_CODE": code, "SEC_NAME_CN": "测试 主板", "LIST_DATE": "20200102"}
    return _shanghai([row | {"SEC_NAME_FULL": "", "COMPANY_ABBR": "", "FULL_NAME": ""}])


def _list_check(table: Table) -> None:
    found = {info.symbol: info for info in table if isinstance(info, InstrumentInfo)}  # type: ignore[union-attr]
    assert len(found) == 17
    assert found["600001.SH"].name == "测试主板"
    assert found["688001.SH"].board == "star"
    assert found["000012.SZ"].list_date == dt.date(2001, 2, 3)
    assert found["430001.BJ"].board == "bse"
    assert found["600099.SH"].delist_date == found["000099.SZ"].delist_date == dt.date(2020, 1, 1)


def _sz_name_check(table: Table) -> None:
    assert [(one.name, one.since) for one in table] == [  # type: ignore[union-attr]
        ("甲", None), ("ST甲", dt.date(2010, 5, 1)), ("乙", dt.date(2012, 6, 1)),
    ]  # fmt: skip


def _tushare(url: str, posted: bytes) -> bytes:
    asked = json.loads(posted)
    fields = asked["fields"].split(",")
    params = asked["params"]
    match asked["api_name"]:
        case "daily":
            items = [
                ["600001.SH", bar[0].replace("-", ""), *bar[1:5], bar[4] - 0.1, bar[5] / 100, bar[6] / 1000]
                for bar in reversed(BARS)
            ]
        case "adj_factor":
            days = ("20240105", "20240104", "20240103", "20240102")
            items = [["600001.SH", day, 1.05 if day > "20240102" else 1.0] for day in days]
        case "trade_cal":
            days = np.arange("2024-01-01", "2024-02-01", dtype="datetime64[D]").tolist()
            items = [[f"{day:%Y%m%d}", int(day.weekday() < 5)] for day in days]
        case _:
            status = params["list_status"]
            gone = "20200101" if status == "D" else None
            items = [[f"60000{'LDP'.index(status) + 1}.SH", "测试", "20000101", gone]]
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


def _tushare_items(change: Callable[[list[Any]], list[Any]]) -> Callable[[bytes], bytes]:
    def apply(body: bytes) -> bytes:
        document = json.loads(body)
        document["data"]["items"] = change(document["data"]["items"])
        return json.dumps(document).encode()

    return apply


_TUSHARE_FAILS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "another stock": ("wrong_symbol", _replaced("600001.SH", "600999.SH")),
    "a column less": ("changed", _tushare_items(lambda items: [row[:-1] for row in items])),
    "other columns": ("changed", _replaced('"trade_date"', '"day"')),
    "more to come": ("truncated", _replaced('"has_more": false', '"has_more": true')),
    "too many calls": ("rate_limited", lambda body: '{"code":40203,"msg":"抱歉，您每分钟最多访问该接口50次"}'.encode()),
    "a wrong token": ("not_set_up", lambda body: '{"code":40101,"msg":"您的token不对，请确认。"}'.encode()),
    "too few points": ("unsupported", lambda body: '{"code":40203,"msg":"没有访问权限"}'.encode()),
    "no bars": ("empty", _tushare_items(lambda items: [])),
    "out of order": ("out_of_order", _tushare_items(lambda items: [items[1], items[0], *items[2:]])),
}


def _calendar_of(table: Table) -> None:
    assert isinstance(table, TradingCalendar)
    assert len(table) == 23


def _basic_check(table: Table) -> None:
    assert [(one.symbol, one.delist_date is None) for one in table] == [  # type: ignore[union-attr]
        ("600001.SH", True), ("600002.SH", False), ("600003.SH", True),
    ]  # fmt: skip


def _request(dataset: Any, symbol: str | None = "600001.SH", interval: Any = "1d") -> Request:
    return Request(dataset, symbol, interval, START, END)


INDEX_LINES = [line.replace(line.split(",")[6], str(float(line.split(",")[6]) * 2)) for line in KLINES]

CASES = [
    Case("eastmoney", _request("stock_daily"), _eastmoney("600001", 1, KLINES), _three_bars(),
         _eastmoney_fails("600001")
         | {"a day too early": ("invalid", _replaced("2024-01-02", "2023-01-02")),
            "a day too late": ("invalid", _replaced("2024-01-05", "2025-01-05"))}),
    Case("eastmoney", _request("etf_daily", "510001.SH"), _eastmoney("510001", 1, KLINES), _three_bars(),
         _eastmoney_fails("510001")),
    Case("eastmoney", _request("index_daily", "000300.SH"),
         _eastmoney("000300", 1, [",".join(line.split(",")[:8]) for line in INDEX_LINES]), _three_bars(),
         _eastmoney_fails("000300")),
    *(Case("eastmoney", _request("stock_minute", interval=interval),
           _eastmoney("600001", 1, [",".join(line.split(",")[:8]) for line in MINUTES] if interval == "1m" else MINUTES,
                      "trends" if interval == "1m" else "klines"), _minutes, _eastmoney_fails("600001"))
      for interval in ("1m", "5m", "15m", "30m", "60m")),
    Case("eastmoney", _request("dividends"), _pages(PLANS), _plan_check, _PAGE_FAILS | {
        "another stock": ("wrong_symbol", _replaced('"600001"', '"600999"')),
        "other columns": ("changed", _replaced("PRETAX_BONUS_RMB", "BONUS")),
        "amounts in words": ("changed", _replaced("3.5", '"10派3.5元"')),
        "amounts in cents": ("units", _replaced("3.5", "35000")),
    }),
    Case("eastmoney", _request("suspensions", None), _pages(HALTS), _halt_check, _PAGE_FAILS | {
        "other columns": ("changed", _replaced("SUSPEND_START_DATE", "START")),
        "no first day": ("invalid", _replaced('"2024-01-02 00:00:00"', "null")),
    }),
    Case("sina", _request("stock_daily"), _sina_daily, _three_bars(), {
        "another stock": ("wrong_symbol", _replaced("sh600001", "sh600999")),
        "another kind": ("changed", _replaced('="K2', '="HX')),
        "no script": ("truncated", lambda body: b'callback("x");'),
        "out of order": ("out_of_order", _sina_with([("2024-01-03", *BARS[0][1:]), BARS[1], BARS[2]])),
        "high below low": ("invalid", _sina_with([(bar[0], bar[1], bar[1], *bar[3:]) for bar in BARS])),
        "volume in lots": ("units", _sina_with(_scaled(5, 0.01))),
        "turnover in thousands": ("units", _sina_with(_scaled(6, 0.001))),
        "nothing packed": ("changed", _sina_with([])),
    }, content_type="application/x-javascript"),
    Case("sina", _request("factors"), lambda url, posted: factors(FACTORS), _factor_check, {
        "another stock": ("wrong_symbol", _replaced("sh600001", "sz000002")),
        "other columns": ("changed", _replaced('"f"', '"factor"')),
        "factors missing": ("truncated", _replaced('"total": 2', '"total": 3')),
        "a factor of zero": ("invalid", _replaced("1.05", "0")),
        "a day twice": ("out_of_order", _replaced("1900-01-01", "2024-01-03")),
        "no factors": ("empty", lambda body: factors([])),
    }, content_type="application/x-javascript"),
    Case("sina", _request("futures_daily", "rb2410.SHFE"), lambda url, posted: _futures(FUTURES_ROWS), _futures_check, {
        "a column less": ("changed", _replaced('"p"', '"q"')),
        "unknown": ("empty", lambda body: b"var _V21052021_4_12=(null);"),
        "no bars": ("empty", lambda body: _futures([])),
        "out of order": ("out_of_order", lambda body: _futures(FUTURES_ROWS[::-1])),
        "high below low": ("invalid", _replaced("3850", "1")),
        "no open interest": ("invalid", _replaced('"5000"', '""')),
    }, content_type="text/plain"),
    Case("sina", _request("futures_minute", "rb.SHFE", "5m"), _futures_minute, _futures_check, {
        "a column less": ("changed", _replaced('"p"', '"q"')),
        "a day twice": ("out_of_order", _replaced("10:05:00", "09:05:00")),
    }, content_type="text/plain"),
    Case("sina", _request("calendar", None), lambda url, posted: script("datelist", packed_days(CALENDAR)),
         _calendar_check, {
        "another kind": ("changed", lambda body: script("datelist", packed_bars(BARS))),
        "a part of it": ("truncated", lambda body: script("datelist", packed_days(CALENDAR[:5000]))),
        "a late beginning": ("truncated", lambda body: script("datelist", packed_days(CALENDAR[200:]))),
    }, content_type="text/plain"),
    Case("sina", _request("names"), lambda url, posted: NAMED_PAGE.encode("gbk"), _name_check, {
        "another stock": ("wrong_symbol", _replaced("600001", "600999")),
        "no history": ("changed", lambda body: body.replace("更名".encode("gbk"), b"--")),
    }, content_type=PAGE_TYPE, wrong_encoding="utf-8"),
    Case("tencent", _request("stock_daily"), _tencent(TENCENT_ROWS), _three_bars(),
         _tencent_fails("sh600001", TENCENT_ROWS) | {
        "volume in shares": ("units", lambda body: re.sub(rb'"(\d000|1500)"', rb'"\g<1>00"', body)),
        "turnover in yuan": ("units", lambda body: re.sub(rb'"(102|196|148)\.', rb'"\g<1>0000.', body)),
    }, content_type="text/html; charset=utf-8"),
    Case("tencent", _request("index_daily", "000300.SH"), _tencent([row[:6] for row in TENCENT_ROWS], "sh000300"),
         _three_bars(), _tencent_fails("sh000300", [row[:6] for row in TENCENT_ROWS]),
         content_type="text/html; charset=utf-8"),
    Case("exchanges", Request("instruments"), _lists, _list_check, {
        "Shanghai's rows missing": ("truncated", _replaced('"total": 1', '"total": 2')),
        "Shanghai's columns": ("changed", _replaced("SEC_NAME_CN", "NAME")),
        "Beijing's rows missing": ("truncated", _replaced('"totalElements": 1', '"totalElements": 2')),
        "Beijing's columns": ("changed", _replaced('"c46": "x", ', "")),
    }, text=False),
    Case("exchanges", _request("names", "000001.SZ"), lambda url, posted: _SZ_NAMES, _sz_name_check,
         {"another table": ("changed", lambda body: _SZ_LIST)}, content_type=SHEET_TYPE, text=False),
    Case("tushare", _request("stock_daily"), _tushare, _three_bars(), _TUSHARE_FAILS | {
        "volume in shares": ("units", _tushare_items(lambda rows: [[*row[:7], row[7] * 100, row[8]] for row in rows])),
        "high below low": ("invalid", _tushare_items(lambda items: [[*row[:3], 1, *row[4:]] for row in items])),
    }),
    Case("tushare", _request("factors"), _tushare, _factor_check, _TUSHARE_FAILS),
    Case("tushare", Request("calendar", start=START, end=END), _tushare, _calendar_of, {
        "days missing": ("truncated", _tushare_items(lambda items: [*items[:5], *items[6:]])),
    }),
    Case("tushare", Request("instruments"), _tushare, _basic_check,
         {"no rows": ("empty", _tushare_items(lambda _: []))}),
]  # fmt: skip

CASES_BY_ID = {case.id: case for case in CASES}
