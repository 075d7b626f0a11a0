"""What every answer must pass before its rows are believed. Pure: bytes in, rows or SourceError out."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from requests.structures import CaseInsensitiveDict

from quantdesk.adapters.data_source.polite import retry_after
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.bars.validate import check
from quantdesk.core.instruments.symbol import DEMO, OPEN_FUND, Kind, SymbolError, classify, normalise, split
from quantdesk.ports.data_source import Answer, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError, SourceKind

UTC_OFFSET = np.timedelta64(8, "h")
"""China has no summer time since 1991, before any minute bar."""
_BANNED = (401, 403, 418, 451, 456)
_BAN_WORDS = re.compile("拒绝访问|访问被拒|异常访问|访问过于频繁|验证码|captcha|forbidden|access denied|blocked", re.I)
_TURNOVER = {"share": (0.5, 2.0), "index": (1.5, 150.0)}
"""Bounds of turnover / volume: over the close for what is traded itself, in yuan a share for an index."""
_KINDS: dict[Dataset, tuple[Kind, ...]] = {
    "index_daily": ("index",),
    "index_minute": ("index",),
    "constituents": ("index",),
    "etf_daily": ("etf", "fund"),
    "etf_minute": ("etf", "fund"),
    "fund_nav": ("fund", "etf"),
    "futures_daily": ("future",),
    "futures_minute": ("future",),
}
"""What the datasets of one symbol are of, where not of shares."""


class Reader:
    """Checks in the name of one source, which its errors name."""

    def __init__(self, source: str) -> None:
        self.source = source

    def error(self, kind: SourceKind, message: str, *, retry_after: float | None = None) -> SourceError:
        return SourceError(self.source, kind, message, retry_after=retry_after)

    def text(self, answer: Answer, *, encoding: str = "utf-8", page_about: str = "") -> str:
        """Give the answer's text. Raise SourceError for what is no such text.

        `page_about`: a web page is what is wanted, and these words are in the right one.
        """
        self.whole(answer)
        is_page = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        try:
            text = answer.body.decode(encoding)
        except UnicodeDecodeError as error:
            other = answer.body.decode("gb18030" if encoding == "utf-8" else "utf-8", "replace")
            if is_page and (not page_about or _BAN_WORDS.search(other)):
                raise self._page(other) from None
            raise self.error("encoding", f"the answer is not {encoding.upper()} (byte {error.start})") from None
        if not page_about:
            if is_page:
                raise self._page(text)
            return text
        if not is_page:
            raise self.error("changed", f"a web page was expected, not {text[:40]!r}")
        if page_about not in text and _BAN_WORDS.search(text):
            raise self._page(text)
        if "</html>" not in text[-2000:].lower():
            raise self.error("truncated", "the page breaks off; try again later")
        if page_about not in text:
            raise self.error("changed", f"the page has no {page_about}; update akshare")
        return text

    def whole(self, answer: Answer) -> bytes:
        """Give the body of an answer that says it is good. Raise SourceError by its status, or for no body."""
        status = answer.status
        if status == 429:
            headers = CaseInsensitiveDict(answer.headers)
            wait = retry_after(headers.get("retry-after"), answer.fetched_at)
            raise self.error("rate_limited", "asks for fewer calls; wait some minutes", retry_after=wait)
        if status in _BANNED:
            raise self.error("banned", f"refuses this address (status {status}); wait some hours")
        if 300 <= status < 400:
            raise self.error("changed", f"sends us elsewhere (status {status}); update QuantDesk or akshare")
        if status in (404, 410):
            raise self.error("changed", f"has no such page any more (status {status}); update QuantDesk or akshare")
        if status != 200:
            raise self.error("unreachable", f"answered with status {status}; try again later")
        if not answer.body.strip():
            raise self.error("empty", "the answer is empty; try again later")
        return answer.body

    def json(self, answer: Answer, *, after: str = "") -> Any:
        """Give the JSON of the answer, `after` a marker such as `=(` where it is wrapped in a script."""
        text = self.text(answer)
        start = text.find(after) + len(after)
        if after not in text:
            raise self.error("changed", f"{after!r} is not in the answer, which begins {text[:40]!r}")
        try:
            value, end = json.JSONDecoder(parse_constant=self._no_constant).raw_decode(text, _skip_space(text, start))
        except (ValueError, RecursionError):
            raise self.error("truncated", "the answer breaks off or is no JSON; try again later") from None
        rest = text[end:].strip()
        if not after and rest:
            raise self.error("truncated", f"the answer goes on after its JSON: {rest[:40]!r}")
        return value

    def xml(self, answer: Answer) -> ET.Element:
        """Give the document. Raise SourceError for what is none, or has entities, which may grow without bounds."""
        body = self.whole(answer)
        head = body[:512].lower()
        encoding = "gb18030" if re.search(rb"encoding=[\"']gb", head) else "utf-8"
        try:
            text = body.decode(encoding).lstrip("\ufeff \t\r\n")
        except UnicodeDecodeError as error:
            if b"<html" in head:
                raise self._page(body.decode("gb18030", "replace")) from None
            raise self.error("encoding", f"the answer is not {encoding.upper()} (byte {error.start})") from None
        if "<html" in text[:512].lower():
            raise self._page(text)
        if not text.startswith("<") or "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise self.error("changed", f"a plain XML document was expected, not {text[:40]!r}")
        try:
            return ET.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text))  # noqa: S314 - without entities
        except ET.ParseError:
            raise self.error("truncated", "the document breaks off or is no XML; try again later") from None

    def number(self, value: Any) -> float | None:
        """Read a number, of JSON or in a text; None for what is not told. Raise SourceError for words."""
        if value is None or value in ("", "-", "--"):
            return None
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise self.error("changed", f"{str(value)[:40]!r} is no number")
        return number

    def _no_constant(self, name: str) -> float:
        raise ValueError(name)  # NaN and Infinity are no JSON

    def _page(self, text: str) -> SourceError:
        if _BAN_WORDS.search(text):
            return self.error("banned", "answered with a page that refuses us; wait some hours")
        return self.error("page", "answered with a web page instead of data; try again later")

    def bars(
        self,
        request: Request,
        table: pd.DataFrame,
        names: Mapping[str, str],
        *,
        lots: int = 1,
        cut: bool = False,
        turnover: str | None = "share",
    ) -> Bars:
        """Make bars of a table. `names` gives the table's column of date, open, high, low, close, volume and amount.

        `lots`: shares in the table's unit of volume. `cut`: the source gives all days, and those outside of the
        request are left out, where else they are an error. `turnover`: how the units can be checked, None if the
        source gives no turnover. Raise SourceError unless every row is right.
        """
        symbol = request.symbol or ""
        if not len(table):
            raise self.error("empty", f"no bars of {symbol} in this range; check the dates")
        missing = [name for name in names.values() if name not in table.columns]
        if missing:
            raise self.error("changed", f"the answer lacks the columns {', '.join(missing)}; update akshare")
        time = self._time(request, table[names["date"]])
        if np.isnat(time).any():
            raise self.error("changed", f"the answer about {symbol} holds a date that is none")
        if (time[1:] <= time[:-1]).any():
            row = int(np.flatnonzero(time[1:] <= time[:-1])[0]) + 1
            raise self.error("out_of_order", f"{symbol}: {time[row]} comes after {time[row - 1]}")
        number = {
            name: pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64)
            for name, column in names.items()
            if name not in ("date", "hold", "settle")
        }
        volume = number.pop("volume") * lots
        size = len(time)
        daily_share = request.interval == "1d" and turnover == "share"
        bars = Bars(
            symbol=symbol,
            interval=request.interval,
            time=time,
            volume=volume,
            amount=number.pop("amount", np.full(size, np.nan)),
            preclose=np.full(size, np.nan),
            suspended=(volume == 0) if daily_share else np.zeros(size, np.bool_),
            is_st=np.zeros(size, np.bool_),
            **number,
        )
        inside = bars.between(request.start, _end_of(request))
        if len(inside) < size and not cut:
            raise self.error(
                "invalid", f"{symbol}: asked for {request.start} to {request.end}, got {time[0]} to {time[-1]}"
            )
        return self.checked(inside, request, turnover)

    def checked(self, bars: Bars, request: Request, turnover: str | None = "share") -> Bars:
        """Give the bars if every row is right and the units are those that are told. Raise SourceError."""
        if not len(bars):
            raise self.error("empty", f"no bars of {bars.symbol} in this range; check the dates")
        found = check(bars, today=request.end or dt.date.max - dt.timedelta(days=1))
        if found.total:
            issue = found.issues[0]
            raise self.error(
                "invalid", f"{bars.symbol} on {bars.time[issue.row]}: {issue.field} {issue.value} ({issue.code})"
            )
        if turnover is not None:
            unit = _yuan_a_unit(bars, over_close=turnover == "share")
            low, high = _TURNOVER[turnover]
            if not np.isnan(unit) and not low < unit < high:
                raise self.error(
                    "units", f"{bars.symbol}: turnover is {unit:.3g} times volume × price; the units changed"
                )
        return bars

    def _time(self, request: Request, column: Any) -> TimeArray:
        parsed: TimeArray = pd.to_datetime(column, errors="coerce").to_numpy().astype("datetime64[s]")
        if request.interval == "1d":
            return parsed.astype("datetime64[D]")
        in_utc: TimeArray = parsed - UTC_OFFSET
        return in_utc

    def stock_parts(self, request: Request) -> tuple[str, str]:
        """Give (code, exchange) of the request's symbol. Raise SourceError for what the dataset is not of."""
        symbol = request.symbol or ""
        try:
            kind, _ = classify(symbol)
            code, exchange = split(symbol)
        except SymbolError as error:
            raise self.error("unknown_symbol", str(error)) from error
        allowed = _KINDS.get(request.dataset, ("stock",))
        nowhere = exchange == DEMO or (exchange == OPEN_FUND and request.dataset != "fund_nav")
        if kind not in allowed or nowhere:
            raise self.error("unsupported", f"{symbol} is no {allowed[0]} that {self.source} has; import a file for it")
        return code, exchange

    def instrument(
        self, code: str, exchange: str, name: str, listed: Any, delisted: Any = None
    ) -> InstrumentInfo | None:
        """Give the instrument, or None for a row that is no share (a blank code, a B share's line)."""
        try:
            symbol = normalise(f"{code.zfill(6)}.{exchange}")
            kind, board = classify(symbol)
        except SymbolError:
            return None
        return InstrumentInfo(symbol, name.replace(" ", ""), kind, board, day_of(listed), day_of(delisted))


