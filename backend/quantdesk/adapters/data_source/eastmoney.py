"""Eastmoney (东方财富): bars of shares, indices and ETFs, dividends, suspensions; the rest from modules beside this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import pandas as pd
import requests

from quantdesk.adapters.data_source.datacenter import DataCentre
from quantdesk.adapters.data_source.eastmoney_boards import MarketPages
from quantdesk.adapters.data_source.eastmoney_company import CompanyPages
from quantdesk.adapters.data_source.eastmoney_funds import FundPages
from quantdesk.adapters.data_source.eastmoney_futures import FuturesPages
from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.web import Recipe, WebSource, akshare
from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.tables import Dividend, Suspension
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

FIRST_DAY = dt.date(1990, 12, 19)
SHARES_A_LOT = 100
_COLUMNS = {
    "date": "日期",
    "open": "开盘",
    "high": "最高",
    "low": "最低",
    "close": "收盘",
    "volume": "成交量",
    "amount": "成交额",
}
_MINUTE_COLUMNS = _COLUMNS | {"date": "时间"}
_INDEX_COLUMNS = {name: name for name in _COLUMNS}
_MARKETS = {"SH": 1, "SZ": 0, "BJ": 0}
_BARS_URL = "https://push2his.eastmoney.com/api/qt/stock/{}/get"
_KLINES = {
    "fields1": "f1,f2,f3,f4,f5,f6", "fields2": "f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61", "fqt": "0",
    "ut": "7eea3edcaed734bea9cbfc24409ed989", "beg": "0", "end": "20500000",
}  # fmt: skip
_TRENDS = {
    "fields1": "f1,f2,f3,f4,f5,f6,f7,f8,f9,f10,f11,f12,f13", "fields2": "f51,f52,f53,f54,f55,f56,f57,f58",
    "iscr": "0", "ndays": "5",
}  # fmt: skip
_CELLS = ("date", "open", "close", "high", "low", "volume", "amount")
"""The first values of a bar; those of a minute lack some of the others."""
_PLAN = ("SECURITY_CODE", "REPORT_DATE", "ASSIGN_PROGRESS", "PRETAX_BONUS_RMB", "BONUS_RATIO", "IT_RATIO")
_PLAN_DATES = ("PLAN_NOTICE_DATE", "EQUITY_RECORD_DATE", "EX_DIVIDEND_DATE")
_HALT = ("SECUCODE", "SUSPEND_START_DATE", "SUSPEND_END_TIME", "PREDICT_RESUME_DATE", "SUSPEND_REASON")


class Eastmoney(WebSource):
    """A DataSource over akshare's unadjusted endpoints.

    Eastmoney's own front-adjusted prices are additive and distort returns: they are never asked for. Volume comes in
    lots. Minute bars go back a few days (1m) or weeks.
    """

    name = "eastmoney"
    hosts = (
        "push2his.eastmoney.com",
        "datacenter-web.eastmoney.com",
        "datacenter.eastmoney.com",
        "17.push2.eastmoney.com",
        "push2ex.eastmoney.com",
        "fund.eastmoney.com",
    )

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        self._centre = DataCentre(self._reader)
        pages = [pages(self._reader).recipes() for pages in (CompanyPages, MarketPages, FundPages)]
        futures = FuturesPages(self._reader, self._bars_of).recipes()
        return self._own_recipes() | futures | {name: recipe for part in pages for name, recipe in part.items()}

    def _own_recipes(self) -> dict[Dataset, Recipe]:
        return {
            "stock_daily": Recipe(1, self._ask_daily, self._klines, self._read_daily),
            "etf_daily": Recipe(1, self._ask_etf, self._klines, self._read_etf),
            "index_daily": Recipe(1, self._ask_index, self._klines, self._read_index),
            "stock_minute": Recipe(1, self._ask_minute, self._klines, self._read_minute),
            "etf_minute": Recipe(1, self._ask_etf_minute, self._klines, self._read_etf_minute),
            "index_minute": Recipe(1, self._ask_index_minute, self._klines, self._read_index_minute),
            "dividends": Recipe(1, self._ask_dividends, self._centre.judge, self._read_dividends),
            "suspensions": Recipe(1, self._ask_suspensions, self._centre.judge, self._read_suspensions),
        }

    def _ask_daily(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        start, end = _range(request)
        return akshare().stock_zh_a_hist(symbol=code, period="daily", start_date=start, end_date=end, adjust="")

    def _ask_etf(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        start, end = _range(request)
        return akshare().fund_etf_hist_em(symbol=code, period="daily", start_date=start, end_date=end, adjust="")

    def _ask_index(self, request: Request) -> Any:
        code, exchange = self._reader.stock_parts(request)
        start, end = _range(request)
        return akshare().stock_zh_index_daily_em(symbol=f"{exchange.lower()}{code}", start_date=start, end_date=end)

    def _ask_minute(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        minutes, (start, end) = self._minutes(request), _times(request)
        return akshare().stock_zh_a_hist_min_em(symbol=code, start_date=start, end_date=end, period=minutes, adjust="")

    def _ask_etf_minute(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        minutes, (start, end) = self._minutes(request), _times(request)
        return akshare().fund_etf_hist_min_em(symbol=code, start_date=start, end_date=end, period=minutes, adjust="")

    def _ask_index_minute(self, request: Request) -> None:
        # akshare's function asks for all indices first, page by page, to learn the market that the symbol names.
        code, exchange = self._reader.stock_parts(request)
        minutes, secid = self._minutes(request), f"{_MARKETS[exchange]}.{code}"
        kind, params = ("trends2", _TRENDS) if minutes == "1" else ("kline", _KLINES | {"klt": minutes})
        requests.get(_BARS_URL.format(kind), params=params | {"secid": secid}, timeout=15)

    def _minutes(self, request: Request) -> str:
        if not request.interval.endswith("m"):
            raise self._reader.error("unsupported", f"{request.interval} bars are made of daily ones")
        return request.interval.removesuffix("m")

    def _ask_dividends(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        return akshare().stock_fhps_detail_em(symbol=code)

    def _ask_suspensions(self, request: Request) -> Any:
        if request.start is None:
            raise self._reader.error("unsupported", "suspensions are asked for by a day; give `start`")
        return akshare().stock_tfp_em(date=f"{request.start:%Y%m%d}")

    def _klines(self, request: Request) -> Callable[[Answer], None]:
        code, exchange = self._reader.stock_parts(request)
        return self._bars_of(request, code, _MARKETS[exchange])

    def _bars_of(self, request: Request, code: str, market: int) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            if not isinstance(document, dict) or "data" not in document:
                raise self._reader.error("changed", "the answer has no `data`; update akshare")
            data = document["data"]
            if data is None:
                raise self._reader.error("unknown_symbol", f"knows no {request.symbol}; check the symbol")
            if not isinstance(data, dict) or "code" not in data:
                raise self._reader.error("changed", "the answer does not say which instrument it is about")
            if str(data["code"]) != code or data.get("market") not in (None, market):
                raise self._reader.error(
                    "wrong_symbol", f"asked for {request.symbol}, got {data['code']} of market {data.get('market')}"
                )
            rows = data.get("klines", data.get("trends"))
            if rows is None:
                raise self._reader.error("changed", "the answer has no bars; update akshare")
            if not rows:
                raise self._reader.error("empty", f"no bars of {request.symbol} in this range; check the dates")
            cells = [str(row).split(",") for row in rows]
            counts = {len(row) for row in cells}
            if len(counts) > 1:
                raise self._reader.error("changed", f"bars of {request.symbol} have {sorted(counts)} values")
            for earlier, later in pairwise(row[0] for row in cells):
                if later <= earlier:  # akshare slices by time, and stumbles over times out of order
                    raise self._reader.error("out_of_order", f"{request.symbol}: {later} comes after {earlier}")

        return judge

    def _read_daily(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._reader.bars(request, self._ask_daily(request), _COLUMNS, lots=SHARES_A_LOT)

    def _read_etf(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._reader.bars(request, self._ask_etf(request), _COLUMNS, lots=SHARES_A_LOT)

    def _read_index(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._ask_index(request)
        return self._reader.bars(request, table, _INDEX_COLUMNS, lots=SHARES_A_LOT, turnover="index")

    def _read_minute(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._ask_minute(request)
        return self._reader.bars(request, table, _MINUTE_COLUMNS, lots=SHARES_A_LOT, cut=True)

    def _read_etf_minute(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._ask_etf_minute(request)
        return self._reader.bars(request, table, _MINUTE_COLUMNS, lots=SHARES_A_LOT, cut=True)

    def _read_index_minute(self, request: Request, answers: Sequence[Answer]) -> Bars:
        data = self._reader.json(answers[0])["data"]
        rows = [str(row).split(",")[: len(_CELLS)] for row in data.get("klines", data.get("trends"))]
        if len(rows[0]) < len(_CELLS):
            raise self._reader.error("changed", f"bars of {request.symbol} have {len(rows[0])} values")
        table = pd.DataFrame(rows, columns=list(_CELLS))
        return self._reader.bars(request, table, _INDEX_COLUMNS, lots=SHARES_A_LOT, cut=True, turnover="index")

    def _read_dividends(self, request: Request, answers: Sequence[Answer]) -> list[Dividend]:
        code, _ = self._reader.stock_parts(request)
        found: list[Dividend] = []
        for row in self._centre.rows(answers, _PLAN + _PLAN_DATES):
            if row["SECURITY_CODE"] != code:
                raise self._reader.error("wrong_symbol", f"asked for {code}, got dividends of {row['SECURITY_CODE']}")
            report = day_of(row["REPORT_DATE"])
            if report is None:
                raise self._reader.error("invalid", f"dividend of {request.symbol} without its period")
            announced, record, ex = (day_of(row[name]) for name in _PLAN_DATES)
            # Eastmoney gives amounts for ten shares.
            cash, bonus, conversion = (self._amount(row[name]) / 10 for name in _PLAN[3:])
            found.append(
                Dividend(
                    request.symbol or "", report, str(row["ASSIGN_PROGRESS"] or ""), cash, bonus, conversion,
                    announced, record, ex,
                )
            )  # fmt: skip
        return sorted(found, key=lambda one: (one.report_date, one.ex_date or dt.date.max))

    def _read_suspensions(self, request: Request, answers: Sequence[Answer]) -> list[Suspension]:
        found: list[Suspension] = []
        for row in self._centre.rows(answers, _HALT):
            code, _, exchange = str(row["SECUCODE"]).partition(".")
            info = self._reader.instrument(code, exchange, "", None)
            start = day_of(row["SUSPEND_START_DATE"])
            if info is None or info.kind != "stock":
                continue  # funds, bonds and B shares are in the list, too
            if start is None:
                raise self._reader.error("invalid", f"the halt of {info.symbol} has no first day")
            end, resumes = day_of(row["SUSPEND_END_TIME"]), day_of(row["PREDICT_RESUME_DATE"])
            if end is not None and end < start:
                raise self._reader.error("invalid", f"the halt of {info.symbol} from {start} ends {end}")
            found.append(Suspension(info.symbol, start, end, resumes, str(row["SUSPEND_REASON"] or "")))
        return sorted(set(found), key=lambda one: (one.symbol, one.start))

    def _amount(self, value: Any) -> Decimal:
        if value is None:
            return Decimal(0)
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise self._reader.error("changed", f"{str(value)[:40]!r} is no amount of a dividend") from None
        if not 0 <= amount <= 10_000:
            raise self._reader.error("units", f"a dividend of {amount} for ten shares cannot be; the units changed")
        return round(amount, 6)


def _times(request: Request) -> tuple[str, str]:
    start, end = request.start or FIRST_DAY, request.end or dt.date(2100, 1, 1)
    return f"{start} 00:00:00", f"{end} 23:59:59"


def _range(request: Request) -> tuple[str, str]:
    start, end = request.start or FIRST_DAY, request.end or dt.date(2100, 1, 1)
    return f"{start:%Y%m%d}", f"{end:%Y%m%d}"
