"""Baostock's tables besides daily bars, by its package against a server of our own. All answers are made up."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantdesk.adapters.data_source.baostock import Baostock
from quantdesk.core.sources.records import BoardMember, IndexMember, ValuationDay
from quantdesk.core.sources.tables import Factors
from quantdesk.ports.data_source import Request, bars_of
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.making import polite
from tests.adapters.data_source.test_baostock import END, START, Script, answer, message, server, source, talk

__all__ = ["server", "source"]

MINUTES = Request("stock_minute", "600001.SH", "5m", START, END)
FACTORS = Request("factors", "600001.SH")
VALUES = Request("valuation", "600001.SH", "1d", START, END)
FIFTY = Request("constituents", "000016.SH")
INDUSTRIES = Request("industry_boards")


def page(method: str, rows: list[list[str]], *rest: str) -> bytes:
    return message("96", ["0", "success", method, "anonymous", "1", "2000", json.dumps({"record": rows}), *rest])


def k_data(rows: list[list[str]], fields: str, frequency: str, code: str = "sh.600001") -> bytes:
    return page("query_history_k_data_plus", rows, code, fields, "2024-01-01", "2024-01-31", frequency, "3")


def minutes(volume: str = "100000", code: str = "sh.600001", frequency: str = "5", adjusted: str = "3") -> bytes:
    fields = "date,time,code,open,high,low,close,volume,amount,adjustflag"
    rows = [
        ["2024-01-02", f"202401020{at}00000", code, "10.0", "10.3", "9.9", "10.2", volume, "1020000", adjusted]
        for at in ("935", "945")
    ]
    return k_data(rows, fields, frequency)


def factors(days: tuple[str, ...] = ("2022-06-10", "2023-06-09"), code: str = "sh.600001") -> bytes:
    rows = [[code, day, "0.9", str(1.05 + at / 10), "1.05"] for at, day in enumerate(days)]
    fields = "code,dividOperateDate,foreAdjustFactor,backAdjustFactor,adjustFactor"
    return page("query_adjust_factor", rows, "sh.600001", "1990-12-19", "2024-01-31", fields)


def values(code: str = "sh.600001", pe: str = "17.5") -> bytes:
    rows = [[day, code, "10.2", pe, "1.9", ""] for day in ("2024-01-02", "2024-01-03")]
    return k_data(rows, "date,code,close,peTTM,pbMRQ,psTTM", "d")


def members(count: int = 50, method: str = "query_sz50_stocks") -> bytes:
    rows = [["2024-01-29", f"sh.600{at:03}", "测试"] for at in range(1, count + 1)]
    return page(method, rows, "", "updateDate,code,code_name")


def industries(industry: str = "J66货币金融服务") -> bytes:
    rows = [["2024-01-29", "sh.600001", "测试", industry, "证监会行业分类"],
            ["2024-01-29", "sz.000002", "测试", "K70房地产业", "证监会行业分类"],
            ["2024-01-29", "sh.600099", "退市", "", "证监会行业分类"]]  # fmt: skip
    return page("query_stock_industry", rows, "", "", "updateDate,code,code_name,industry,industryClassification")


def test_minutes_are_read(source: Baostock, server: dict[str, Script]) -> None:
    server["script"] = talk(minutes())
    bars = bars_of(source.get(MINUTES))
    assert bars.time.tolist() == [dt.datetime(2024, 1, 2, 1, 35), dt.datetime(2024, 1, 2, 1, 45)]  # noqa: DTZ001
    assert (bars.volume[0], bars.close[0]) == (100_000, 10.2)


def test_factors_begin_with_one(source: Baostock, server: dict[str, Script]) -> None:
    server["script"] = talk(factors())
    table = source.get(FACTORS)
    assert isinstance(table, Factors)
    assert table.days.tolist() == [dt.date(1990, 12, 19), dt.date(2022, 6, 10), dt.date(2023, 6, 9)]
    assert np.allclose(table.factors, [1, 1.05, 1.15])


def test_values_are_read_and_what_is_not_told_is_none(source: Baostock, server: dict[str, Script]) -> None:
    server["script"] = talk(values())
    table: Any = source.get(VALUES)
    assert [one.day.day for one in table] == [2, 3]
    assert isinstance(table[0], ValuationDay)
    assert (table[0].close, table[0].pe_ttm, table[0].pb, table[0].ps_ttm) == (10.2, 17.5, 1.9, None)
    assert (table[0].market_value, table[0].total_shares) == (None, None)


def test_the_members_of_an_index_are_all_there(source: Baostock, server: dict[str, Script]) -> None:
    server["script"] = talk(members())
    table: Any = source.get(FIFTY)
    assert len(table) == 50
    assert table[0] == IndexMember("000016.SH", "600001.SH", None, None, None)


def test_industries_have_the_regulators_codes(source: Baostock, server: dict[str, Script]) -> None:
    server["script"] = talk(industries())
    assert source.get(INDUSTRIES) == [
        BoardMember("industry", "J66", "货币金融服务", "600001.SH"),
        BoardMember("industry", "K70", "房地产业", "000002.SZ"),
    ]


@pytest.mark.parametrize(
    ("request_", "body", "kind"),
    [
        (MINUTES, minutes(code="sh.600999"), "wrong_symbol"),
        (MINUTES, minutes(volume="1000"), "units"),
        (MINUTES, minutes(frequency="15"), "changed"),
        (MINUTES, minutes(adjusted="2"), "changed"),
        (MINUTES, minutes()[:-30], "truncated"),
        (FACTORS, factors(code="sh.600999"), "wrong_symbol"),
        (FACTORS, factors(()), "empty"),
        (FACTORS, factors(("2023-06-09", "2022-06-10")), "out_of_order"),
        (FACTORS, factors(("2022-13-10",)), "invalid"),
        (VALUES, values(code="sh.600999"), "wrong_symbol"),
        (VALUES, values(pe="n/a"), "changed"),
        (FIFTY, members(49), "truncated"),
        (FIFTY, members(method="query_hs300_stocks"), "wrong_symbol"),
        (INDUSTRIES, industries("货币金融服务"), "changed"),
        (INDUSTRIES, message("04", ["10001011", "黑名单用户"]), "banned"),
    ],
)
def test_each_bad_answer_has_its_name(source: Baostock, request_: Request, body: bytes, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        source.parse(request_, [answer(body)])
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "request_",
    [
        Request("constituents", "000852.SH"),
        Request("stock_minute", "600001.SH", "1m"),
        Request("stock_minute", "430001.BJ", "5m"),
    ],
)
def test_what_it_does_not_have_is_said_before_anybody_is_asked(tmp_path: Path, request_: Request) -> None:
    with pytest.raises(SourceError) as caught:
        Baostock(polite(tmp_path / "s.db", tries=1)).fetch(request_)
    assert caught.value.kind == "unsupported"
