"""Baostock's tables besides daily bars: minutes, adjustment factors, values, industries, three indices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.adapters.data_source.baostock_talk import Talk, days_of
from quantdesk.adapters.data_source.eastmoney_company import checked_valuation
from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.web import Recipe
from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.records import BoardMember, IndexMember, ValuationDay
from quantdesk.core.sources.tables import Factors
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_MINUTES = ("5", "15", "30", "60")
_MINUTE_FIELDS = "date,time,code,open,high,low,close,volume,amount,adjustflag"
_VALUE_FIELDS = "date,code,close,peTTM,pbMRQ,psTTM"
_FACTOR_FIELDS = ("code", "dividOperateDate", "backAdjustFactor")
_INDUSTRY_FIELDS = ("code", "industry")
_INDICES = {
    "000300.SH": ("query_hs300_stocks", 300),
    "000016.SH": ("query_sz50_stocks", 50),
    "000905.SH": ("query_zz500_stocks", 500),
}
"""What is asked, and how many shares are in it."""
_FIRST_DAY = np.datetime64("1990-12-19", "D")


class MoreQueries:
    """Recipes. Industries are those of the regulator (证监会行业), with its codes such as C39."""

    def __init__(self, reader: Reader, talk: Talk) -> None:
        self._reader = reader
        self._talk = talk

    def recipes(self) -> dict[Dataset, Recipe]:
        judge = self._talk.judge
        return {
            "stock_minute": Recipe(1, self._ask_minutes, judge, self._read_minutes),
            "factors": Recipe(1, self._ask_factors, judge, self._read_factors),
            "valuation": Recipe(1, self._ask_values, judge, self._read_values),
            "constituents": Recipe(1, self._ask_members, judge, self._read_members),
            "industry_boards": Recipe(1, self._ask_industries, judge, self._read_industries),
        }

    def _ask_minutes(self, request: Request) -> list[Answer]:
        minutes = request.interval.removesuffix("m")
        if minutes not in _MINUTES:
            raise self._reader.error("unsupported", f"has no {request.interval} bars, only those of 5 to 60 minutes")
        code, (start, end) = self._talk.code(request), days_of(request)
        return self._talk.converse(
            lambda library: library.query_history_k_data_plus(code, _MINUTE_FIELDS, start, end, minutes, "3")
        )

    def _read_minutes(self, request: Request, answers: Sequence[Answer]) -> Bars:
        if {self._talk.page(answer)[11] for answer in answers} != {request.interval.removesuffix("m")}:
            raise self._reader.error("changed", f"the bars are not of {request.interval}; update QuantDesk")
        table = self._of_one(request, answers, _MINUTE_FIELDS.split(","), 8)
        if set(table["adjustflag"]) != {"3"}:
            raise self._reader.error("changed", f"the minutes of {request.symbol} are adjusted")
        times = pd.to_datetime(table["time"].astype(str).str[:14], format="%Y%m%d%H%M%S", errors="coerce")
        names = {name: name for name in ("open", "high", "low", "close", "volume", "amount")}
        return self._reader.bars(request, table.assign(at=times), names | {"date": "at"})

    def _of_one(self, request: Request, answers: Sequence[Answer], fields: Sequence[str], at: int) -> pd.DataFrame:
        code = self._talk.code(request)
        table = self._talk.table(answers, at)
        if not set(fields) <= set(table.columns):
            raise self._reader.error("changed", f"the answer has the fields {', '.join(table.columns)}")
        strange = ({self._talk.page(answer)[7] for answer in answers} | set(table["code"])) - {code}
        if strange:
            raise self._reader.error("wrong_symbol", f"asked for {code}, got {sorted(map(str, strange))[:3]}")
        if not len(table):
            raise self._reader.error("empty", f"no {request.dataset} of {request.symbol} in this range")
        return table

    def _ask_factors(self, request: Request) -> list[Answer]:
        code, (start, end) = self._talk.code(request), days_of(request)
        return self._talk.converse(lambda library: library.query_adjust_factor(code, start, end))

    def _read_factors(self, request: Request, answers: Sequence[Answer]) -> Factors:
        table = self._of_one(request, answers, _FACTOR_FIELDS, 10)
        days = np.array([day_of(value) for value in table["dividOperateDate"]], "datetime64[D]")
        factors = pd.to_numeric(table["backAdjustFactor"], errors="coerce").to_numpy(np.float64)
        if np.isnat(days).any() or not (np.isfinite(factors) & (factors > 0)).all():
            raise self._reader.error("invalid", f"the factors of {request.symbol} are not all above 0, or have no day")
        if (days[1:] <= days[:-1]).any() or days[0] <= _FIRST_DAY:
            raise self._reader.error("out_of_order", f"the days of {request.symbol}'s factors are not in order")
        if request.start is None:  # nothing was paid before the first of all
            days, factors = np.r_[_FIRST_DAY, days], np.r_[1.0, factors]
        return Factors(request.symbol or "", days, factors)

    def _ask_values(self, request: Request) -> list[Answer]:
        code, (start, end) = self._talk.code(request), days_of(request)
        return self._talk.converse(
            lambda library: library.query_history_k_data_plus(code, _VALUE_FIELDS, start, end, "d", "3")
        )

    def _read_values(self, request: Request, answers: Sequence[Answer]) -> list[ValuationDay]:
        table = self._of_one(request, answers, _VALUE_FIELDS.split(","), 8)
        return checked_valuation(self._reader, request, [self._worth(request, row) for row in table.to_dict("records")])

    def _worth(self, request: Request, row: Any) -> ValuationDay:
        day = day_of(row["date"])
        if day is None:
            raise self._reader.error("changed", f"{str(row['date'])[:20]!r} is no day; update QuantDesk")
        close, pe, pb, ps = (self._reader.number(row[name]) for name in ("close", "peTTM", "pbMRQ", "psTTM"))
        return ValuationDay(
            request.symbol or "", day, close, market_value=None, float_value=None, total_shares=None, float_shares=None,
            pe_ttm=pe, pe_static=None, pb=pb, ps_ttm=ps, pcf_ttm=None, peg=None,
        )  # fmt: skip

    def _index(self, request: Request) -> tuple[str, int]:
        self._talk.code(request)
        if request.symbol not in _INDICES:
            raise self._reader.error(
                "unsupported", f"has the members of {', '.join(_INDICES)}, not of {request.symbol}"
            )
        return _INDICES[request.symbol]

    def _ask_members(self, request: Request) -> list[Answer]:
        query, _ = self._index(request)
        day = request.end.isoformat() if request.end else ""
        return self._talk.converse(lambda library: getattr(library, query)(day))

    def _read_members(self, request: Request, answers: Sequence[Answer]) -> list[IndexMember]:
        query, count = self._index(request)
        asked = {self._talk.page(answer)[2] for answer in answers}
        if asked != {query}:
            raise self._reader.error("wrong_symbol", f"asked for {query}, got {sorted(asked)}")
        table = self._talk.table(answers, 8)
        if "code" not in table.columns:
            raise self._reader.error("changed", f"the answer has the fields {', '.join(table.columns)}")
        symbols = {self._symbol(code) for code in table["code"]}
        if len(symbols) != len(table):
            raise self._reader.error("out_of_order", f"a share is twice in {request.symbol}")
        if len(symbols) != count:
            raise self._reader.error("truncated", f"{len(symbols)} members of {request.symbol} came, of {count}")
        return [IndexMember(request.symbol or "", symbol, None, None, None) for symbol in sorted(symbols)]

    def _symbol(self, value: Any) -> str:
        exchange, _, code = str(value).partition(".")
        info = self._reader.instrument(code, exchange.upper(), "", None)
        if info is None or info.kind != "stock":
            raise self._reader.error("changed", f"{str(value)[:20]!r} is no share; update QuantDesk")
        return info.symbol

    def _ask_industries(self, request: Request) -> list[Answer]:
        return self._talk.converse(lambda library: library.query_stock_industry())

    def _read_industries(self, request: Request, answers: Sequence[Answer]) -> list[BoardMember]:
        table = self._talk.table(answers, 9)
        if not set(_INDUSTRY_FIELDS) <= set(table.columns):
            raise self._reader.error("changed", f"the answer has the fields {', '.join(table.columns)}")
        found: dict[str, BoardMember] = {}
        for row in table.to_dict("records"):
            if not row["industry"]:
                continue  # a delisted share has none any more
            board = re.fullmatch(r"([A-Z]\d{2})(\S+)", str(row["industry"]))
            if board is None:
                raise self._reader.error("changed", f"{str(row['industry'])[:40]!r} is no industry; update QuantDesk")
            symbol = self._symbol(row["code"])
            if symbol in found:
                raise self._reader.error("out_of_order", f"{symbol} is twice in the list")
            found[symbol] = BoardMember("industry", board[1], board[2], symbol)
        if not found:
            raise self._reader.error("empty", "no industries; try again later")
        return sorted(found.values(), key=lambda one: (one.board, one.symbol))
