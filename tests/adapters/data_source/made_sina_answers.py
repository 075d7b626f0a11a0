"""Sina's answers, hand-made with invented numbers, and ways in which only they fail."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Factors, FuturesBars, NameRecord
from quantdesk.ports.data_source import Table
from tests.adapters.data_source.cases import BARS, PAGE_TYPE, Case, Fails, Spoil, replaced, request, three_bars
from tests.adapters.data_source.made_sina import packed_bars, packed_days, script

GUARD = "/*<script>location.href='//sina.com';</script>*/\n"
CALENDAR = [
    day
    for day in np.arange("1990-12-19", "2024-02-01", dtype="datetime64[D]").tolist()
    if day.weekday() < 5 and not (day.month == 10 and day.day < 8) and (day.month, day.day) != (1, 1)
]
NAMED_PAGE = """<!DOCTYPE html><html><head><meta charset="gbk"><title>测试股份(600001)公司简介</title></head><body>
<table><tr><td>一</td></tr></table><table><tr><td>二</td></tr></table><table><tr><td>三</td></tr></table>
<table><tr><td>公司名称：</td><td>测试股份有限公司</td></tr>
<tr><td>证券简称更名历史：</td><td>旧测试 ST测试 测试股份</td></tr></table></body></html>"""


def _sina_daily(url: str, posted: bytes) -> bytes:
    if "klc_kl" in url:
        return script("KLC_K2_sh600001", packed_bars(BARS))
    shares = [{"date": "2020-01-01", "amount": 1000.5}, {"date": "2024-01-06", "amount": 2000}]
    return f"{GUARD}var KKE_ShareAmount_sh600001=({json.dumps(shares)});".encode()


def _sina_with(name: str, bars: list[Any]) -> Spoil:
    return lambda body: script(f"KLC_K2_{name}", packed_bars(bars)) if b"KLC_K2" in body else body


def _scaled(field_at: int, factor: float) -> list[Any]:
    return [(*bar[:field_at], round(bar[field_at] * factor), *bar[field_at + 1 :]) for bar in BARS]


def sina_bar_fails(name: str) -> Fails:
    return {
        "another stock": ("wrong_symbol", replaced(name, "sh600999")),
        "another kind": ("changed", replaced('="K2', '="HX')),
        "no script": ("truncated", lambda body: b'callback("x");'),
        "out of order": ("out_of_order", _sina_with(name, [("2024-01-03", *BARS[0][1:]), BARS[1], BARS[2]])),
        "high below low": ("invalid", _sina_with(name, [(bar[0], bar[1], bar[1], *bar[3:]) for bar in BARS])),
        "volume in lots": ("units", _sina_with(name, _scaled(5, 0.01))),
        "turnover in thousands": ("units", _sina_with(name, _scaled(6, 0.001))),
        "nothing packed": ("changed", _sina_with(name, [])),
    }


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


def factor_check(table: Table) -> None:
    assert isinstance(table, Factors)
    assert table.factors.tolist() == [1.0, 1.05]


def calendar_check(table: Table) -> None:
    assert isinstance(table, TradingCalendar)
    assert (table.first, table.last) == (CALENDAR[0], CALENDAR[-1])


def _name_check(table: Table) -> None:
    assert isinstance(table, list)
    assert all(isinstance(one, NameRecord) for one in table)
    assert [(one.name, one.is_st) for one in table] == [("旧测试", False), ("ST测试", True), ("测试股份", False)]  # type: ignore[union-attr]


SINA = [
    Case("sina", request("stock_daily"), _sina_daily, three_bars(), sina_bar_fails("sh600001"),
         content_type="application/x-javascript"),
    Case("sina", request("factors"), lambda url, posted: factors(FACTORS), factor_check, {
        "another stock": ("wrong_symbol", replaced("sh600001", "sz000002")),
        "other columns": ("changed", replaced('"f"', '"factor"')),
        "factors missing": ("truncated", replaced('"total": 2', '"total": 3')),
        "a factor of zero": ("invalid", replaced("1.05", "0")),
        "a day twice": ("out_of_order", replaced("1900-01-01", "2024-01-03")),
        "no factors": ("empty", lambda body: factors([])),
    }, content_type="application/x-javascript"),
    Case("sina", request("futures_daily", "rb2410.SHFE"), lambda url, posted: _futures(FUTURES_ROWS), _futures_check, {
        "a column less": ("changed", replaced('"p"', '"q"')),
        "unknown": ("empty", lambda body: b"var _V21052021_4_12=(null);"),
        "no bars": ("empty", lambda body: _futures([])),
        "out of order": ("out_of_order", lambda body: _futures(FUTURES_ROWS[::-1])),
        "high below low": ("invalid", replaced("3850", "1")),
        "no open interest": ("invalid", replaced('"5000"', '""')),
    }, content_type="text/plain"),
    Case("sina", request("futures_minute", "rb.SHFE", "5m"), _futures_minute, _futures_check, {
        "a column less": ("changed", replaced('"p"', '"q"')),
        "a day twice": ("out_of_order", replaced("10:05:00", "09:05:00")),
    }, content_type="text/plain"),
    Case("sina", request("calendar", None), lambda url, posted: script("datelist", packed_days(CALENDAR)),
         calendar_check, {
        "another kind": ("changed", lambda body: script("datelist", packed_bars(BARS))),
        "a part of it": ("truncated", lambda body: script("datelist", packed_days(CALENDAR[:5000]))),
        "a late beginning": ("truncated", lambda body: script("datelist", packed_days(CALENDAR[200:]))),
    }, content_type="text/plain"),
    Case("sina", request("names"), lambda url, posted: NAMED_PAGE.encode("gbk"), _name_check, {
        "another stock": ("wrong_symbol", replaced("600001", "600999")),
        "no history": ("changed", lambda body: body.replace("更名".encode("gbk"), b"--")),
    }, content_type=PAGE_TYPE, wrong_encoding="utf-8"),
]  # fmt: skip
