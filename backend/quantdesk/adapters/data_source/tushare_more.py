"""Tushare's tables besides bars: reports, dividends, values, indices, funds, futures contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from quantdesk.adapters.data_source.csindex import weighed
from quantdesk.adapters.data_source.eastmoney_company import checked_valuation
from quantdesk.adapters.data_source.eastmoney_funds import checked_values
from quantdesk.adapters.data_source.futures_contracts import checked_contracts, contract
from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.reports import Reports
from quantdesk.adapters.data_source.tushare_calls import Calls, spans
from quantdesk.adapters.data_source.web import Recipe
from quantdesk.core.instruments.symbol import SymbolError, kind_of, normalise
from quantdesk.core.sources.records import (
    FundNav,
    FuturesContract,
    IndexMember,
    Statement,
    StatementItem,
    ValuationDay,
)
from quantdesk.core.sources.tables import Dividend
from quantdesk.ports.data_source import Answer, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset

_SHEET_COLUMNS = ("ts_code", "f_ann_date", "end_date", "update_flag")
_SHEETS: dict[str, tuple[Statement, tuple[str, ...], dict[str, str]]] = {
    "balancesheet": ("balance", _SHEET_COLUMNS, {
        "total_assets": "total_assets", "current_assets": "total_cur_assets", "cash": "money_cap",
        "receivables": "accounts_receiv", "inventory": "inventories", "fixed_assets": "fix_assets",
        "goodwill": "goodwill", "total_liabilities": "total_liab", "current_liabilities": "total_cur_liab",
        "short_loans": "st_borr", "long_loans": "lt_borr", "total_equity": "total_hldr_eqy_inc_min_int",
        "equity_parent": "total_hldr_eqy_exc_min_int", "minority_equity": "minority_int",
        "share_capital": "total_share",
    }),
    "income": ("income", _SHEET_COLUMNS, {
        "total_revenue": "total_revenue", "revenue": "revenue", "total_operating_cost": "total_cogs",
        "operating_cost": "oper_cost", "rd_expense": "rd_exp", "selling_expense": "sell_exp",
        "admin_expense": "admin_exp", "finance_expense": "fin_exp", "operating_profit": "operate_profit",
        "total_profit": "total_profit", "income_tax": "income_tax", "net_profit": "n_income",
        "net_profit_parent": "n_income_attr_p", "eps_basic": "basic_eps", "eps_diluted": "diluted_eps",
    }),
    "cashflow": ("cash_flow", _SHEET_COLUMNS, {
        "operating_cash_flow": "n_cashflow_act", "investing_cash_flow": "n_cashflow_inv_act",
        "financing_cash_flow": "n_cash_flows_fnc_act", "capex": "c_pay_acq_const_fiolta",
        "cash_end": "c_cash_equ_end_period",
    }),
    "fina_indicator": ("indicators", ("ts_code", "ann_date", "end_date", "update_flag"), {
        "roe": "roe_waa", "roa": "roa", "gross_margin": "grossprofit_margin", "net_margin": "netprofit_margin",
        "debt_ratio": "debt_to_assets", "current_ratio": "current_ratio", "revenue_yoy": "or_yoy",
        "net_profit_yoy": "netprofit_yoy", "bps": "bps",
    }),
}  # fmt: skip
"""Statement, columns that say when, and the items' names there, by the table."""
_VALUES = {
    "close": "close", "market_value": "total_mv", "float_value": "circ_mv", "total_shares": "total_share",
    "float_shares": "float_share", "pe_ttm": "pe_ttm", "pe_static": "pe", "pb": "pb", "ps_ttm": "ps_ttm",
}  # fmt: skip
_TEN_THOUSANDS = ("market_value", "float_value", "total_shares", "float_shares")
_PLAN = (
    "ts_code", "end_date", "ann_date", "div_proc", "stk_bo_rate", "stk_co_rate", "cash_div_tax", "record_date",
    "ex_date",
)  # fmt: skip
_STEPS = ("不分配", "取消", "停止实施", "未通过", "股东提议", "预披露", "预案", "股东大会通过", "实施")
"""What becomes of a plan; the last one of a period counts."""
_WEIGHT = ("index_code", "con_code", "trade_date", "weight")
_FUND = ("ts_code", "name", "list_date", "delist_date")
_NAV = ("ts_code", "nav_date", "unit_nav", "accum_nav")
_FUTURE = ("ts_code", "fut_code", "multiplier", "per_unit", "list_date", "delist_date")
_FUTURES_EXCHANGES = ("CFFEX", "SHFE", "INE", "DCE", "CZCE", "GFEX")
_MONTH = dt.timedelta(days=45)


