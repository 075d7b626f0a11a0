"""Eastmoney on one company: its financial reports by announcement, and what its share was worth each day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from quantdesk.adapters.data_source.datacenter import F10, DataCentre, Row, report_of
from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.reports import Reports
from quantdesk.adapters.data_source.web import Recipe, akshare
from quantdesk.core.sources.records import Statement, StatementItem, ValuationDay
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_MAIN = "RPT_F10_FINANCE_MAINFINADATA"
_FAMILIES = {"通用": "G", "银行": "B", "证券": "S", "保险": "I"}
"""Letters in the tables' names of the kinds of companies, which have sheets of their own."""
_SHEETS: dict[str, Statement] = {"BALANCE": "balance", "INCOME": "income", "CASHFLOW": "cash_flow"}
_WHEN = ("SECUCODE", "REPORT_DATE", "NOTICE_DATE")
_ITEMS: dict[Statement, dict[str, str]] = {
    "balance": {
        "total_assets": "TOTAL_ASSETS",
        "current_assets": "TOTAL_CURRENT_ASSETS",
        "cash": "MONETARYFUNDS",
        "receivables": "ACCOUNTS_RECE",
        "inventory": "INVENTORY",
        "fixed_assets": "FIXED_ASSET",
        "goodwill": "GOODWILL",
        "total_liabilities": "TOTAL_LIABILITIES",
        "current_liabilities": "TOTAL_CURRENT_LIAB",
        "short_loans": "SHORT_LOAN",
        "long_loans": "LONG_LOAN",
        "total_equity": "TOTAL_EQUITY",
        "equity_parent": "TOTAL_PARENT_EQUITY",
        "minority_equity": "MINORITY_EQUITY",
        "share_capital": "SHARE_CAPITAL",
    },
    "income": {
        "total_revenue": "TOTAL_OPERATE_INCOME",
        "revenue": "OPERATE_INCOME",
        "total_operating_cost": "TOTAL_OPERATE_COST",
        "operating_cost": "OPERATE_COST",
        "rd_expense": "RESEARCH_EXPENSE",
        "selling_expense": "SALE_EXPENSE",
        "admin_expense": "MANAGE_EXPENSE",
        "finance_expense": "FINANCE_EXPENSE",
        "operating_profit": "OPERATE_PROFIT",
        "total_profit": "TOTAL_PROFIT",
        "income_tax": "INCOME_TAX",
        "net_profit": "NETPROFIT",
        "net_profit_parent": "PARENT_NETPROFIT",
        "net_profit_deducted": "DEDUCT_PARENT_NETPROFIT",
        "eps_basic": "BASIC_EPS",
        "eps_diluted": "DILUTED_EPS",
    },
    "cash_flow": {
        "operating_cash_flow": "NETCASH_OPERATE",
        "investing_cash_flow": "NETCASH_INVEST",
        "financing_cash_flow": "NETCASH_FINANCE",
        "capex": "CONSTRUCT_LONG_ASSET",
        "cash_end": "END_CCE",
    },
    "indicators": {
        "roe": "ROEJQ",
        "roa": "ZZCJLL",
        "gross_margin": "XSMLL",
        "net_margin": "XSJLL",
        "debt_ratio": "ZCFZL",
        "current_ratio": "LD",
        "revenue_yoy": "TOTALOPERATEREVETZ",
        "net_profit_yoy": "PARENTNETPROFITTZ",
        "bps": "BPS",
    },
}
_NEEDED: dict[Statement, tuple[str, ...]] = {
    "balance": ("TOTAL_ASSETS", "TOTAL_LIABILITIES", "TOTAL_EQUITY", "TOTAL_PARENT_EQUITY", "SHARE_CAPITAL"),
    "income": ("OPERATE_INCOME", "TOTAL_PROFIT", "NETPROFIT", "PARENT_NETPROFIT", "BASIC_EPS"),
    "cash_flow": ("NETCASH_OPERATE", "NETCASH_INVEST", "NETCASH_FINANCE", "END_CCE"),
    "indicators": ("ROEJQ", "ZCFZL", "BPS", "PARENTNETPROFITTZ"),
}
"""What the sheets of all kinds of companies have; a bank's lack others."""
_VALUES = {
    "close": "CLOSE_PRICE",
    "market_value": "TOTAL_MARKET_CAP",
    "float_value": "NOTLIMITED_MARKETCAP_A",
    "total_shares": "TOTAL_SHARES",
    "float_shares": "FREE_SHARES_A",
    "pe_ttm": "PE_TTM",
    "pe_static": "PE_LAR",
    "pb": "PB_MRQ",
    "ps_ttm": "PS_TTM",
    "pcf_ttm": "PCF_OCF_TTM",
    "peg": "PEG_CAR",
}


