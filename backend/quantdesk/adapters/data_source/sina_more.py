"""Sina's interfaces for its pages of today: minute bars, net asset values of funds, financial reports."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
import requests

from quantdesk.adapters.data_source.eastmoney_funds import checked_values
from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.reports import Reports
from quantdesk.adapters.data_source.web import Recipe, akshare
from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.records import FundNav, Statement, StatementItem
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_MINUTES_URL = "https://quotes.sina.cn/cn/api/jsonp_v2.php/var%20{}=/CN_MarketDataService.getKLineData"
_BARS_A_CALL = "1970"
"""The most that one answer holds."""
_MINUTE_COLUMNS = {name: name for name in ("open", "high", "low", "close", "volume", "amount")} | {"date": "day"}
_VALUES_URL = "https://stock.finance.sina.com.cn/fundInfo/api/openapi.php/CaihuiFundInfoService.getNav"
_VALUES_A_PAGE = "1000"
_VALUE = frozenset(("fbrq", "jjjz", "ljjz"))
"""Day, value, and value with all dividends."""
_SHEETS: dict[str, tuple[Statement, str]] = {
    "fzb": ("balance", "资产负债表"),
    "lrb": ("income", "利润表"),
    "llb": ("cash_flow", "现金流量表"),
}
_TITLES: dict[Statement, dict[str, tuple[str, ...]]] = {
    "balance": {
        "total_assets": ("资产总计", "资产合计"),
        "current_assets": ("流动资产合计",),
        "cash": ("货币资金",),
        "receivables": ("应收账款",),
        "inventory": ("存货",),
        "fixed_assets": ("固定资产及清理合计", "固定资产净额", "固定资产", "固定资产合计"),
        "goodwill": ("商誉",),
        "total_liabilities": ("负债合计", "负债总计"),
        "current_liabilities": ("流动负债合计",),
        "short_loans": ("短期借款",),
        "long_loans": ("长期借款",),
        "total_equity": ("所有者权益(或股东权益)合计", "所有者权益合计", "股东权益合计"),
        "equity_parent": ("归属于母公司股东权益合计", "归属于母公司股东的权益", "归属于母公司的股东权益合计"),
        "minority_equity": ("少数股东权益",),
        "share_capital": ("实收资本(或股本)", "股本", "实收资本"),
    },
    "income": {
        "total_revenue": ("营业总收入",),
        "revenue": ("营业收入",),
        "total_operating_cost": ("营业总成本", "营业支出"),
        "operating_cost": ("营业成本",),
        "rd_expense": ("研发费用",),
        "selling_expense": ("销售费用",),
        "admin_expense": ("管理费用", "业务及管理费用"),
        "finance_expense": ("财务费用",),
        "operating_profit": ("营业利润",),
        "total_profit": ("利润总额",),
        "income_tax": ("所得税费用", "所得税"),
        "net_profit": ("净利润",),
        "net_profit_parent": ("归属于母公司所有者的净利润", "归属于母公司的净利润", "归属于母公司股东的净利润"),
        "eps_basic": ("基本每股收益", "基本每股收益(元/股)"),
        "eps_diluted": ("稀释每股收益", "稀释每股收益(元/股)"),
    },
    "cash_flow": {
        "operating_cash_flow": ("经营活动产生的现金流量净额",),
        "investing_cash_flow": ("投资活动产生的现金流量净额",),
        "financing_cash_flow": ("筹资活动产生的现金流量净额",),
        "capex": ("购建固定资产、无形资产和其他长期资产所支付的现金", "购建固定资产、无形资产和其他长期资产支付的现金"),
        "cash_end": ("期末现金及现金等价物余额",),
    },
}
"""Sina's words, of all kinds of companies; the first that a sheet has counts."""
_NEEDED: dict[Statement, tuple[str, ...]] = {
    "balance": ("total_assets", "total_liabilities", "total_equity"),
    "income": ("total_profit", "net_profit"),
    "cash_flow": ("operating_cash_flow", "investing_cash_flow", "financing_cash_flow"),
}
_ORDINAL = re.compile(r"^([一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|减：|加：|其中：|:|：)+")


