"""Answers about the whole market and about funds, hand-made with invented numbers: boards, funds, indices."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from quantdesk.core.sources.records import BoardMember, FundNav, IndexMember, LimitUp
from quantdesk.ports.data_source import InstrumentInfo, Request, Table
from tests.adapters.data_source.cases import SHEET_TYPE, Answers, Case, Fails, Spoil, replaced, request, sheet
from tests.adapters.data_source.made_tushare import CALL_FAILS, items_changed

INDUSTRIES = [("600001.SH", "475", "银行"), ("000002.SZ", "451", "房地产"), ("430001.BJ", "451", "房地产")]
CONCEPTS = [("600001.SH", "0815", "融资融券"), ("000002.SZ", "815", "融资融券"), ("000002.SZ", "BK0900", "新能源")]
OTHERS = [("600001.SH", "145", "上海板块"), ("600001.SH", "475", "银行")]


def _members(rows: list[tuple[str, str, str]]) -> Answers:
    """Two pages, the rows shared between them, and a B share."""
    named = [
        {"SECUCODE": symbol, "BOARD_CODE": code, "BOARD_NAME": name}
        for symbol, code, name in [*rows, ("900901.XX", rows[0][1], rows[0][2])]
    ]

    def answer(url: str, posted: bytes) -> bytes:
        at = 1 if "pageNumber=2" in url else 0
        result = {"pages": 2, "count": len(named), "data": named[at::2]}
        return json.dumps({"success": True, "result": result}, ensure_ascii=False).encode()

    return answer


def _concepts(url: str, posted: bytes) -> bytes:
    if "/clist/" not in url:
        return _members(CONCEPTS + OTHERS)(url, posted)
    return json.dumps({"rc": 0, "data": {"total": 2, "diff": [{"f12": "BK0815"}, {"f12": "BK0900"}]}}).encode()


def _industry_check(table: Table) -> None:
    assert table == [
        BoardMember("industry", "BK0451", "房地产", "000002.SZ"),
        BoardMember("industry", "BK0451", "房地产", "430001.BJ"),
        BoardMember("industry", "BK0475", "银行", "600001.SH"),
    ]


def _concept_check(table: Table) -> None:
    assert table == [
        BoardMember("concept", "BK0815", "融资融券", "000002.SZ"),
        BoardMember("concept", "BK0815", "融资融券", "600001.SH"),
        BoardMember("concept", "BK0900", "新能源", "000002.SZ"),
    ]


_TABLE_FAILS: Fails = {
    "rows missing": ("truncated", replaced('"count": ', '"count": 7')),
    "a page missing": ("truncated", replaced('"pages": 2', '"pages": 1')),
    "no rows": ("empty", lambda body: b'{"result":null}' if b'"pages"' in body else body),
    "no result": ("changed", lambda body: b"{}"),
    "other columns": ("changed", replaced("BOARD_NAME", "NAME")),
}

POOL = [
    {
        "c": code, "m": market, "n": "测 试", "p": 11220, "zdp": 10.0, "amount": 1.5e8, "ltsz": 2.4e9, "tshare": 3e9,
        "hs": 5.0, "lbc": 2, "fbt": 92500, "lbt": 143005, "fund": 8.6e7, "zbc": 1, "hybk": "电力行业",
        "zttj": {"days": 2, "ct": 2},
    }
    for code, market in (("600001", 1), ("000002", 0), ("430001", 0))
]  # fmt: skip


def _pool(url: str, posted: bytes) -> bytes:
    data = {"tc": len(POOL), "qdate": 20240102, "pool": POOL}
    return json.dumps({"rc": 0, "data": data}, ensure_ascii=False).encode()


def _pool_check(table: Table) -> None:
    assert isinstance(table, list)
    assert [one.symbol for one in table] == ["000002.SZ", "430001.BJ", "600001.SH"]
    assert table[2] == LimitUp(
        dt.date(2024, 1, 2), "600001.SH", "测试", 11.22, 8.6e7, "09:25:00", "14:30:05", 1, 2, "电力行业"
    )


_POOL_FAILS: Fails = {
    "another day": ("invalid", replaced("20240102", "20240103")),
    "shares missing": ("truncated", replaced('"tc": 3', '"tc": 4')),
    "no trading": ("empty", lambda body: b'{"rc":102,"data":null}'),
    "no data": ("changed", lambda body: b"{}"),
    "a column less": ("changed", replaced('"zbc"', '"zb"')),
    "another market": ("changed", replaced('"m": 1', '"m": 7')),
    "a share twice": ("out_of_order", replaced('"430001"', '"000002"')),
    "a price of zero": ("invalid", replaced("11220", "0")),
    "a time that is none": ("changed", replaced("92500", "99999")),
    "more sealed than there is": ("units", replaced("86000000.0", "86000000000.0")),
    "words for figures": ("changed", replaced("86000000.0", '"8600万"')),
}

FUNDS = [
    ["000001", "CSCZ", "测试成长混合", "混合型-灵活", "CESHI"],
    ["110011", "CSYZ", "测试优质 精选", "混合型-偏股", "CESHI"],
    ["161725", "CSBJ", "测试白酒指数(LOF)A", "指数型-股票", "CESHI"],
    ["510300", "CS300", "测试300ETF", "指数型-股票", "CESHI"],
]


def _fund_list(url: str, posted: bytes) -> bytes:
    return f"\ufeffvar r = {json.dumps(FUNDS, ensure_ascii=False)};".encode()


def _fund_check(table: Table) -> None:
    assert isinstance(table, list)
    found = [(one.symbol, one.name, one.kind) for one in table if isinstance(one, InstrumentInfo)]
    assert found == [
        ("000001.OF", "测试成长混合", "fund"), ("110011.OF", "测试优质精选", "fund"),
        ("161725.SZ", "测试白酒指数(LOF)A", "fund"), ("510300.SH", "测试300ETF", "etf"),
    ]  # fmt: skip


NAVS = [("2024-01-02", 1.5, 2.5), ("2024-01-03", 1.52, 2.52), ("2024-01-05", 1.49, None)]


def _nav(url: str, posted: bytes) -> bytes:
    at = [int(dt.datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp() * 1000) for day, _, _ in NAVS]
    trend = [{"x": x, "y": nav, "equityReturn": 0.1, "unitMoney": ""} for x, (_, nav, _) in zip(at, NAVS, strict=True)]
    whole = [[x, value] for x, (_, _, value) in zip(at, NAVS, strict=True)]
    return (
        '/*2024-02-01 10:00:00*/var ishb=false;/*基金名称*/var fS_name = "测试优质";var fS_code = "110011";'
        f"/*单位净值走势*/var Data_netWorthTrend = {json.dumps(trend)};"
        f"/*累计净值走势*/var Data_ACWorthTrend = {json.dumps(whole)};"
    ).encode()


def _nav_check(table: Table) -> None:
    assert table == [FundNav("110011.OF", dt.date.fromisoformat(day), nav, whole) for day, nav, whole in NAVS]


_NAV_FAILS: Fails = {
    "another fund": ("wrong_symbol", replaced('"110011"', '"110012"')),
    "no name": ("changed", replaced("fS_code", "fS")),
    "a money fund": ("empty", lambda body: b'var fS_code = "110011";var Data_netWorthTrend = [];'),
    "other columns": ("changed", replaced('"y"', '"value"')),
    "an expression for a list": ("truncated", replaced("Data_netWorthTrend = [", "Data_netWorthTrend = alert()||[")),
    "a call behind a list": ("changed", replaced("}];", "}].concat(alert());")),
    "a day twice": ("out_of_order", replaced("1704211200000", "1704124800000")),
    "days in seconds": ("out_of_order", replaced("00000, ", "00, ")),
    "no value": ("invalid", replaced("1.52,", "null,")),
    "a value of zero": ("invalid", replaced('"y": 1.52,', '"y": 0,')),
    "a value in hundredths": ("units", replaced('"y": 1.52,', '"y": 152,')),
    "a word for a value": ("changed", replaced('"y": 1.52,', '"y": "x",')),
}
_WEIGHTS = [("600001", "上海证券交易所", 60.02), ("000002", "深圳证券交易所", 30.0), ("300001", "深圳证券交易所", 9.99)]


def _sina_nav(url: str, posted: bytes) -> bytes:
    """Two pages, the newest first."""
    rows = [{"fbrq": f"{day} 00:00:00", "jjjz": str(nav), "ljjz": str(whole or "")} for day, nav, whole in NAVS[::-1]]
    part = rows[2:] if "page=2" in url else rows[:2]
    return json.dumps({"result": {"status": {"code": 0}, "data": {"data": part, "total_num": "3"}}}).encode()


def _weights(rows: list[Any], index: str = "000300", day: str = "20240131", names: bool = True) -> bytes:
    columns = ["日期Date", "指数代码Index Code", "指数名称Index Name", "指数英文名称Index Name(Eng)",
               "成份券代码Constituent Code", "成份券名称Constituent Name", "成份券英文名称Constituent Name(Eng)",
               "交易所Exchange", "交易所英文名称Exchange(Eng)", "权重(%)weight"]  # fmt: skip
    table = [
        dict(zip(columns, [day, index, "测试300", "TEST", code, "测试", "TEST", exchange, "X", weight], strict=True))
        for code, exchange, weight in rows
    ]
    return sheet(table if names else [{name: row[name] for name in columns[:-1]} for row in table])


def _weight_check(table: Table) -> None:
    assert isinstance(table, list)
    members = [one for one in table if isinstance(one, IndexMember)]
    assert [(one.index, one.symbol, round(one.weight or 0, 6)) for one in members] == [
        ("000300.SH", "000002.SZ", 0.3), ("000300.SH", "300001.SZ", 0.0999), ("000300.SH", "600001.SH", 0.6002),
    ]  # fmt: skip


def _instead(body: bytes) -> Spoil:
    return lambda _: body


_INDEX_FAILS: Fails = {
    "another index": ("wrong_symbol", _instead(_weights(_WEIGHTS, "000905"))),
    "two days": ("changed", _instead(_weights(_WEIGHTS, day="一月"))),
    "a share twice": ("out_of_order", _instead(_weights([*_WEIGHTS, _WEIGHTS[0]]))),
    "shares missing": ("truncated", _instead(_weights(_WEIGHTS[:2]))),
    "weights that are fractions": ("units", _instead(_weights([(*row[:2], row[2] / 100) for row in _WEIGHTS]))),
    "weights in hundredths": ("invalid", _instead(_weights([(*row[:2], row[2] * 100) for row in _WEIGHTS]))),
    "a word for a weight": ("changed", _instead(_weights([(*row[:2], "n/a") for row in _WEIGHTS]))),
    "no weights": ("changed", _instead(_weights(_WEIGHTS, names=False))),
    "another exchange": ("changed", _instead(_weights([("600001", "香港联合交易所", 100)]))),
    "no sheet": ("changed", lambda body: b"PK? no"),
    "an empty sheet": ("changed", _instead(sheet([]))),
}


def _tushare(url: str, posted: bytes) -> bytes:
    asked = json.loads(posted)
    fields = asked["fields"].split(",")
    items: list[list[Any]]
    match asked["api_name"]:
        case "index_weight":
            whole = [(f"{code}.{'SH' if code[0] == '6' else 'SZ'}", weight) for code, _, weight in _WEIGHTS]
            items = [["000300.SH", code, "20240131", weight] for code, weight in whole]
            items += [["000300.SH", "600001.SH", "20240102", 100]]
        case "fund_nav":
            items = [["110011.OF", day.replace("-", ""), nav, whole] for day, nav, whole in reversed(NAVS)]
        case _:
            names = {"000001.OF": "测试成长混合", "110011.OF": "测试优质 精选", "161725.OF": "测试白酒指数(LOF)A"}
            if asked["params"]["market"] == "E":
                names = {"161725.SZ": "测试白酒指数(LOF)A", "510300.SH": "测试300ETF"}
            items = [[symbol, name, "20100101", None] for symbol, name in names.items()]
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


_CALLS: Fails = {
    name: fail
    for name, fail in CALL_FAILS.items()
    if name not in ("another stock", "other columns", "no bars", "out of order")
}

MARKET = [
    Case("eastmoney", Request("industry_boards"), _members(INDUSTRIES), _industry_check, _TABLE_FAILS | {
        "a board that is none": ("changed", replaced('"475"', '"A475"')),
        "a share in two industries": ("invalid", replaced("000002.SZ", "600001.SH")),
    }),
    Case("eastmoney", Request("concept_boards"), _concepts, _concept_check, _TABLE_FAILS | {
        "a board of two names": ("invalid", replaced('"815", "BOARD_NAME": "融资融券"', '"815", "BOARD_NAME": "融券"')),
        "concepts missing": ("truncated", replaced('"total": 2', '"total": 3')),
        "no codes": ("changed", replaced('"f12"', '"f13"')),
        "concepts without members": ("changed", replaced('"BK0900", "BOARD_NAME"', '"BK0901", "BOARD_NAME"')),
    }),
    Case("eastmoney", Request("limit_up_pool", start=dt.date(2024, 1, 2)), _pool, _pool_check, _POOL_FAILS),
    Case("eastmoney", Request("funds"), _fund_list, _fund_check, {
        "a cell more": ("changed", replaced('"CSYZ"', '"CSYZ", ""')),
        "no list": ("truncated", lambda body: b"var r = {};"),
        "another variable": ("changed", replaced("var r", "var s")),
        "no funds": ("empty", lambda body: b"var r = [];"),
        "a fund twice": ("invalid", replaced('"110011"', '"000001"')),
        "a code that is none": ("changed", replaced('"110011"', '"11001"')),
        "a call behind the list": ("truncated", lambda body: body + b"alert()"),
    }, content_type="application/x-javascript"),
    Case("eastmoney", request("fund_nav", "110011.OF"), _nav, _nav_check, _NAV_FAILS,
         content_type="application/x-javascript"),
    Case("sina", request("fund_nav", "110011.OF"), _sina_nav, _nav_check, {
        "other columns": ("changed", replaced('"jjjz"', '"nav"')),
        "no number": ("changed", replaced("total_num", "total")),
        "values missing": ("truncated", replaced('"3"', '"4"')),
        "no values": ("empty", lambda body: b'{"result":{"data":{"data":[],"total_num":"0"}}}'),
        "a day twice": ("out_of_order", replaced("2024-01-03", "2024-01-05")),
        "a value of zero": ("invalid", replaced('"1.52"', '"0"')),
        "a word for a value": ("changed", replaced('"1.52"', '"x"')),
        "a value in hundredths": ("units", replaced('"1.52"', '"152"')),
    }),
    Case("csindex", request("constituents", "000300.SH"), lambda url, posted: _weights(_WEIGHTS), _weight_check,
         _INDEX_FAILS, content_type=SHEET_TYPE),
    Case("tushare", request("constituents", "000300.SH"), _tushare, _weight_check, _CALLS | {
        "another index": ("wrong_symbol", replaced("000300.SH", "000905.SH")),
        "other columns": ("changed", replaced('"con_code"', '"code"')),
        "no members": ("empty", items_changed(lambda items: [])),
        "a share twice": ("out_of_order", replaced("000002.SZ", "600001.SH")),
        "shares missing": ("truncated", items_changed(lambda items: items[1:])),
        "weights that are fractions": ("units", items_changed(lambda rows: [[*r[:3], r[3] / 100] for r in rows])),
    }),
    Case("tushare", request("fund_nav", "110011.OF"), _tushare, _nav_check, _CALLS | {
        "another fund": ("wrong_symbol", replaced("110011.OF", "110012.OF")),
        "other columns": ("changed", replaced('"unit_nav"', '"nav"')),
        "no values": ("empty", items_changed(lambda items: [])),
        "a day twice": ("out_of_order", replaced("20240103", "20240102")),
        "a value in hundredths": ("units", replaced("1.52,", "152,")),
    }),
    Case("tushare", Request("funds"), _tushare, _fund_check, _CALLS | {
        "no funds": ("empty", items_changed(lambda items: [])),
        "a code that is none": ("changed", replaced("110011", "11001")),
        "a share": ("changed", replaced("510300.SH", "600001.SH")),
    }),
]  # fmt: skip
