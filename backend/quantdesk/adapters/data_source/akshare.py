"""A-shares from the public web pages that akshare reads: Eastmoney, then Tencent; factors from Sina."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import requests

from quantdesk.adapters.data_source.http_watch import Watch, watched
from quantdesk.adapters.data_source.pace import Pace
from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.bars.validate import check
from quantdesk.core.instruments.symbol import SymbolError, classify, normalise, split
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk.ports.errors import SourceError

log = logging.getLogger(__name__)

SHARES_A_LOT = 100
_RETRIED = frozenset(("unreachable", "timeout", "rate_limited", "invalid"))
_FACTOR_URL = "https://finance.sina.com.cn/realstock/company/{}/hfq.js"
_EASTMONEY = {
    "日期": "date",
    "开盘": "open",
    "最高": "high",
    "最低": "low",
    "收盘": "close",
    "成交量": "volume",
    "成交额": "amount",
}


class AkshareSource:
    """A DataSource over akshare's raw (unadjusted) endpoints.

    Eastmoney's own front-adjusted prices are additive and distort returns; its 涨跌额 in raw mode is the difference
    to the last raw close even on an ex-right day (000066 on 2022-07-20: -0.06 to 9.94, while the exchange's previous
    close was 9.89). So neither gives the ex-right previous close: it is computed from Sina's multiplicative factors,
    and is NaN when these cannot be had. akshare's own adjusted and factor modes of Sina run eval() on the answer and
    are not used.
    """

    name = "akshare"

    def __init__(
        self,
        pace: Pace,
        *,
        tries: int = 3,
        backoff_s: float = 1.0,
        timeout_s: tuple[float, float] = (5.0, 15.0),
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
    ) -> None:
        """Ask with this pace; wait `backoff_s`, twice that, … (plus up to as much by chance) between the tries."""
        self._pace = pace
        self._tries = tries
        self._backoff_s = backoff_s
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing

    def instruments(self) -> list[InstrumentInfo]:
        """Give the listed A-shares of the three exchanges."""
        library = _akshare()
        parts: list[tuple[str, Callable[[], pd.DataFrame], str, str, str]] = [
            ("SH", lambda: library.stock_info_sh_name_code(symbol="主板A股"), "证券代码", "证券简称", "上市日期"),
            ("SH", lambda: library.stock_info_sh_name_code(symbol="科创板"), "证券代码", "证券简称", "上市日期"),
            ("SZ", lambda: library.stock_info_sz_name_code(symbol="A股列表"), "A股代码", "A股简称", "A股上市日期"),
            ("BJ", library.stock_info_bj_name_code, "证券代码", "证券简称", "上市日期"),
        ]
        for cached in ("stock_info_sh_name_code", "stock_info_sz_name_code", "stock_info_bj_name_code"):
            getattr(library, cached).cache_clear()  # akshare would give the first answer for ever
        found: dict[str, InstrumentInfo] = {}
        for exchange, call, code, name, listed in parts:
            table = self._ask(call, lambda _: None)
            missing = {code, name, listed} - set(table.columns)
            if missing:
                raise self._error("changed", f"the list of {exchange} lacks the columns {', '.join(sorted(missing))}")
            if not len(table):
                raise self._error("empty", f"the list of {exchange} is empty; try again later")
            for row in table[[code, name, listed]].itertuples(index=False):
                info = _instrument(str(row[0]), exchange, str(row[1]), row[2])
                if info is not None:
                    found[info.symbol] = info
        return [found[symbol] for symbol in sorted(found)]

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        """Give raw daily bars of an A-share, oldest first; `preclose` is ex-right, or NaN without factors."""
        try:
            kind, _ = classify(symbol)
        except SymbolError as error:
            raise self._error("unknown_symbol", str(error)) from error
        if kind != "stock" or split(symbol)[1] == "DEMO":
            raise self._error("unknown_symbol", f"{symbol} is no A-share; import a file for it")
        table = self._first_answer(symbol, start, end)
        bars = self._checked(symbol, table, start, end)
        return self._with_preclose(bars)

    def _first_answer(self, symbol: str, start: dt.date, end: dt.date) -> pd.DataFrame:
        first: SourceError | None = None
        for fetch in (self._eastmoney, self._tencent):
            try:
                return fetch(symbol, start, end)
            except SourceError as error:
                log.warning("daily bars of %s: %s", symbol, error)
                first = first or error
        assert first is not None  # noqa: S101 - the loop ran, and each turn returns or sets it
        raise first

    def _eastmoney(self, symbol: str, start: dt.date, end: dt.date) -> pd.DataFrame:
        code, _ = split(symbol)

        def check_code(responses: list[requests.Response]) -> None:
            answer = responses[-1].json().get("data")
            if answer is None:
                raise self._error("unknown_symbol", f"Eastmoney knows no {symbol}; check the symbol")
            if answer.get("code") != code:
                raise self._error("invalid", f"asked for {code}, Eastmoney answered for {answer.get('code')}")

        table = self._ask(
            lambda: _akshare().stock_zh_a_hist(
                symbol=code, period="daily", start_date=f"{start:%Y%m%d}", end_date=f"{end:%Y%m%d}", adjust=""
            ),
            check_code,
        )
        return self._columns(table, _EASTMONEY).assign(volume=lambda it: it["volume"] * SHARES_A_LOT)

    def _tencent(self, symbol: str, start: dt.date, end: dt.date) -> pd.DataFrame:
        code, exchange = split(symbol)
        table = self._ask(
            lambda: _akshare().stock_zh_a_hist_tx(
                symbol=f"{exchange.lower()}{code}", start_date=start.isoformat(), end_date=end.isoformat(), adjust=""
            ),
            lambda _: None,
        )
        names = ("date", "open", "high", "low", "close", "volume", "amount")
        table = self._columns(table, {name: name for name in names})
        # akshare takes Shenzhen stocks of 000xxx for indices and leaves their volume in lots.
        if 50 < _shares_a_unit(table) < 200:
            table = table.assign(volume=table["volume"] * SHARES_A_LOT)
        return table

    def _columns(self, table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
        if not len(table):
            raise self._error("empty", "no bars in this range; check the dates")
        missing = set(names) - set(table.columns)
        if missing:
            raise self._error("changed", f"the answer lacks the columns {', '.join(sorted(missing))}; update akshare")
        return table[list(names)].rename(columns=names)

    def _checked(self, symbol: str, table: pd.DataFrame, start: dt.date, end: dt.date) -> Bars:
        """Make bars of the table. Raise SourceError unless every row is right."""
        numbers = {name: table[name].to_numpy(np.float64) for name in table.columns if name != "date"}
        size = len(table)
        bars = Bars(
            symbol=symbol,
            interval="1d",
            time=pd.to_datetime(table["date"]).to_numpy().astype("datetime64[D]"),
            **numbers,
            preclose=np.full(size, np.nan),
            suspended=numbers["volume"] == 0,
            is_st=np.zeros(size, np.bool_),
        )
        bars = bars.take(np.argsort(bars.time, kind="stable"))
        found = check(bars, today=end)
        if found.total:
            issue = found.issues[0]
            raise self._error(
                "invalid", f"{symbol} on {bars.time[issue.row]}: {issue.field} {issue.value} ({issue.code})"
            )
        if bars.time[0] < np.datetime64(start):
            raise self._error("invalid", f"{symbol}: asked from {start}, got {bars.time[0]}")
        unit = _shares_a_unit(table)
        if not np.isnan(unit) and not 0.5 < unit < 2:
            raise self._error("invalid", f"{symbol}: turnover is {unit:.3g} times volume × price; the units changed")
        return bars

    def _with_preclose(self, bars: Bars) -> Bars:
        try:
            days, factors = self._factors(bars.symbol)
        except SourceError as error:
            log.warning("no ex-right factors of %s, previous closes stay unknown: %s", bars.symbol, error)
            return bars
        return replace(bars, preclose=ex_right_preclose(bars, days, factors))

    def _factors(self, symbol: str) -> tuple[Any, FloatArray]:
        code, exchange = split(symbol)
        name = f"{exchange.lower()}{code}"

        def call() -> pd.DataFrame:
            text = requests.get(_FACTOR_URL.format(name), timeout=self._timeout_s).text
            start = text.find("{")
            if start < 0 or f"{name}hfq" not in text[:start]:
                raise self._error("invalid", f"asked Sina for the factors of {name}, got {text[:40]!r}")
            answer, _ = json.JSONDecoder().raw_decode(text, start)  # a comment in JavaScript follows
            return pd.DataFrame(answer["data"])[["d", "f"]]

        table = self._ask(call, lambda _: None).sort_values("d")
        factors = pd.to_numeric(table["f"], errors="coerce").to_numpy(np.float64)
        if not len(factors) or not (np.isfinite(factors) & (factors > 0)).all():
            raise self._error("invalid", f"the ex-right factors of {symbol} are not all above 0")
        return table["d"].to_numpy().astype("datetime64[D]"), factors

    def _ask(self, call: Callable[[], Any], look: Callable[[list[requests.Response]], None]) -> pd.DataFrame:
        """Call akshare, up to `tries` times, and let `look` judge the raw answers. Raise SourceError."""
        for attempt in range(self._tries):
            watch = Watch(before=self._pace.wait, timeout=self._timeout_s)
            try:
                with watched(watch):
                    table = call()
                self._check_status(watch.responses)
                look(watch.responses)
                return pd.DataFrame(table)
            except Exception as error:  # akshare raises whatever its parsing runs into
                failure = self._explain(error, watch.responses)
                if failure.kind not in _RETRIED or attempt == self._tries - 1:
                    raise failure from error
                pause = self._backoff_s * 2**attempt
                self._sleep(pause + self._rng.uniform(0, pause))
        raise AssertionError("unreachable: tries is at least 1")

    def _explain(self, error: Exception, responses: list[requests.Response]) -> SourceError:
        if isinstance(error, SourceError):
            return error
        if isinstance(error, requests.Timeout):
            return self._error("timeout", "no answer in time; try again later")
        if isinstance(error, requests.ConnectionError):
            return self._error("unreachable", "cannot be reached; check the network")
        try:
            self._check_status(responses)
        except SourceError as failure:
            return failure
        if "JSONDecodeError" in type(error).__name__:  # of json, requests or akshare's demjson
            return self._error("invalid", "the answer breaks off or is no JSON")
        if isinstance(error, requests.RequestException):
            return self._error("unreachable", f"the request failed ({type(error).__name__}); check the network")
        return self._error("changed", f"the answer is not built as akshare expects ({error}); update akshare")

    def _check_status(self, responses: list[requests.Response]) -> None:
        for response in responses:
            if response.status_code == 429:
                raise self._error("rate_limited", "asks for fewer calls; wait some minutes")
            if response.status_code in (401, 403, 418, 456):
                raise self._error("banned", f"refuses this address (status {response.status_code}); wait some hours")
            if response.status_code >= 400:
                raise self._error("unreachable", f"answered with status {response.status_code}; try again later")
            if not response.content:
                raise self._error("invalid", "the answer is empty")
            if response.content.lstrip()[:1] == b"<":
                raise self._error("banned", "answered with a web page instead of data, to block us; wait some hours")

    def _error(self, kind: str, message: str) -> SourceError:
        return SourceError(self.name, kind, message)


def ex_right_preclose(bars: Bars, days: Any, factors: FloatArray) -> FloatArray:
    """Give the exchange's previous close of each bar from backward factors: factor × raw close is continuous.

    `days` are the ex-right days, ascending, from which each factor holds. The first bar's is NaN.
    """
    at = np.searchsorted(days, bars.time, "right") - 1
    factor = np.where(at >= 0, factors[np.maximum(at, 0)], 1.0)
    result = np.full(len(bars), np.nan)
    last = bars.close[:-1]
    # Rounded half up to the price tick, as the exchanges do; the small term keeps 1.005 from becoming 1.00.
    exact = np.floor(last * factor[:-1] / factor[1:] * 100 + 0.5 + 1e-6) / 100
    result[1:] = np.where(factor[1:] == factor[:-1], last, exact)
    return result


def _shares_a_unit(table: pd.DataFrame) -> float:
    """Give the median of turnover / (volume × close): 1 for shares, 100 for lots, NaN when nothing was traded."""
    traded = table[(table["volume"] > 0) & (table["amount"] > 0)]
    return float((traded["amount"] / (traded["volume"] * traded["close"])).median())


def _instrument(code: str, exchange: str, name: str, listed: Any) -> InstrumentInfo | None:
    """Give the instrument, or None for a row that is no share (a blank code, a B share's line)."""
    try:
        symbol = normalise(f"{code.zfill(6)}.{exchange}")
        kind, board = classify(symbol)
    except SymbolError:
        return None
    day = pd.to_datetime(listed, errors="coerce")
    list_date = None if pd.isna(day) else day.date()
    return InstrumentInfo(symbol, name.replace(" ", ""), kind, board, list_date, None)


def _akshare() -> Any:
    """Import akshare when it is needed: it takes seconds and half a hundred megabytes."""
    return importlib.import_module("akshare")
