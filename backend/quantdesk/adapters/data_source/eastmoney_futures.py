"""Eastmoney's daily bars of single futures contracts: with open interest and turnover, without settlement prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import requests

from quantdesk.adapters.data_source.reading import Reader
from quantdesk.adapters.data_source.web import Recipe
from quantdesk.core.sources.tables import FuturesBars
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_URL = "https://push2his.eastmoney.com/api/qt/stock/kline/get"
_PARAMS = {
    "klt": "101", "fqt": "1", "lmt": "10000", "end": "20500000", "iscca": "1",
    "fields1": "f1,f2,f3,f4,f5,f6,f7,f8", "fields2": "f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61,f62,f63,f64",
    "ut": "7eea3edcaed734bea9cbfc24409ed989", "forcect": "1",
}  # fmt: skip
"""What akshare's `futures_hist_em` asks, after some eighty requests for a table of all contracts."""
_MARKETS = {"SHFE": 113, "DCE": 114, "CZCE": 115, "INE": 142, "GFEX": 225, "CFFEX": 220}
_CELLS = ("date", "open", "close", "high", "low", "volume", "amount")
_OPEN_INTEREST = 12
"""Place among a bar's values."""
_COLUMNS = {name: name for name in _CELLS}


class FuturesPages:
    """The recipe of `futures_daily`. Fronts of months (主连) are spliced by rules of its own, and not asked for."""

    def __init__(self, reader: Reader, judge: Callable[[Request, str, int], Callable[[Answer], None]]) -> None:
        """`judge` checks bars: of which code and market they are, their order and form."""
        self._reader = reader
        self._check = judge

    def recipes(self) -> dict[Dataset, Recipe]:
        return {"futures_daily": Recipe(1, self._ask, self._judge, self._read)}

    def _contract(self, request: Request) -> tuple[str, int]:
        code, exchange = self._reader.stock_parts(request)
        if not code[-1].isdigit():
            raise self._reader.error("unsupported", f"{request.symbol} is no single contract; write one with its month")
        # Zhengzhou writes the year with its last digit.
        return (code[:-4] + code[-3:] if exchange == "CZCE" else code), _MARKETS[exchange]

    def _ask(self, request: Request) -> None:
        code, market = self._contract(request)
        requests.get(_URL, params=_PARAMS | {"secid": f"{market}.{code}"}, timeout=15)

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        return self._check(request, *self._contract(request))

    def _read(self, request: Request, answers: Sequence[Answer]) -> FuturesBars:
        rows = [str(row).split(",") for row in self._reader.json(answers[0])["data"]["klines"]]
        if len(rows[0]) <= _OPEN_INTEREST:
            raise self._reader.error("changed", f"bars of {request.symbol} have {len(rows[0])} values")
        table = pd.DataFrame([row[: len(_CELLS)] for row in rows], columns=list(_CELLS))
        bars = self._reader.bars(request, table, _COLUMNS, cut=True, turnover=None)
        first, last = request.start or dt.date.min, request.end or dt.date.max
        held = [row[_OPEN_INTEREST] for row in rows if first.isoformat() <= row[0] <= last.isoformat()]
        hold = pd.to_numeric(pd.Series(held), errors="coerce").to_numpy(np.float64)
        if len(hold) != len(bars) or not (np.isfinite(hold) & (hold >= 0)).all():
            raise self._reader.error("invalid", f"the open interest of {request.symbol} is not always a number from 0")
        return FuturesBars(replace(bars, suspended=bars.volume == 0), hold, np.full(len(bars), np.nan))