def lots_or_shares(table: pd.DataFrame, volume: str, amount: str, close: str) -> int:
    """Give 100 where the volume is plainly in lots, by the turnover, and 1 else."""
    figures = table[[volume, amount, close]].apply(pd.to_numeric, errors="coerce")
    traded = figures[(figures[volume] > 0) & (figures[amount] > 0)]
    unit = float((traded[amount] / (traded[volume] * traded[close])).median()) if len(traded) else 1.0
    return 100 if 50 < unit < 200 else 1


def day_of(value: Any) -> dt.date | None:
    """Read a day, 20240131 also as a number; None for nothing and for what is none."""
    if isinstance(value, int | np.integer):
        value = str(value)  # else it would count nanoseconds
    day = pd.to_datetime(value, errors="coerce")
    return None if pd.isna(day) else day.date()


def _end_of(request: Request) -> Any:
    if request.end is None or request.interval == "1d":
        return request.end
    return np.datetime64(request.end).astype("datetime64[s]") + np.timedelta64(86_399, "s") - UTC_OFFSET


def _yuan_a_unit(bars: Bars, *, over_close: bool) -> float:
    """Give the median of turnover / volume (/ close): about 1 for shares, 100 for lots; NaN when nothing was traded."""
    traded = (bars.volume > 0) & (bars.amount > 0)
    if not traded.any():
        return float("nan")
    prices: FloatArray = bars.amount[traded] / bars.volume[traded]
    return float(np.median(prices / bars.close[traded] if over_close else prices))


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start
