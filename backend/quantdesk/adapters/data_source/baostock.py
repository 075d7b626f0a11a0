"""Baostock (证券宝): raw daily bars with the exchange's previous close, suspended days and ST, and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.adapters.data_source.baostock_more import MoreQueries
from quantdesk.adapters.data_source.baostock_talk import HOST, Talk, days_of
from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.web import Recipe, WebSource
from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_DAILY = "date,code,open,high,low,close,preclose,volume,amount,adjustflag,tradestatus,isST"
_INDEX = "date,code,open,high,low,close,preclose,volume,amount"


class Baostock(WebSource):
    name = "baostock"
    hosts = (HOST,)
    library = ""

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        self._talk = Talk(self._reader, self._polite)
        return MoreQueries(self._reader, self._talk).recipes() | {
            "stock_daily": Recipe(1, self._ask_bars, self._talk.judge, self._read_stock),
            "index_daily": Recipe(1, self._ask_bars, self._talk.judge, self._read_index),
            "calendar": Recipe(1, self._ask_calendar, self._talk.judge, self._read_calendar),
        }

    def fetch(self, request: Request) -> list[Answer]:
        recipe = self._recipe(request.dataset)
        if request.symbol:
            self._talk.code(request)  # before anybody is asked
        return self._polite.in_turn(self.name, HOST, lambda: recipe.ask(request))

    def _ask_bars(self, request: Request) -> list[Answer]:
        fields = _DAILY if request.dataset == "stock_daily" else _INDEX
        code, (start, end) = self._talk.code(request), days_of(request)
        return self._talk.converse(
            lambda library: library.query_history_k_data_plus(code, fields, start, end, "d", "3")
        )

    def _ask_calendar(self, request: Request) -> list[Answer]:
        return self._talk.converse(lambda library: library.query_trade_dates(*days_of(request)))

    def _bars(self, request: Request, answers: Sequence[Answer], turnover: str) -> tuple[Bars, pd.DataFrame]:
        code = self._talk.code(request)
        table = self._talk.table(answers, 8)
        strange = {self._talk.page(answer)[7] for answer in answers} | set(table.get("code", ()))
        if strange != {code} and len(table):
            raise self._reader.error("wrong_symbol", f"asked for {code}, got {sorted(strange - {code})[:3]}")
        wanted = (_DAILY if request.dataset == "stock_daily" else _INDEX).split(",")
        if set(table.columns) != set(wanted):
            raise self._reader.error("changed", f"the answer has the fields {', '.join(table.columns)}")
        table = table.assign(**{name: table[name].replace("", "0") for name in ("volume", "amount")})
        names = {name: name for name in ("date", "open", "high", "low", "close", "volume", "amount")}
        bars = self._reader.bars(request, table, names, turnover=turnover)
        preclose = pd.to_numeric(table["preclose"], errors="coerce").to_numpy(np.float64)
        return replace(bars, preclose=np.where(preclose > 0, preclose, np.nan)), table

    def _read_stock(self, request: Request, answers: Sequence[Answer]) -> Bars:
        bars, table = self._bars(request, answers, "share")
        for name, allowed in (("adjustflag", {"3"}), ("tradestatus", {"0", "1"}), ("isST", {"0", "1"})):
            strange = set(table[name]) - allowed
            if strange:
                raise self._reader.error("changed", f"{name} of {request.symbol} is {sorted(strange)[:3]}")
        suspended = (table["tradestatus"] == "0").to_numpy(np.bool_)
        if (bars.volume[suspended] != 0).any():
            raise self._reader.error("invalid", f"{request.symbol} was traded on a suspended day")
        flagged = replace(bars, suspended=suspended, is_st=(table["isST"] == "1").to_numpy(np.bool_))
        return self._reader.checked(flagged, request)

    def _read_index(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._bars(request, answers, "index")[0]

    def _read_calendar(self, request: Request, answers: Sequence[Answer]) -> TradingCalendar:
        table = self._talk.table(answers, 9)
        if set(table.columns) != {"calendar_date", "is_trading_day"} or set(table["is_trading_day"]) - {"0", "1"}:
            raise self._reader.error("changed", f"the calendar has the fields {', '.join(table.columns)}")
        days: list[Any] = [day_of(value) for value in table["calendar_date"]]
        if None in days or any((later - earlier).days != 1 for earlier, later in pairwise(days)):
            raise self._reader.error("truncated", "the calendar has gaps; ask again")
        is_open = [day for day, flag in zip(days, table["is_trading_day"], strict=True) if flag == "1"]
        if not is_open:
            raise self._reader.error("empty", "the calendar has no trading day in this range")
        return TradingCalendar.from_dates(is_open)