class MoreTables:
    """Recipes. Reports come with every correction, each with the day on which it was published (f_ann_date)."""

    def __init__(self, reader: Reader, calls: Calls) -> None:
        self._reader = reader
        self._calls = calls

    def recipes(self) -> dict[Dataset, Recipe]:
        judge = self._calls.judge
        return {
            "statements": Recipe(1, self._ask_statements, judge, self._read_statements),
            "dividends": Recipe(1, self._ask_dividends, judge, self._read_dividends),
            "valuation": Recipe(1, self._ask_valuation, judge, self._read_valuation),
            "constituents": Recipe(1, self._ask_weights, judge, self._read_weights),
            "funds": Recipe(1, self._ask_funds, judge, self._read_funds),
            "fund_nav": Recipe(1, self._ask_values, judge, self._read_values),
            "futures_contracts": Recipe(1, self._ask_contracts, judge, self._read_contracts),
        }

    def _ask_statements(self, request: Request) -> None:
        self._reader.stock_parts(request)
        for table, (_, when, items) in _SHEETS.items():
            kind = {} if table == "fina_indicator" else {"report_type": "1"}
            self._calls.call(table, (*when, *items.values()), ts_code=request.symbol or "", **kind)

    def _read_statements(self, request: Request, answers: Sequence[Answer]) -> list[StatementItem]:
        reports = Reports(self._reader, request.symbol or "")
        whole = self._calls.complete(answers, len(_SHEETS))
        for answer, (statement, when, items) in zip(whole, _SHEETS.values(), strict=True):
            table = self._of_one(request, [answer], (*when, *items.values()), "ts_code")
            for row in _latest(table, list(when[:3])):
                figures = {item: row[column] for item, column in items.items()}
                reports.add(statement, row["end_date"], (row[when[1]],), figures)
        return reports.items()

    def _ask_dividends(self, request: Request) -> None:
        self._reader.stock_parts(request)
        self._calls.call("dividend", _PLAN, ts_code=request.symbol or "")

    def _read_dividends(self, request: Request, answers: Sequence[Answer]) -> list[Dividend]:
        """Give each plan as it stands now: it comes once for each step that it took."""
        latest: dict[tuple[dt.date, dt.date | None], tuple[int, Dividend]] = {}
        for row in _rows(self._of_one(request, answers, _PLAN, "ts_code")):
            if row["div_proc"] not in _STEPS:
                raise self._reader.error("changed", f"{str(row['div_proc'])[:20]!r} is no step of a plan")
            step, plan = _STEPS.index(row["div_proc"]), self._plan(request, row)
            key = plan.report_date, plan.announced
            known = latest.get(key)
            if known is not None and known[0] == step and known[1] != plan:
                raise self._reader.error("out_of_order", f"the plan of {plan.report_date} comes twice")
            if known is None or step > known[0]:
                latest[key] = step, plan
        plans = [plan for _, plan in latest.values()]
        return sorted(plans, key=lambda one: (one.report_date, one.ex_date or dt.date.max))

    def _plan(self, request: Request, row: dict[str, Any]) -> Dividend:
        cash, bonus, conversion = (self._amount(row[name]) for name in ("cash_div_tax", "stk_bo_rate", "stk_co_rate"))
        return Dividend(
            request.symbol or "", self._day(row["end_date"]), str(row["div_proc"]), cash, bonus, conversion,
            *(day_of(row[name]) for name in ("ann_date", "record_date", "ex_date")),
        )  # fmt: skip

    def _amount(self, value: Any) -> Decimal:
        number = self._reader.number(value) or 0.0
        if not 0 <= number <= 1000:
            raise self._reader.error("units", f"a dividend of {number} a share cannot be; the units changed")
        return round(Decimal(str(number)), 6)

    def _of_one(self, request: Request, answers: Sequence[Answer], needed: Sequence[str], column: str) -> pd.DataFrame:
        table = self._calls.table(answers, needed)
        strange = set(table[column]) - {request.symbol}
        if strange:
            raise self._reader.error("wrong_symbol", f"asked for {request.symbol}, got {sorted(map(str, strange))[:3]}")
        if not len(table):
            raise self._reader.error("empty", f"no {request.dataset} of {request.symbol}")
        return table

    def _ask_valuation(self, request: Request) -> None:
        self._reader.stock_parts(request)
        fields = ("ts_code", "trade_date", *_VALUES.values())
        for start, end in spans(request):
            dates = {"start_date": f"{start:%Y%m%d}", "end_date": f"{end:%Y%m%d}"}
            self._calls.call("daily_basic", fields, ts_code=request.symbol or "", **dates)

    def _read_valuation(self, request: Request, answers: Sequence[Answer]) -> list[ValuationDay]:
        whole = self._calls.complete(answers, len(list(spans(request))))
        table = self._of_one(request, whole, ("ts_code", "trade_date", *_VALUES.values()), "ts_code")
        return checked_valuation(self._reader, request, [self._worth(request, row) for row in _rows(table)])

    def _worth(self, request: Request, row: dict[str, Any]) -> ValuationDay:
        figures = {name: self._reader.number(row[column]) for name, column in _VALUES.items()}
        for name in _TEN_THOUSANDS:
            figures[name] = None if (figure := figures[name]) is None else figure * 10_000
        day = self._day(row["trade_date"])
        return ValuationDay(request.symbol or "", day, **figures, pcf_ttm=None, peg=None)

    def _day(self, value: Any) -> dt.date:
        day = day_of(value)
        if day is None:
            raise self._reader.error("changed", f"{str(value)[:20]!r} is no day; update QuantDesk")
        return day

    def _ask_weights(self, request: Request) -> None:
        """Ask for a month and a half: the weights are those of the last day of a month."""
        self._reader.stock_parts(request)
        end = request.end or request.start or dt.datetime.now(dt.UTC).date()
        start = request.start or end - _MONTH
        dates = {"start_date": f"{start:%Y%m%d}", "end_date": f"{end:%Y%m%d}"}
        self._calls.call("index_weight", _WEIGHT, index_code=request.symbol or "", **dates)

    def _read_weights(self, request: Request, answers: Sequence[Answer]) -> list[IndexMember]:
        table = self._of_one(request, answers, _WEIGHT, "index_code")
        last = max(self._day(value) for value in table["trade_date"])
        rows = [row for row in _rows(table) if day_of(row["trade_date"]) == last]
        members = [self._member(request, row) for row in rows]
        if len({one.symbol for one in members}) != len(members):
            raise self._reader.error("out_of_order", f"a share is twice in {request.symbol}")
        return weighed(self._reader, request, members)

    def _member(self, request: Request, row: dict[str, Any]) -> IndexMember:
        code, _, exchange = str(row["con_code"]).partition(".")
        info = self._reader.instrument(code, exchange, "", None)
        weight = self._reader.number(row["weight"])
        if info is None or weight is None or not 0 <= weight <= 100:
            raise self._reader.error("invalid", f"{row['con_code']} has the weight {row['weight']} in {request.symbol}")
        return IndexMember(request.symbol or "", info.symbol, None, None, weight / 100)

    def _ask_funds(self, request: Request) -> None:
        for market in ("E", "O"):
            self._calls.call("fund_basic", _FUND, market=market)

    def _read_funds(self, request: Request, answers: Sequence[Answer]) -> list[InstrumentInfo]:
        found: dict[str, InstrumentInfo] = {}
        # A fund that is traded on an exchange comes first, and often again as an open one.
        for row in _rows(self._calls.table(self._calls.complete(answers, 2), _FUND)):
            try:
                symbol = normalise(str(row["ts_code"]))
                kind = kind_of(symbol)
            except SymbolError as error:
                raise self._reader.error("changed", f"{row['ts_code']} is no fund's code") from error
            if kind not in ("fund", "etf"):
                raise self._reader.error("changed", f"{symbol} is a {kind}, no fund")
            name, listed, gone = str(row["name"]).replace(" ", ""), day_of(row["list_date"]), day_of(row["delist_date"])
            found.setdefault(symbol[:6], InstrumentInfo(symbol, name, kind, None, listed, gone))
        if not found:
            raise self._reader.error("empty", "the list of funds is empty; try again later")
        return sorted(found.values(), key=lambda one: one.symbol)

    def _ask_values(self, request: Request) -> None:
        self._reader.stock_parts(request)
        self._calls.call("fund_nav", _NAV, ts_code=request.symbol or "")

    def _read_values(self, request: Request, answers: Sequence[Answer]) -> list[FundNav]:
        table = self._of_one(request, answers, _NAV, "ts_code")
        by_day: dict[dt.date, FundNav] = {}
        for row in _rows(table):
            day, nav = self._day(row["nav_date"]), self._reader.number(row["unit_nav"])
            if day in by_day:
                raise self._reader.error("out_of_order", f"{request.symbol} has two values on {day}")
            if nav is None:
                raise self._reader.error("invalid", f"the net asset value of {day} is missing")
            by_day[day] = FundNav(request.symbol or "", day, nav, self._reader.number(row["accum_nav"]))
        return checked_values(self._reader, request, [by_day[day] for day in sorted(by_day)])

    def _ask_contracts(self, request: Request) -> None:
        for exchange in _FUTURES_EXCHANGES:
            self._calls.call("fut_basic", _FUTURE, exchange=exchange, fut_type="1")

    def _read_contracts(self, request: Request, answers: Sequence[Answer]) -> list[FuturesContract]:
        whole = self._calls.complete(answers, len(_FUTURES_EXCHANGES))
        found: list[FuturesContract | None] = []
        for answer, exchange in zip(whole, _FUTURES_EXCHANGES, strict=True):
            for row in _rows(self._calls.table([answer], _FUTURE)):
                # The multiplier of financial futures; commodities tell the size of a lot instead.
                size = self._reader.number(row["multiplier"]) or self._reader.number(row["per_unit"])
                code = str(row["ts_code"]).partition(".")[0]
                found.append(contract(self._reader, exchange, code, size, None, row["list_date"], row["delist_date"]))
        return checked_contracts(self._reader, [one for one in found if one is not None])


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: Any = table.astype(object).where(table.notna(), None).to_dict("records")
    return list(rows)


def _latest(table: pd.DataFrame, key: list[str]) -> list[dict[str, Any]]:
    """Give the last state of each report: of two rows of one publication, that with the flag of an update."""
    order = table.drop_duplicates().sort_values("update_flag", kind="stable", key=lambda flags: flags.astype(str))
    flagged = order.groupby([*key, "update_flag"], dropna=False).size()
    if (flagged > 1).any():
        return _rows(order)  # two rows of one state: the reader of the reports says so
    return _rows(order.drop_duplicates(key, keep="last"))