class CompanyPages:
    """Recipes of `statements` and `valuation`.

    Reports come from the tables behind Eastmoney's pages about one company: four requests a company, where akshare's
    function asks for five reports at a time, some sixty requests. Each table holds one row a report, as it stands
    after the last correction, so its figures count as public from the later of NOTICE_DATE (the report's own day) and
    UPDATE_DATE (that of the correction): later than the report for some, never earlier than the figure was known.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._centre = DataCentre(reader)

    def recipes(self) -> Mapping[Dataset, Recipe]:
        judge = self._centre.judge_of_one
        return {
            "statements": Recipe(1, self._ask_statements, judge, self._read_statements),
            "valuation": Recipe(1, self._ask_valuation, judge, self._read_valuation),
        }

    def _ask_statements(self, request: Request) -> None:
        self._reader.stock_parts(request)
        where = f'(SECUCODE="{request.symbol}")'
        rows = self._centre.ask(F10, _MAIN, where, "REPORT_DATE")
        letter = _FAMILIES.get(str(rows[0].get("ORG_TYPE"))) if rows else None
        for sheet in _SHEETS if letter else ():  # else there is nothing to ask for, and the reader tells why
            self._centre.ask(F10, f"RPT_F10_FINANCE_{letter}{sheet}", where, "REPORT_DATE")

    def _family(self, rows: Sequence[Row]) -> str:
        kinds = {str(row.get("ORG_TYPE")) for row in rows}
        if len(kinds) != 1 or not kinds <= _FAMILIES.keys():
            raise self._reader.error("changed", f"the indicators are of {sorted(kinds)} companies; update QuantDesk")
        return _FAMILIES[kinds.pop()]

    def _read_statements(self, request: Request, answers: Sequence[Answer]) -> list[StatementItem]:
        tables: dict[str, list[Answer]] = {}
        for answer in answers:
            tables.setdefault(report_of(answer), []).append(answer)
        if _MAIN not in tables:
            raise self._reader.error("truncated", f"the indicators of {request.symbol} are missing; ask again")
        letter = self._family(self._centre.rows(tables[_MAIN], _WHEN))
        names: dict[str, Statement] = {_MAIN: "indicators"}
        names |= {f"RPT_F10_FINANCE_{letter}{sheet}": statement for sheet, statement in _SHEETS.items()}
        if tables.keys() != names.keys():
            raise self._reader.error("truncated", f"the tables {sorted(tables)} came, of {sorted(names)}")
        reports = Reports(self._reader, request.symbol or "")
        for table, statement in names.items():
            for row in self._centre.rows(tables[table], _WHEN + _NEEDED[statement]):
                self._add(reports, request, statement, row)
        return reports.items()

    def _add(self, reports: Reports, request: Request, statement: Statement, row: Row) -> None:
        if row.get("CURRENCY") not in (None, "CNY"):
            raise self._reader.error("units", f"{request.symbol} reports in {row['CURRENCY']}")
        figures = {item: row.get(column) for item, column in _ITEMS[statement].items()}
        reports.add(statement, row["REPORT_DATE"], (row["NOTICE_DATE"], row.get("UPDATE_DATE")), figures)

    def _ask_valuation(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        return akshare().stock_value_em(symbol=code)

    def _read_valuation(self, request: Request, answers: Sequence[Answer]) -> list[ValuationDay]:
        found: list[ValuationDay] = []
        for row in self._centre.rows(answers, ("SECURITY_CODE", "TRADE_DATE", *_VALUES.values())):
            day = day_of(row["TRADE_DATE"])
            if day is None:
                raise self._reader.error("changed", f"the value of {request.symbol} has the day {row['TRADE_DATE']!r}")
            figures = {name: self._reader.number(row[column]) for name, column in _VALUES.items()}
            found.append(ValuationDay(request.symbol or "", day, **figures))
        return checked_valuation(self._reader, request, found)


def checked_valuation(reader: Reader, request: Request, rows: Sequence[ValuationDay]) -> list[ValuationDay]:
    """Give the days of the request, oldest first, if they can be. Raise SourceError."""
    days = sorted(rows, key=lambda one: one.day)
    if any(later.day == earlier.day for earlier, later in pairwise(days)):
        raise reader.error("out_of_order", f"{request.symbol} has two values on one day")
    inside = [
        one
        for one in days
        if (request.start is None or one.day >= request.start) and (request.end is None or one.day <= request.end)
    ]
    if not inside:
        raise reader.error("empty", f"no values of {request.symbol} in this range; check the dates")
    for one in inside:
        if any(part is not None and part < 0 for part in (one.close, one.market_value, one.total_shares)):
            raise reader.error("invalid", f"{request.symbol} has a value below 0 on {one.day}")
    for what, worth, shares in (("all", "market_value", "total_shares"), ("floating", "float_value", "float_shares")):
        _in_yuan(reader, request, inside, what, worth, shares)
    return inside


def _in_yuan(
    reader: Reader, request: Request, days: Sequence[ValuationDay], what: str, worth: str, shares: str
) -> None:
    """See that the shares at the close make the market value, by the median: a day's slip is no change of units."""
    ratios = sorted(
        getattr(one, worth) / (one.close * count)
        for one in days
        if one.close and (count := getattr(one, shares)) and getattr(one, worth)
    )
    if ratios and not 0.5 < (middle := ratios[len(ratios) // 2]) < 2 and math.isfinite(middle):
        raise reader.error("units", f"{request.symbol}: {what} shares at the close make {middle:.3g} of their value")
