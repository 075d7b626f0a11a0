"""Financial reports and values of one company by Eastmoney, Sina and Tushare, hand-made with invented numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from quantdesk.core.sources.records import StatementItem, ValuationDay
from quantdesk.ports.data_source import Table
from tests.adapters.data_source.cases import Answers, Case, Fails, Spoil, replaced, request
from tests.adapters.data_source.made_eastmoney import PAGE_FAILS, plan_check
from tests.adapters.data_source.made_tushare import CALL_FAILS, items_changed

# The same company for all: two reports, of which Eastmoney's second was corrected three weeks later.
PERIODS = (("2023-06-30", "2023-08-20", "2023-08-20"), ("2023-12-31", "2024-03-28", "2024-04-18"))
BALANCE = {
    "total_assets": 1e9, "current_assets": 6e8, "cash": 2e8, "receivables": 5e7, "inventory": 1.2e8,
    "fixed_assets": 3e8, "goodwill": 1e7, "total_liabilities": 4e8, "current_liabilities": 3e8, "short_loans": 1e8,
    "long_loans": 5e7, "total_equity": 6e8, "equity_parent": 5.5e8, "minority_equity": 5e7, "share_capital": 1e8,
}  # fmt: skip
INCOME = {
    "total_revenue": 8.1e8, "revenue": 8e8, "total_operating_cost": 7e8, "operating_cost": 5e8, "rd_expense": 4e7,
    "selling_expense": 6e7, "admin_expense": 5e7, "finance_expense": -1e6, "operating_profit": 9e7,
    "total_profit": 8.8e7, "income_tax": 2.2e7, "net_profit": 6.6e7, "net_profit_parent": 6e7,
    "net_profit_deducted": 5.5e7, "eps_basic": 0.6, "eps_diluted": 0.59,
}  # fmt: skip
CASH_FLOW = {
    "operating_cash_flow": 9e7, "investing_cash_flow": -5e7, "financing_cash_flow": -2e7, "capex": 4.5e7,
    "cash_end": 1.8e8,
}  # fmt: skip
INDICATORS = {
    "roe": 0.11, "roa": 0.066, "gross_margin": 0.375, "net_margin": 0.0825, "debt_ratio": 0.4, "current_ratio": 2.0,
    "revenue_yoy": 0.08, "net_profit_yoy": -0.05, "bps": 5.5,
}  # fmt: skip
ALL = BALANCE | INCOME | CASH_FLOW | INDICATORS
FRACTIONS = ("roe", "roa", "gross_margin", "net_margin", "debt_ratio", "revenue_yoy", "net_profit_yoy")
_EASTMONEY = {
    "total_assets": "TOTAL_ASSETS", "current_assets": "TOTAL_CURRENT_ASSETS", "cash": "MONETARYFUNDS",
    "receivables": "ACCOUNTS_RECE", "inventory": "INVENTORY", "fixed_assets": "FIXED_ASSET", "goodwill": "GOODWILL",
    "total_liabilities": "TOTAL_LIABILITIES", "current_liabilities": "TOTAL_CURRENT_LIAB", "short_loans": "SHORT_LOAN",
    "long_loans": "LONG_LOAN", "total_equity": "TOTAL_EQUITY", "equity_parent": "TOTAL_PARENT_EQUITY",
    "minority_equity": "MINORITY_EQUITY", "share_capital": "SHARE_CAPITAL", "total_revenue": "TOTAL_OPERATE_INCOME",
    "revenue": "OPERATE_INCOME", "total_operating_cost": "TOTAL_OPERATE_COST", "operating_cost": "OPERATE_COST",
    "rd_expense": "RESEARCH_EXPENSE", "selling_expense": "SALE_EXPENSE", "admin_expense": "MANAGE_EXPENSE",
    "finance_expense": "FINANCE_EXPENSE", "operating_profit": "OPERATE_PROFIT", "total_profit": "TOTAL_PROFIT",
    "income_tax": "INCOME_TAX", "net_profit": "NETPROFIT", "net_profit_parent": "PARENT_NETPROFIT",
    "net_profit_deducted": "DEDUCT_PARENT_NETPROFIT", "eps_basic": "BASIC_EPS", "eps_diluted": "DILUTED_EPS",
    "operating_cash_flow": "NETCASH_OPERATE", "investing_cash_flow": "NETCASH_INVEST",
    "financing_cash_flow": "NETCASH_FINANCE", "capex": "CONSTRUCT_LONG_ASSET", "cash_end": "END_CCE", "roe": "ROEJQ",
    "roa": "ZZCJLL", "gross_margin": "XSMLL", "net_margin": "XSJLL", "debt_ratio": "ZCFZL", "current_ratio": "LD",
    "revenue_yoy": "TOTALOPERATEREVETZ", "net_profit_yoy": "PARENTNETPROFITTZ", "bps": "BPS",
}  # fmt: skip
_BANKS_LACK = ("inventory", "operating_cost", "gross_margin", "current_ratio", "goodwill", "rd_expense")


def _percent(name: str, value: float) -> float:
    return round(value * 100, 6) if name in FRACTIONS else value


def _eastmoney(kind: str = "通用", letter: str = "G", without: tuple[str, ...] = ()) -> Answers:
    tables = {
        "RPT_F10_FINANCE_MAINFINADATA": INDICATORS,
        f"RPT_F10_FINANCE_{letter}BALANCE": BALANCE,
        f"RPT_F10_FINANCE_{letter}INCOME": INCOME,
        f"RPT_F10_FINANCE_{letter}CASHFLOW": CASH_FLOW,
    }

    def answer(url: str, posted: bytes) -> bytes:
        table = parse_qs(urlsplit(url).query)["reportName"][0]
        if table not in tables:
            return '{"result":null,"success":false,"message":"返回数据为空","code":9201}'.encode()
        rows = [
            {
                "SECUCODE": "600001.SH", "SECURITY_CODE": "600001", "SECURITY_NAME_ABBR": "测试股份", "ORG_TYPE": kind,
                "REPORT_DATE": f"{period} 00:00:00", "NOTICE_DATE": f"{noticed} 00:00:00",
                "UPDATE_DATE": f"{updated} 00:00:00", "CURRENCY": "CNY",
            }
            | {_EASTMONEY[name]: _percent(name, value) for name, value in tables[table].items() if name not in without}
            for period, noticed, updated in PERIODS
        ]  # fmt: skip
        result = {"pages": 1, "count": len(rows), "data": rows}
        return json.dumps({"success": True, "message": "ok", "code": 0, "result": result}, ensure_ascii=False).encode()

    return answer


def _statements(
    expected: dict[str, float], announced: tuple[str, str], without: Iterable[str] = ()
) -> Callable[[Table], None]:
    wanted = {name: value for name, value in expected.items() if name not in set(without)}

    def check(table: Table) -> None:
        assert isinstance(table, list)
        items = [one for one in table if isinstance(one, StatementItem)]
        assert {one.symbol for one in items} == {"600001.SH"}
        assert len(items) == len(table) == 2 * len(wanted)
        for (period, _, _), public in zip(PERIODS, announced, strict=True):
            report = {one.item: one for one in items if one.report_date == dt.date.fromisoformat(period)}
            assert {one.announced.isoformat() for one in report.values()} == {public}
            assert {name: round(one.value or 0, 9) for name, one in report.items()} == wanted

    return check


def _scaled(mark: str, names: Iterable[str], factor: float) -> Spoil:
    """Multiply the named figures of the answers that have `mark` in them."""
    wanted = {_EASTMONEY[name] for name in names}

    def apply(body: bytes) -> bytes:
        if mark.encode() not in body:
            return body
        document = json.loads(body)
        for row in document["result"]["data"]:
            row |= {name: value * factor for name, value in row.items() if name in wanted}
        return json.dumps(document, ensure_ascii=False).encode()

    return apply


def _rows(change: Callable[[list[Any]], list[Any]], count: int) -> Spoil:
    def apply(body: bytes) -> bytes:
        document = json.loads(body)
        document["result"] |= {"data": change(document["result"]["data"]), "count": count}
        return json.dumps(document, ensure_ascii=False).encode()

    return apply


_REPORT_FAILS: Fails = {
    "another stock": ("wrong_symbol", replaced("600001", "600999")),
    "one row of another stock": ("wrong_symbol", lambda body: body.replace(b"600001.SH", b"600999.SH", 1)),
    "unknown": ("empty", lambda body: b'{"success":false,"message":"x","result":null}'),
    "no result": ("changed", lambda body: b"{}"),
    "rows missing": ("truncated", replaced('"count": 2', '"count": 3')),
    "a page missing": ("truncated", replaced('"pages": 1', '"pages": 0')),
    "other columns": ("changed", replaced("TOTAL_PARENT_EQUITY", "EQUITY")),
    "no days of announcement": ("changed", replaced("NOTICE_DATE", "DATE")),
    "a kind of company that is new": ("changed", replaced("通用", "信托")),
    "a report twice": ("out_of_order", _rows(lambda rows: [*rows, rows[0]], 3)),
    "announced before its period ended": ("invalid", replaced("2024-03-28", "2023-03-28")),
    "a period that is none": ("invalid", replaced("2023-06-30", "2023-06-29")),
    "another currency": ("units", replaced('"CNY"', '"USD"')),
    "income in thousands": ("units", _scaled("OPERATE_INCOME", INCOME.keys() - {"eps_basic"}, 0.001)),
    "the balance sheet in ten thousands": ("units", _scaled("TOTAL_ASSETS", BALANCE, 1e-4)),
    "liabilities in thousands": ("units", _scaled("TOTAL_ASSETS", ("total_liabilities", "total_equity"), 0.001)),
    "ratios that are no per cents": ("units", _scaled("ROEJQ", FRACTIONS, 0.01)),
    "words for figures": ("changed", replaced("800000000.0", '"8亿元"')),
}

_TITLES = {
    "total_assets": "资产总计", "current_assets": "流动资产合计", "cash": "货币资金", "receivables": "应收账款",
    "inventory": "存货", "fixed_assets": "固定资产净额", "goodwill": "商誉", "total_liabilities": "负债合计",
    "current_liabilities": "流动负债合计", "short_loans": "短期借款", "long_loans": "长期借款",
    "total_equity": "所有者权益(或股东权益)合计", "equity_parent": "归属于母公司股东权益合计",
    "minority_equity": "少数股东权益",
    "share_capital": "实收资本(或股本)", "total_revenue": "一、营业总收入", "revenue": "其中：营业收入",
    "total_operating_cost": "二、营业总成本", "operating_cost": "其中：营业成本", "rd_expense": "研发费用",
    "selling_expense": "销售费用", "admin_expense": "管理费用", "finance_expense": "财务费用",
    "operating_profit": "三、营业利润", "total_profit": "四、利润总额", "income_tax": "减：所得税费用",
    "net_profit": "五、净利润", "net_profit_parent": "归属于母公司所有者的净利润", "eps_basic": "基本每股收益",
    "eps_diluted": "稀释每股收益", "operating_cash_flow": "经营活动产生的现金流量净额",
    "investing_cash_flow": "投资活动产生的现金流量净额", "financing_cash_flow": "筹资活动产生的现金流量净额",
    "capex": "购建固定资产、无形资产和其他长期资产所支付的现金", "cash_end": "六、期末现金及现金等价物余额",
}  # fmt: skip
_SINA_KNOWS = {name: value for name, value in (BALANCE | INCOME | CASH_FLOW).items() if name in _TITLES}


def _sina(url: str, posted: bytes) -> bytes:
    sheet = {"fzb": BALANCE, "lrb": INCOME, "llb": CASH_FLOW}[parse_qs(urlsplit(url).query)["source"][0]]
    rows = [
        {"item_title": _TITLES[name], "item_value": f"{value:.6f}"} for name, value in sheet.items() if name in _TITLES
    ]
    head = {"item_title": "流动资产", "item_value": None}
    reports = {
        period.replace("-", ""): {
            "rType": "合并期末", "rCurrency": "CNY", "data_source": "定期报告", "is_audit": "未审计",
            "publish_date": noticed.replace("-", ""), "update_time": 1711900800, "data": [head, *rows],
        }
        for period, noticed, _ in PERIODS
    }  # fmt: skip
    days = [{"date_value": period, "date_description": "", "date_type": 1} for period in reports]
    data = {"report_count": str(len(days)), "report_date": days, "report_list": reports}
    return json.dumps({"result": {"status": {"code": 0}, "data": data}}, ensure_ascii=False).encode()


_SINA_FAILS: Fails = {
    "no reports": ("empty", lambda body: b'{"result":{"data":{"report_date":[],"report_list":[]}}}'),
    "no data": ("changed", lambda body: b'{"result":{"status":{"code":1}}}'),
    "a report missing": ("truncated", replaced('"date_value": "20230630"', '"date_value": "20230331"')),
    "other titles": ("changed", replaced("资产总计", "总资产")),
    "other keys": ("changed", replaced("item_title", "title")),
    "announced before its period ended": ("invalid", replaced('"20240328"', '"20230328"')),
    "another currency": ("units", replaced('"CNY"', '"USD"')),
    "the balance sheet in ten thousands": ("units", lambda body: _in_ten_thousands(body, "资产总计")),
    "income in ten thousands": ("units", lambda body: _in_ten_thousands(body, "营业总收入")),
}


def _in_ten_thousands(body: bytes, mark: str) -> bytes:
    if mark.encode() not in body:
        return body
    document = json.loads(body)
    for report in document["result"]["data"]["report_list"].values():
        for row in report["data"]:
            if row["item_value"] and "每股" not in row["item_title"]:
                row["item_value"] = str(float(row["item_value"]) / 10_000)
    return json.dumps(document, ensure_ascii=False).encode()


_TUSHARE = {
    "balancesheet": BALANCE,
    "income": {name: value for name, value in INCOME.items() if name != "net_profit_deducted"},
    "cashflow": CASH_FLOW,
    "fina_indicator": INDICATORS,
}
_TUSHARE_KNOWS = {name: value for name, value in ALL.items() if name != "net_profit_deducted"}


def _tushare(url: str, posted: bytes) -> bytes:
    asked = json.loads(posted)
    fields = asked["fields"].split(",")
    figures = _TUSHARE[asked["api_name"]]
    items = [
        ["600001.SH", noticed.replace("-", ""), period.replace("-", ""), flag,
         *(_percent(name, value) * (1 if flag == "1" else 0.9) for name, value in figures.items())]
        for period, noticed, _ in reversed(PERIODS)
        for flag in ("1", "0")
    ]  # fmt: skip
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


_BOTH_STATES: Fails = {
    "two rows of one state": ("out_of_order", items_changed(lambda items: [*items, [*items[0][:4], *items[1][4:]]])),
    "announced before its period ended": ("invalid", replaced("20240328", "20230328")),
    "other columns": ("changed", replaced('"end_date"', '"day"')),
    "the balance sheet in thousands": (
        "units",
        lambda body: (
            items_changed(lambda items: [[*row[:4], *(figure / 1000 for figure in row[4:])] for row in items])(body)
            if b"money_cap" in body
            else body
        ),
    ),
}

VALUES = [
    {
        "SECURITY_CODE": "600001", "SECUCODE": "600001.SH", "TRADE_DATE": f"2024-01-0{day} 00:00:00",
        "CLOSE_PRICE": close, "TOTAL_MARKET_CAP": round(close * 1e8), "NOTLIMITED_MARKETCAP_A": round(close * 6e7),
        "TOTAL_SHARES": 1e8, "FREE_SHARES_A": 6e7, "PE_TTM": 17.0, "PE_LAR": 18.5, "PB_MRQ": 1.9, "PS_TTM": 1.3,
        "PCF_OCF_TTM": 11.5, "PEG_CAR": None,
    }
    for day, close in ((5, 9.9), (3, 9.8), (2, 10.2))
]  # fmt: skip


def _values(url: str, posted: bytes) -> bytes:
    result = {"pages": 1, "count": len(VALUES), "data": VALUES}
    return json.dumps({"success": True, "message": "ok", "code": 0, "result": result}, ensure_ascii=False).encode()


def values_check(table: Table) -> None:
    assert isinstance(table, list)
    days = [one for one in table if isinstance(one, ValuationDay)]
    assert [(one.symbol, one.day.day, one.close) for one in days] == [
        ("600001.SH", 2, 10.2), ("600001.SH", 3, 9.8), ("600001.SH", 5, 9.9),
    ]  # fmt: skip
    assert (days[0].pe_ttm, days[0].pb, days[0].ps_ttm, days[0].peg) == (17.0, 1.9, 1.3, None)
    assert (days[0].market_value or 1.02e9, days[0].total_shares or 1e8) == (1.02e9, 1e8)


def _figure(name: str, factor: float) -> Spoil:
    def apply(body: bytes) -> bytes:
        document = json.loads(body)
        for row in document["result"]["data"]:
            row[name] = row[name] * factor
        return json.dumps(document).encode()

    return apply


def _tushare_values(url: str, posted: bytes) -> bytes:
    fields = json.loads(posted)["fields"].split(",")
    items = [
        ["600001.SH", row["TRADE_DATE"][:10].replace("-", ""), close, round(close * 1e4), round(close * 6e3), 1e4, 6e3,
         17.0, 18.5, 1.9, 1.3]
        for row in VALUES
        if (close := float(str(row["CLOSE_PRICE"])))
    ]  # fmt: skip
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


def _tushare_plans(url: str, posted: bytes) -> bytes:
    fields = json.loads(posted)["fields"].split(",")
    last = ["600001.SH", "20211231", "20220328", "实施", 0.1, None, 0.35, "20220610", "20220611"]
    items = [[*last[:3], "预案", *last[4:7], None, None], last,
             ["600001.SH", "20221231", "20230328", "股东大会通过", 0.1, None, 0.35, None, None]]  # fmt: skip
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


REPORTS = [
    Case("tushare", request("dividends"), _tushare_plans, plan_check,
         {name: fail for name, fail in CALL_FAILS.items() if name not in ("out of order", "other columns")} | {
        "other columns": ("changed", replaced('"ex_date"', '"ex"')),
        "a step that is new": ("changed", items_changed(lambda rows: [[*row[:3], "搁置", *row[4:]] for row in rows])),
        "amounts in ten thousandths": ("units", items_changed(lambda rows: [[*r[:6], 3500, *r[7:]] for r in rows])),
        "amounts in words": ("changed", items_changed(lambda rows: [[*r[:6], "0.35元", *r[7:]] for r in rows])),
        "one plan twice": ("out_of_order", items_changed(lambda rows: [*rows, [*rows[1][:6], 0.4, *rows[1][7:]]])),
    }),
    Case("eastmoney", request("statements"), _eastmoney(), _statements(ALL, ("2023-08-20", "2024-04-18")),
         _REPORT_FAILS),
    Case("eastmoney", request("statements"), _eastmoney("银行", "B", _BANKS_LACK),
         _statements(ALL, ("2023-08-20", "2024-04-18"), _BANKS_LACK),
         {"the sheets of another kind of company": ("empty", replaced("银行", "保险"))}, tag="-bank"),
    Case("sina", request("statements"), _sina, _statements(_SINA_KNOWS, ("2023-08-20", "2024-03-28")), _SINA_FAILS),
    Case("tushare", request("statements"), _tushare, _statements(_TUSHARE_KNOWS, ("2023-08-20", "2024-03-28")),
         {name: fail for name, fail in CALL_FAILS.items() if name not in ("out of order", "other columns")}
         | _BOTH_STATES),
    Case("eastmoney", request("valuation"), _values, values_check, {
        **{name: fail for name, fail in PAGE_FAILS.items() if name != "a page missing"},
        "a page missing": ("truncated", replaced('"pages": 1', '"pages": 2')),
        "another stock": ("wrong_symbol", replaced('"600001"', '"600999"')),
        "other columns": ("changed", replaced("PE_TTM", "PE")),
        "a day twice": ("out_of_order", replaced("2024-01-03", "2024-01-02")),
        "another year": ("empty", replaced("2024-01-0", "2023-01-0")),
        "values in thousands": ("units", _figure("TOTAL_MARKET_CAP", 0.001)),
        "shares in ten thousands": ("units", _figure("TOTAL_SHARES", 1e-4)),
        "the floating value in ten thousands": ("units", _figure("NOTLIMITED_MARKETCAP_A", 1e-4)),
        "a price below zero": ("invalid", _figure("CLOSE_PRICE", -1)),
        "words for figures": ("changed", replaced("17.0", '"亏损"')),
    }),
    Case("tushare", request("valuation"), _tushare_values, values_check,
         {name: fail for name, fail in CALL_FAILS.items() if name != "out of order"} | {
        "a day twice": ("out_of_order", replaced("20240103", "20240102")),
        "shares in ones": ("units", items_changed(lambda rows: [[*row[:5], row[5] * 1e4, *row[6:]] for row in rows])),
        "values in yuan": ("units", items_changed(lambda rows: [[*row[:3], row[3] * 1e4, *row[4:]] for row in rows])),
    }),
]  # fmt: skip
