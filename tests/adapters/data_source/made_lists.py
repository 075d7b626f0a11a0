"""Answers of Tencent and of the exchanges, hand-made with invented numbers, and ways in which only they fail."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from quantdesk.ports.data_source import InstrumentInfo, Request, Table
from tests.adapters.data_source.cases import (
    SHEET_TYPE,
    Answers,
    Case,
    Fails,
    Spoil,
    replaced,
    request,
    sheet,
    three_bars,
)


def _tencent(rows: list[list[Any]], name: str = "sh600001") -> Answers:
    def answer(url: str, posted: bytes) -> bytes:
        if "weekTrends" in url:
            return b'trend_qfq={"code":0,"data":[["2024-01-02","1"]]}'
        data = {"code": 0, "msg": "", "data": {name: {"day": rows, "version": "16"}}}
        return b"kline_day2024=" + json.dumps(data, ensure_ascii=False).encode()

    return answer


def _tencent_fails(name: str, rows: list[list[Any]]) -> Fails:
    def with_rows(new: list[list[Any]]) -> Spoil:
        return lambda body: body if body.startswith(b"trend") else _tencent(new, name)("", b"")

    return {
        "another stock": ("wrong_symbol", replaced(name, "sz000999")),
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

_SZ_LIST = sheet(
    [
        {"板块": "主板", "A股代码": f"{at:06}", "A股简称": f"测 试{at}", "A股上市日期": "2001-02-03",
         "A股总股本": "1", "A股流通股本": "1", "所属行业": "J"}
        for at in range(1, 13)
    ]
)  # fmt: skip
_SZ_GONE = sheet(
    [{"证券代码": "000099", "证券简称": "退市测试", "上市日期": "1999-01-01", "终止上市日期": "2020-01-01"}]
)
_SZ_NAMES = sheet(
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


TENCENT = [
    Case("tencent", request("stock_daily"), _tencent(TENCENT_ROWS), three_bars(),
         _tencent_fails("sh600001", TENCENT_ROWS) | {
        "volume in shares": ("units", lambda body: re.sub(rb'"(\d000|1500)"', rb'"\g<1>00"', body)),
        "turnover in yuan": ("units", lambda body: re.sub(rb'"(102|196|148)\.', rb'"\g<1>0000.', body)),
    }, content_type="text/html; charset=utf-8"),
    Case("tencent", request("index_daily", "000300.SH"), _tencent([row[:6] for row in TENCENT_ROWS], "sh000300"),
         three_bars(), _tencent_fails("sh000300", [row[:6] for row in TENCENT_ROWS]),
         content_type="text/html; charset=utf-8"),
]  # fmt: skip

LISTS = [
    Case("exchanges", Request("instruments"), _lists, _list_check, {
        "Shanghai's rows missing": ("truncated", replaced('"total": 1', '"total": 2')),
        "Shanghai's columns": ("changed", replaced("SEC_NAME_CN", "NAME")),
        "Beijing's rows missing": ("truncated", replaced('"totalElements": 1', '"totalElements": 2')),
        "Beijing's columns": ("changed", replaced('"c46": "x", ', "")),
    }),
    Case("exchanges", request("names", "000001.SZ"), lambda url, posted: _SZ_NAMES, _sz_name_check,
         {"another table": ("changed", lambda body: _SZ_LIST)}, content_type=SHEET_TYPE),
]  # fmt: skip
