"""Sina (新浪财经): bars of shares, ETFs and futures, adjustment factors, the trading calendar, names, reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import requests

from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.sina_more import MorePages
from quantdesk.adapters.data_source.web import Recipe, WebSource, akshare
from quantdesk.core.bars.frame import Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Factors, FuturesBars, NameRecord
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_FACTOR_URL = "https://finance.sina.com.cn/realstock/company/{}/hfq.js"
_BARS = 3466
_CALENDAR = 139
"""The kinds of packed data, by the first twelve bits. Of another kind the unpacker might not come to an end."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PACKED = re.compile(r"\s*(?:/\*.*?\*/\s*)?var\s+(\w+)\s*=\s*\"([A-Za-z0-9+/]{4,})\"\s*;?\s*(?:/\*.*\*/\s*)?", re.S)
_COLUMNS = {name: name for name in ("date", "open", "high", "low", "close", "volume", "amount")}
_FUTURES = {name: name for name in ("date", "open", "high", "low", "close", "volume")}
_OPENED = 8000
"""The Shanghai exchange has been open for more days than that since 2023; a shorter calendar is a part of one."""


class Sina(WebSource):
    """A DataSource over akshare's raw modes. Sina gives whole histories; what was not asked for is left out.

    The adjusted and factor modes of akshare's `stock_zh_a_daily` run eval() on the answer and are never called:
    factors are read as JSON here. Packed bars are unpacked by akshare's own JavaScript, for which the answer is
    a text, never a program.
    """

    name = "sina"
    hosts = (
        "finance.sina.com.cn",
        "stock.finance.sina.com.cn",
        "stock2.finance.sina.com.cn",
        "vip.stock.finance.sina.com.cn",
        "quotes.sina.cn",
    )

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        return MorePages(self._reader).recipes() | {
            "stock_daily": Recipe(1, self._ask_daily, self._judge_daily, self._read_daily),
            "etf_daily": Recipe(1, self._ask_etf, self._judge_daily, self._read_etf),
            # Not for the day: the factor of an ex-right day is published on it.
            "factors": Recipe(1, self._ask_factors, self._judge_factors, self._read_factors),
            "futures_daily": Recipe(1, self._ask_futures, self._judge_futures, self._read_futures),
            "futures_minute": Recipe(1, self._ask_futures, self._judge_futures, self._read_futures),
            "calendar": Recipe(1, self._ask_calendar, self._judge_calendar, self._read_calendar, same_day=True),
            "names": Recipe(1, self._ask_names, self._judge_names, self._read_names, same_day=True),
        }

    def _name(self, request: Request) -> str:
        code, exchange = self._reader.stock_parts(request)
        return f"{exchange.lower()}{code}"

    def _ask_daily(self, request: Request) -> Any:
        # All days: between two of its own steps akshare makes up bars on days when the number of shares changed, and
        # drops them for being equal to the day before, which only works when that day is there.
        return akshare().stock_zh_a_daily(symbol=self._name(request), start_date="19900101", end_date="21000101")

    def _ask_etf(self, request: Request) -> Any:
        return akshare().fund_etf_hist_sina(symbol=self._name(request))

    def _judge_daily(self, request: Request) -> Callable[[Answer], None]:
        name = self._name(request)

        def judge(answer: Answer) -> None:
            if "klc_kl" in answer.url:
                self._check_packed(answer, rf"KLC_K[L2]_{name}", _BARS)
                return
            text = self._reader.text(answer)
            if f"KKE_ShareAmount_{name}=" not in text.replace(" ", ""):
                raise self._reader.error("wrong_symbol", f"asked for the shares of {name}, got {text[-60:]!r}")
            self._reader.json(answer, after="(")

        return judge

    def _check_packed(self, answer: Answer, variable: str, kind: int) -> None:
        text = self._reader.text(answer)
        found = _PACKED.fullmatch(text)
        if found is None:
            whole = re.search(r'"\s*;?\s*(/\*.*\*/\s*)?$', text, re.S)
            raise self._reader.error(
                "changed" if whole else "truncated", f"the answer is no packed data, or breaks off: {text[:40]!r}"
            )
        if not re.fullmatch(variable, found[1]):
            raise self._reader.error("wrong_symbol", f"asked for {variable}, got {found[1]}")
        packed = _ALPHABET.index(found[2][0]) + 64 * _ALPHABET.index(found[2][1])
        if packed != kind:
            raise self._reader.error("changed", f"data are packed as {packed}, not as {kind}; update akshare")

    def _read_daily(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._reader.bars(request, self._ask_daily(request), _COLUMNS, cut=True)

    def _read_etf(self, request: Request, answers: Sequence[Answer]) -> Bars:
        return self._reader.bars(request, self._ask_etf(request), _COLUMNS, cut=True)

    def _ask_factors(self, request: Request) -> None:
        requests.get(_FACTOR_URL.format(self._name(request)), timeout=15)

    def _judge_factors(self, request: Request) -> Callable[[Answer], None]:
        name = self._name(request)

        def judge(answer: Answer) -> None:
            text = self._reader.text(answer)
            begin = text.partition("=")[0]
            if f"{name}hfq" not in begin:
                raise self._reader.error("wrong_symbol", f"asked for the factors of {name}, got {begin[:40]!r}")
            self._reader.json(answer, after="=")

        return judge

    def _read_factors(self, request: Request, answers: Sequence[Answer]) -> Factors:
        symbol = request.symbol or ""
        document = self._reader.json(answers[0], after="=")
        rows = document.get("data") if isinstance(document, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and {"d", "f"} <= row.keys() for row in rows):
            raise self._reader.error("changed", f"the factors of {symbol} have no `d` and `f`; update QuantDesk")
        if not rows:
            raise self._reader.error("empty", f"no factors of {symbol}")
        if document.get("total") not in (None, len(rows)):
            raise self._reader.error("truncated", f"{len(rows)} factors of {symbol} came, of {document['total']}")
        days = [day_of(row["d"]) for row in rows]
        factors = pd.to_numeric(pd.Series([row["f"] for row in rows]), errors="coerce").to_numpy(np.float64)
        if None in days or not (np.isfinite(factors) & (factors > 0)).all():
            raise self._reader.error("invalid", f"the factors of {symbol} are not all above 0, or have no day")
        order = np.argsort(np.array(days, "datetime64[D]"))
        table = Factors(symbol, np.array(days, "datetime64[D]")[order], factors[order])
        if (table.days[1:] == table.days[:-1]).any():
            raise self._reader.error("out_of_order", f"two factors of {symbol} hold from one day")
        return table

    def _contract(self, request: Request) -> str:
        code, _ = self._reader.stock_parts(request)
        return code.upper() if code[-1].isdigit() else f"{code.upper()}0"

    def _ask_futures(self, request: Request) -> Any:
        if request.dataset == "futures_daily":
            return akshare().futures_zh_daily_sina(symbol=self._contract(request))
        if not request.interval.endswith("m"):
            raise self._reader.error("unsupported", f"{request.interval} bars are no minute bars")
        return akshare().futures_zh_minute_sina(
            symbol=self._contract(request), period=request.interval.removesuffix("m")
        )

    def _judge_futures(self, request: Request) -> Callable[[Answer], None]:
        self._contract(request)
        columns = set("dohlcvp") | ({"s"} if request.dataset == "futures_daily" else set())

        def judge(answer: Answer) -> None:
            rows = self._reader.json(answer, after="=(")
            if rows is None or rows == []:
                raise self._reader.error("empty", f"no bars of {request.symbol}; check the contract")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self._reader.error("changed", "the answer is no list of bars; update akshare")
            for row in rows:
                if set(row) != columns:
                    raise self._reader.error("changed", f"a bar has {sorted(row)}, not {sorted(columns)}")

        return judge

    def _read_futures(self, request: Request, answers: Sequence[Answer]) -> FuturesBars:
        table = self._ask_futures(request)
        daily = request.dataset == "futures_daily"
        table = _without_trades(table)
        names = _FUTURES if daily else _FUTURES | {"date": "datetime"}
        bars = self._reader.bars(request, table, names, cut=True, turnover=None)
        days = pd.to_datetime(table[names["date"]]).to_numpy().astype("datetime64[s]")
        kept = np.isin(days if daily else days - np.timedelta64(8, "h"), bars.time)
        hold = table["hold"].to_numpy(np.float64)[kept]
        settle = table["settle"].to_numpy(np.float64)[kept] if daily else np.full(len(bars), np.nan)
        if not (np.isfinite(hold) & (hold >= 0)).all():
            raise self._reader.error("invalid", f"the open interest of {request.symbol} is not always a number from 0")
        return FuturesBars(
            replace(bars, suspended=(bars.volume == 0) & daily), hold, np.where(settle > 0, settle, np.nan)
        )

    def _ask_calendar(self, request: Request) -> Any:
        return akshare().tool_trade_date_hist_sina()

    def _judge_calendar(self, request: Request) -> Callable[[Answer], None]:
        return lambda answer: self._check_packed(answer, r"\w+", _CALENDAR)

    def _read_calendar(self, request: Request, answers: Sequence[Answer]) -> TradingCalendar:
        days = np.array(self._ask_calendar(request)["trade_date"].tolist(), "datetime64[D]")
        if len(days) < _OPENED or days[0] != np.datetime64("1990-12-19"):
            raise self._reader.error("truncated", f"the calendar has only {len(days)} days, from {days[:1]}")
        weekday = (days.astype(np.int64) + 3) % 7
        if (weekday > 4).any() or (np.diff(days).astype(int) > 40).any():
            raise self._reader.error("invalid", "the calendar trades on a weekend, or not for 40 days")
        return TradingCalendar.from_dates(days)

    def _ask_names(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        return akshare().stock_info_change_name(symbol=code)

    def _judge_names(self, request: Request) -> Callable[[Answer], None]:
        code, _ = self._reader.stock_parts(request)

        def judge(answer: Answer) -> None:
            text = self._reader.text(answer, encoding="gb18030", page_about="证券简称更名历史")
            title = re.search(r"<title>(.*?)</title>", text, re.S | re.I)
            codes = set(re.findall(r"(?<!\d)\d{6}(?!\d)", title[1] if title else ""))
            if code not in codes:
                if codes:
                    raise self._reader.error("wrong_symbol", f"asked for {code}, got the page of {sorted(codes)}")
                raise self._reader.error("changed", f"the page about {code} does not say whose it is")

        return judge

    def _read_names(self, request: Request, answers: Sequence[Answer]) -> list[NameRecord]:
        table = self._ask_names(request)
        if not len(table):
            raise self._reader.error("empty", f"no former names of {request.symbol}")
        # The page's cells are texts such as 贵州茅台 or *ST东方; akshare numbers them from the oldest.
        return [
            NameRecord(request.symbol or "", str(name), order, None)
            for order, name in enumerate(name for name in table["name"] if str(name).strip())
        ]


def _without_trades(table: pd.DataFrame) -> pd.DataFrame:
    """Give a day without trades, which has only a close, that price throughout."""
    idle = (table["volume"] == 0) & (table["close"] > 0)
    for name in ("open", "high", "low"):
        table = table.assign(**{name: table[name].where(~(idle & (table[name] == 0)), table["close"])})
    return table
