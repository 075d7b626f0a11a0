"""Tushare's answers, hand-made with invented numbers, and ways in which only they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.ports.data_source import Request, Table
from tests.adapters.data_source.cases import BARS, END, START, Case, Fails, Spoil, replaced, request, three_bars
from tests.adapters.data_source.made_sina_answers import factor_check


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


def items_changed(change: Callable[[list[Any]], list[Any]]) -> Spoil:
    def apply(body: bytes) -> bytes:
        document = json.loads(body)
        document["data"]["items"] = change(document["data"]["items"])
        return json.dumps(document).encode()

    return apply


CALL_FAILS: Fails = {
    "another stock": ("wrong_symbol", replaced("600001.SH", "600999.SH")),
    "a column less": ("changed", items_changed(lambda items: [row[:-1] for row in items])),
    "other columns": ("changed", replaced('"trade_date"', '"day"')),
    "more to come": ("truncated", replaced('"has_more": false', '"has_more": true')),
    "too many calls": ("rate_limited", lambda body: '{"code":40203,"msg":"抱歉，您每分钟最多访问该接口50次"}'.encode()),
    "a wrong token": ("not_set_up", lambda body: '{"code":40101,"msg":"您的token不对，请确认。"}'.encode()),
    "too few points": ("unsupported", lambda body: '{"code":40203,"msg":"没有访问权限"}'.encode()),
    "no bars": ("empty", items_changed(lambda items: [])),
    "out of order": ("out_of_order", items_changed(lambda items: [items[1], items[0], *items[2:]])),
}


def _calendar_of(table: Table) -> None:
    assert isinstance(table, TradingCalendar)
    assert len(table) == 23


def _basic_check(table: Table) -> None:
    assert [(one.symbol, one.delist_date is None) for one in table] == [  # type: ignore[union-attr]
        ("600001.SH", True), ("600002.SH", False), ("600003.SH", True),
    ]  # fmt: skip


TUSHARE = [
    Case("tushare", request("stock_daily"), _tushare, three_bars(), CALL_FAILS | {
        "volume in shares": ("units", items_changed(lambda rows: [[*row[:7], row[7] * 100, row[8]] for row in rows])),
        "high below low": ("invalid", items_changed(lambda items: [[*row[:3], 1, *row[4:]] for row in items])),
    }),
    Case("tushare", request("factors"), _tushare, factor_check, CALL_FAILS),
    Case("tushare", Request("calendar", start=START, end=END), _tushare, _calendar_of, {
        "days missing": ("truncated", items_changed(lambda items: [*items[:5], *items[6:]])),
    }),
    Case("tushare", Request("instruments"), _tushare, _basic_check,
         {"no rows": ("empty", items_changed(lambda _: []))}),
]  # fmt: skip