class MorePages:
    """Recipes of minute bars, `fund_nav` and `statements`.

    Minute bars are asked for directly: akshare's `stock_zh_a_minute` goes on to a function that evaluates an answer.
    They do not name their instrument; the variable that they are put in, by our wish, does. Values and reports do not
    name their fund or company at all. They hold each period once, with the day of that report's publication.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def recipes(self) -> dict[Dataset, Recipe]:
        minutes = Recipe(1, self._ask_minutes, self._judge_minutes, self._read_minutes)
        return {
            "stock_minute": minutes,
            "index_minute": minutes,
            "etf_minute": minutes,
            "fund_nav": Recipe(1, self._ask_values, self._judge_values, self._read_values),
            "statements": Recipe(1, self._ask_reports, self._judge_reports, self._read_reports),
        }

    def _variable(self, request: Request) -> str:
        code, exchange = self._reader.stock_parts(request)
        if not request.interval.endswith("m"):
            raise self._reader.error("unsupported", f"{request.interval} bars are made of daily ones")
        return f"_{exchange.lower()}{code}_{request.interval.removesuffix('m')}"

    def _ask_minutes(self, request: Request) -> None:
        _, name, scale = self._variable(request).split("_")
        params = {"symbol": name, "scale": scale, "ma": "no", "datalen": _BARS_A_CALL}
        requests.get(_MINUTES_URL.format(self._variable(request)), params=params, timeout=15)

    def _judge_minutes(self, request: Request) -> Callable[[Answer], None]:
        variable = self._variable(request)

        def judge(answer: Answer) -> None:
            text = self._reader.text(answer)
            if f"{variable}=" not in text.replace(" ", ""):
                raise self._reader.error("wrong_symbol", f"asked for {variable}, got {text[:80]!r}")
            rows = self._reader.json(answer, after="=(")
            if rows is None or rows == []:
                raise self._reader.error("unknown_symbol", f"no minutes of {request.symbol}; check the symbol")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self._reader.error("changed", "the answer is no list of bars; update QuantDesk")
            for row in rows:
                missing = set(_MINUTE_COLUMNS.values()) - set(row)
                if missing:
                    raise self._reader.error("changed", f"a bar lacks {', '.join(sorted(missing))}; update QuantDesk")

        return judge

    def _read_minutes(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = pd.DataFrame(self._reader.json(answers[0], after="=("))
        turnover = "index" if request.dataset == "index_minute" else "share"
        return self._reader.bars(request, table, _MINUTE_COLUMNS, cut=True, turnover=turnover)

    def _ask_values(self, request: Request) -> None:
        code, _ = self._reader.stock_parts(request)
        days = {
            "datefrom": request.start.isoformat() if request.start else "",
            "dateto": request.end.isoformat() if request.end else "",
        }
        params = {"symbol": code, "num": _VALUES_A_PAGE} | days
        first = requests.get(_VALUES_URL, params=params | {"page": "1"}, timeout=15).json()["result"]["data"]
        size = len(first["data"])
        for page in range(2, math.ceil(int(first["total_num"]) / size) + 1 if size else 0):
            requests.get(_VALUES_URL, params=params | {"page": str(page)}, timeout=15)

    def _judge_values(self, request: Request) -> Callable[[Answer], None]:
        self._reader.stock_parts(request)

        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            result = document.get("result") if isinstance(document, dict) else None
            data = result.get("data") if isinstance(result, dict) else None
            if not isinstance(data, dict) or not {"data", "total_num"} <= data.keys():
                raise self._reader.error("changed", "the answer has no values and no number of them; update QuantDesk")
            if not data["data"]:
                raise self._reader.error("empty", f"no net asset values of {request.symbol} in this range")
            rows = data["data"]
            if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() >= _VALUE for row in rows):
                raise self._reader.error("changed", f"the values lack one of {', '.join(sorted(_VALUE))}")

        return judge

    def _read_values(self, request: Request, answers: Sequence[Answer]) -> list[FundNav]:
        pages = [self._reader.json(answer)["result"]["data"] for answer in answers]
        rows = [row for page in pages for row in page["data"]]
        if {int(page["total_num"]) for page in pages} != {len(rows)}:
            raise self._reader.error("truncated", f"{len(rows)} values came, of {pages[0]['total_num']}; ask again")
        values: dict[dt.date, FundNav] = {}
        for row in rows:
            day, nav = day_of(row["fbrq"]), self._reader.number(row["jjjz"])
            if day is None or nav is None:
                raise self._reader.error("invalid", f"the value of {row['fbrq']!r} is {row['jjjz']!r}")
            if day in values:
                raise self._reader.error("out_of_order", f"{request.symbol} has two values on {day}")
            values[day] = FundNav(request.symbol or "", day, nav, self._reader.number(row["ljjz"]))
        return checked_values(self._reader, request, [values[day] for day in sorted(values)])

    def _ask_reports(self, request: Request) -> None:
        code, exchange = self._reader.stock_parts(request)
        for _, name in _SHEETS.values():
            with suppress(Exception):  # it reads along, which is of no use; what went wrong on the way is recorded
                akshare().stock_financial_report_sina(stock=f"{exchange.lower()}{code}", symbol=name)

    def _judge_reports(self, request: Request) -> Callable[[Answer], None]:
        self._reader.stock_parts(request)

        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            result = document.get("result") if isinstance(document, dict) else None
            data = result.get("data") if isinstance(result, dict) else None
            if not isinstance(data, dict) or not {"report_date", "report_list"} <= data.keys():
                raise self._reader.error("changed", "the answer has no reports; update akshare")
            if not data["report_list"]:
                raise self._reader.error("empty", f"no reports of {request.symbol}; check the symbol")
            days, reports = data["report_date"], data["report_list"]
            if not isinstance(days, list) or not isinstance(reports, dict):
                raise self._reader.error("changed", "the reports are no list; update akshare")
            named = [str(day.get("date_value")) if isinstance(day, dict) else "" for day in days]
            if sorted(named) != sorted(reports):
                raise self._reader.error("truncated", f"{len(reports)} reports came, of {len(named)}; ask again")
            for period, report in reports.items():
                rows = report.get("data") if isinstance(report, dict) else None
                if not isinstance(rows, list) or not all(
                    isinstance(row, dict) and {"item_title", "item_value"} <= row.keys() for row in rows
                ):
                    raise self._reader.error("changed", f"the report of {period} has no titles and values")

        return judge

    def _read_reports(self, request: Request, answers: Sequence[Answer]) -> list[StatementItem]:
        reports = Reports(self._reader, request.symbol or "")
        came = [re.search(r"[?&]source=(\w+)", answer.url) for answer in answers]
        if sorted(found[1] if found else "" for found in came) != sorted(_SHEETS):
            raise self._reader.error("truncated", f"{len(answers)} sheets came, of {len(_SHEETS)}; ask again")
        for found, answer in zip(came, answers, strict=True):
            statement, _ = _SHEETS[found[1] if found else ""]
            told: set[str] = set()
            for period, report in self._reader.json(answer)["result"]["data"]["report_list"].items():
                if str(report.get("rType", "")).startswith("母公司"):
                    continue  # of the parent company alone
                figures = self._figures(request, statement, report)
                told |= {name for name, value in figures.items() if value is not None}
                reports.add(statement, period, (report.get("publish_date"),), figures)
            missing = [name for name in _NEEDED[statement] if name not in told]
            if missing:  # old reports may lack one; all of them do not
                raise self._reader.error("changed", f"the {statement} of {request.symbol} lacks {', '.join(missing)}")
        return reports.items()

    def _figures(self, request: Request, statement: Statement, report: Any) -> dict[str, Any]:
        if report.get("rCurrency") not in (None, "", "CNY", "人民币", "人民币元"):
            raise self._reader.error("units", f"{request.symbol} reports in {report['rCurrency']}")
        told: dict[str, Any] = {}
        for row in report["data"]:
            title = _ORDINAL.sub("", str(row["item_title"]).replace(" ", ""))
            if row["item_value"] not in (None, ""):
                told.setdefault(title, row["item_value"])
        return {
            item: next((told[title] for title in titles if title in told), None)
            for item, titles in _TITLES[statement].items()
        }
