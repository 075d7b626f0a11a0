"""Tushare (挖地兔) with the user's token: an example of a source that asks for an account.

Its interface is one address for JSON over plain HTTP (https://tushare.pro/document/1?doc_id=130), so the token
travels unencrypted: use one that serves for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from quantdesk.adapters.data_source.polite import Polite
from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.tushare_calls import Calls, spans
from quantdesk.adapters.data_source.tushare_more import MoreTables
from quantdesk.adapters.data_source.web import Recipe, WebSource
from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Factors
from quantdesk.ports.data_source import Answer, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset

_DAILY = ("ts_code", "trade_date", "open", "high", "low", "close", "pre_close", "vol", "amount")
_FACTOR = ("ts_code", "trade_date", "adj_factor")
_BASIC = ("ts_code", "name", "list_date", "delist_date")
_CALENDAR = ("cal_date", "is_open")
_STATUSES = ("L", "D", "P")
"""Listed, delisted, paused."""


class Tushare(WebSource):
    name = "tushare"
    hosts = ("api.tushare.pro",)
    library = ""

    def __init__(self, polite: Polite, token: str) -> None:
        self._token = token
        super().__init__(polite)

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        self._calls = Calls(self._reader, self._token)
        return MoreTables(self._reader, self._calls).recipes() | {
            "stock_daily": Recipe(1, self._ask_bars, self._calls.judge, self._read_daily),
            "factors": Recipe(1, self._ask_bars, self._calls.judge, self._read_factors),
            "calendar": Recipe(1, self._ask_calendar, self._calls.judge, self._read_calendar),
            "instruments": Recipe(1, self._ask_basic, self._calls.judge, self._read_instruments),
        }

    def _ask_bars(self, request: Request) -> None:
        self._reader.stock_parts(request)
        api, fields = ("daily", _DAILY) if request.dataset == "stock_daily" else ("adj_factor", _FACTOR)
        for start, end in spans(request):
            dates = {"start_date": f"{start:%Y%m%d}", "end_date": f"{end:%Y%m%d}"}
            self._calls.call(api, fields, ts_code=request.symbol or "", **dates)

    def _ask_calendar(self, request: Request) -> None:
        for start, end in spans(request):
            self._calls.call(
                "trade_cal", _CALENDAR, exchange="SSE", start_date=f"{start:%Y%m%d}", end_date=f"{end:%Y%m%d}"
            )

    def _ask_basic(self, request: Request) -> None:
        for status in _STATUSES:
            self._calls.call("stock_basic", _BASIC, exchange="", list_status=status)

    def _days(self, request: Request, answers: Sequence[Answer], needed: Sequence[str]) -> pd.DataFrame:
        """Give the rows of one symbol, oldest first; each answer is newest first."""
        whole = self._calls.complete(answers, len(list(spans(request))))
        tables = [self._calls.table([answer], needed) for answer in whole]
        for table in tables:
            strange = set(table["ts_code"]) - {request.symbol}
            if strange:
                raise self._reader.error("wrong_symbol", f"asked for {request.symbol}, got {sorted(strange)[:3]}")
        oldest_first = [
            table.iloc[::-1] if len(table) > 1 and str(table["trade_date"].iloc[0]) > str(table["trade_date"].iloc[-1])
            else table
            for table in tables if len(table)
        ]  # fmt: skip
        return pd.concat(oldest_first or tables[:1], ignore_index=True)

    def _read_daily(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._days(request, answers, _DAILY)
        table = table.assign(amount=pd.to_numeric(table["amount"], errors="coerce") * 1000)  # thousands of yuan
        names = {name: name for name in ("open", "high", "low", "close", "amount")}
        bars = self._reader.bars(request, table, names | {"date": "trade_date", "volume": "vol"}, lots=100)
        preclose = pd.to_numeric(table["pre_close"], errors="coerce").to_numpy(np.float64)
        return self._reader.checked(replace(bars, preclose=preclose), request)

    def _read_factors(self, request: Request, answers: Sequence[Answer]) -> Factors:
        table = self._days(request, answers, _FACTOR)
        if not len(table):
            raise self._reader.error("empty", f"no factors of {request.symbol}")
        days = pd.to_datetime(table["trade_date"], errors="coerce").to_numpy().astype("datetime64[D]")
        factors = pd.to_numeric(table["adj_factor"], errors="coerce").to_numpy(np.float64)
        if np.isnat(days).any() or not (np.isfinite(factors) & (factors > 0)).all():
            raise self._reader.error("invalid", f"the factors of {request.symbol} are not all above 0, or have no day")
        if (days[1:] <= days[:-1]).any():
            raise self._reader.error("out_of_order", f"the days of {request.symbol}'s factors are not in order")
        new = np.r_[True, factors[1:] != factors[:-1]]
        return Factors(request.symbol or "", days[new], factors[new])

    def _read_calendar(self, request: Request, answers: Sequence[Answer]) -> TradingCalendar:
        table = self._calls.table(self._calls.complete(answers, len(list(spans(request)))), _CALENDAR)
        days = pd.to_datetime(table["cal_date"], errors="coerce").to_numpy().astype("datetime64[D]")
        is_open = pd.to_numeric(table["is_open"], errors="coerce").to_numpy(np.float64)
        if np.isnat(days).any() or not np.isin(is_open, (0, 1)).all():
            raise self._reader.error("invalid", "the calendar holds a day that is none, or neither open nor closed")
        if not is_open.any():
            raise self._reader.error("empty", "the calendar has no trading day in this range")
        span = np.sort(days)
        if len(np.unique(days)) != len(days) or int((span[-1] - span[0]).astype(int)) + 1 != len(days):
            raise self._reader.error("truncated", "the calendar has gaps; ask again")
        return TradingCalendar.from_dates(days[is_open == 1])

    def _read_instruments(self, request: Request, answers: Sequence[Answer]) -> list[InstrumentInfo]:
        found: dict[str, InstrumentInfo] = {}
        table = self._calls.table(self._calls.complete(answers, len(_STATUSES)), _BASIC)
        for row in table[list(_BASIC)].itertuples(index=False):
            code, _, exchange = str(row[0]).partition(".")
            info = self._reader.instrument(code, exchange, str(row[1]), day_of(row[2]), day_of(row[3]))
            if info is not None:
                found[info.symbol] = info
        if not found:
            raise self._reader.error("empty", "the list of shares is empty; try again later")
        return [found[symbol] for symbol in sorted(found)]
