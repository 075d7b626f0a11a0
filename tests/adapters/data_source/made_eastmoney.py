"""Eastmoney's bars, dividends and suspensions, hand-made with invented numbers, and ways in which only they fail.

The forms are those of the real servers (and of the recordings in ../shared/data/http); no figure is of a real company.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from quantdesk.core.sources.tables import Dividend, Suspension
from quantdesk.ports.data_source import Table
from tests.adapters.data_source.cases import Answers, Case, Fails, Spoil, minutes_check, replaced, request, three_bars

# date, open, close, high, low, volume in lots, turnover, swing %, change %, change, turnover rate
KLINES = [
    "2024-01-02,10.00,10.20,10.30,9.90,1000,1020000.00,4.0,2.0,0.20,0.5",
    "2024-01-03,9.70,9.80,9.90,9.60,2000,1960000.00,3.0,-3.92,-0.40,0.6",
    "2024-01-05,9.80,9.90,10.00,9.80,1500,1485000.00,2.0,1.02,0.10,0.5",
]
MINUTES = [line.replace(line[:10], f"2024-01-02 09:3{5 + at}", 1) for at, line in enumerate(KLINES)]


def eastmoney_lines(change: Callable[[list[str]], list[str]]) -> Spoil:
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


def eastmoney(code: str, market: int, klines: list[str], name: str = "klines") -> Answers:
    return lambda url, posted: json.dumps(
        {"rc": 0, "data": {"code": code, "market": market, "name": "测试", name: klines}}, ensure_ascii=False
    ).encode()


def eastmoney_fails(code: str) -> Fails:
    return {
        "another stock": ("wrong_symbol", replaced(f'"code": "{code}"', '"code": "600999"')),
        "another market": ("wrong_symbol", lambda body: re.sub(rb'"market": \d', b'"market": 9', body)),
        "unknown": ("unknown_symbol", lambda body: b'{"rc":100,"data":null}'),
        "no bars": ("empty", eastmoney_lines(lambda lines: [])),
        "a column more": ("changed", eastmoney_lines(lambda lines: [line + ",1" for line in lines])),
        "a column less": ("changed", eastmoney_lines(lambda lines: [line.rsplit(",", 1)[0] for line in lines])),
        "ragged rows": ("changed", eastmoney_lines(lambda lines: [lines[0] + ",1", *lines[1:]])),
        "no data key": ("changed", lambda body: b'{"rc":0}'),
        "out of order": ("out_of_order", eastmoney_lines(lambda lines: lines[::-1])),
        "a day twice": ("out_of_order", eastmoney_lines(lambda lines: [lines[0], *lines])),
        "high below low": ("invalid", eastmoney_lines(_column(3, 0.5))),
        "a price of zero": ("invalid", eastmoney_lines(_column(1, 0))),
        "volume in shares": ("units", eastmoney_lines(_column(5, 100))),
        "turnover in thousands": ("units", eastmoney_lines(_column(6, 0.001))),
        "a price of words": ("invalid", eastmoney_lines(lambda lines: [lines[0].replace("9.90", "-"), *lines[1:]])),
    }


def pages(rows: list[dict[str, Any]]) -> Answers:
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


def plan_check(table: Table) -> None:
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


PAGE_FAILS: Fails = {
    "a page missing": ("truncated", replaced('"pages": 2', '"pages": 1')),
    "rows missing": ("truncated", replaced('"count": ', '"count": 7')),
    "no rows": ("empty", lambda body: b'{"success":false,"message":"x","result":null}'),
    "no result": ("changed", lambda body: b"{}"),
}


INDEX_LINES = [line.replace(line.split(",")[6], str(float(line.split(",")[6]) * 2)) for line in KLINES]

EASTMONEY = [
    Case("eastmoney", request("stock_daily"), eastmoney("600001", 1, KLINES), three_bars(),
         eastmoney_fails("600001")
         | {"a day too early": ("invalid", replaced("2024-01-02", "2023-01-02")),
            "a day too late": ("invalid", replaced("2024-01-05", "2025-01-05"))}),
    Case("eastmoney", request("etf_daily", "510001.SH"), eastmoney("510001", 1, KLINES), three_bars(),
         eastmoney_fails("510001")),
    Case("eastmoney", request("index_daily", "000300.SH"),
         eastmoney("000300", 1, [",".join(line.split(",")[:8]) for line in INDEX_LINES]), three_bars(),
         eastmoney_fails("000300")),
    *(Case("eastmoney", request("stock_minute", interval=interval),
           eastmoney("600001", 1, [",".join(line.split(",")[:8]) for line in MINUTES] if interval == "1m" else MINUTES,
                      "trends" if interval == "1m" else "klines"), minutes_check, eastmoney_fails("600001"))
      for interval in ("1m", "5m", "15m", "30m", "60m")),
    Case("eastmoney", request("dividends"), pages(PLANS), plan_check, PAGE_FAILS | {
        "another stock": ("wrong_symbol", replaced('"600001"', '"600999"')),
        "other columns": ("changed", replaced("PRETAX_BONUS_RMB", "BONUS")),
        "amounts in words": ("changed", replaced("3.5", '"10派3.5元"')),
        "amounts in cents": ("units", replaced("3.5", "35000")),
    }),
    Case("eastmoney", request("suspensions", None), pages(HALTS), _halt_check, PAGE_FAILS | {
        "other columns": ("changed", replaced("SUSPEND_START_DATE", "START")),
        "no first day": ("invalid", replaced('"2024-01-02 00:00:00"', "null")),
    }),
]  # fmt: skip
