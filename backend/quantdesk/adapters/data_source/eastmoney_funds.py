"""Eastmoney's fund pages (天天基金): which funds there are, and their net asset values."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import requests

from quantdesk.adapters.data_source.reading import Reader
from quantdesk.adapters.data_source.web import Recipe
from quantdesk.core.instruments.symbol import SymbolError, fund_symbol, kind_of
from quantdesk.core.sources.records import FundNav
from quantdesk.ports.data_source import Answer, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset

_LIST_URL = "https://fund.eastmoney.com/js/fundcode_search.js"
_FUND_URL = "https://fund.eastmoney.com/pingzhongdata/{}.js"
_HEADERS = {"User-Agent": "Mozilla/5.0 (X11; Linux x64) QuantDesk", "Referer": "https://fund.eastmoney.com/"}
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_CELLS = 5
"""Code, initials, name, kind, pinyin."""


class FundPages:
    """Recipes of `funds` and `fund_nav`.

    Both answers are scripts. akshare runs the second one to have its values, and reads the first for half a minute:
    here only the JSON in them is read, and nothing is run.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def recipes(self) -> Mapping[Dataset, Recipe]:
        return {
            "funds": Recipe(1, self._ask_list, self._judge_list, self._read_list, same_day=True),
            "fund_nav": Recipe(1, self._ask_values, self._judge_values, self._read_values),
        }

    def _ask_list(self, request: Request) -> None:
        requests.get(_LIST_URL, headers=_HEADERS, timeout=15)

    def _judge_list(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            text = self._reader.text(answer).removeprefix("\ufeff").strip()
            rows = self._reader.json(answer, after="var r =")
            if not text.endswith(("]", "];")):
                raise self._reader.error("truncated", f"the list of funds ends {text[-40:]!r}")
            if not isinstance(rows, list):
                raise self._reader.error("changed", "the list of funds is none; update QuantDesk")
            if not rows:
                raise self._reader.error("empty", "the list of funds is empty; try again later")
            for row in rows:
                if not (isinstance(row, list) and len(row) == _CELLS and all(isinstance(cell, str) for cell in row)):
                    raise self._reader.error("changed", f"a fund has not {_CELLS} texts: {str(row)[:60]}")

        return judge

    def _read_list(self, request: Request, answers: Sequence[Answer]) -> list[InstrumentInfo]:
        found: dict[str, InstrumentInfo] = {}
        for code, _, name, _, _ in self._reader.json(answers[0], after="var r ="):
            try:
                symbol = fund_symbol(code, name)
            except SymbolError as error:
                raise self._reader.error("changed", f"{code[:20]!r} ({name[:20]}) is no fund's code") from error
            if symbol in found:
                raise self._reader.error("invalid", f"the fund {symbol} is twice in the list")
            found[symbol] = InstrumentInfo(symbol, name.replace(" ", ""), kind_of(symbol), None, None, None)
        return [found[symbol] for symbol in sorted(found)]

    def _ask_values(self, request: Request) -> None:
        code, _ = self._reader.stock_parts(request)
        requests.get(_FUND_URL.format(code), headers=_HEADERS, timeout=15)

    def _judge_values(self, request: Request) -> Callable[[Answer], None]:
        code, _ = self._reader.stock_parts(request)

        def judge(answer: Answer) -> None:
            text = self._reader.text(answer)
            named = re.search(r'var\s+fS_code\s*=\s*"(\w*)"', text)
            if named is None:
                raise self._reader.error("changed", f"the answer does not say which fund it is about: {text[:40]!r}")
            if named[1] != code:
                raise self._reader.error("wrong_symbol", f"asked for {code}, got {named[1]}")
            if self._list(text, "Data_netWorthTrend") is None:
                raise self._reader.error("empty", f"{code} has no net asset values (a money fund?)")
            self._list(text, "Data_ACWorthTrend")

        return judge

    def _list(self, text: str, name: str) -> list[Any] | None:
        """Give the list that the script calls so; None where there is none, or an empty one. Raise SourceError."""
        found = re.search(rf"\bvar\s+{name}\s*=\s*", text)
        if found is None:
            raise self._reader.error("truncated", f"the answer has no {name}, or breaks off; try again later")
        try:
            value, end = json.JSONDecoder().raw_decode(text, found.end())
        except (ValueError, RecursionError):
            raise self._reader.error("truncated", f"{name} breaks off or is no JSON; try again later") from None
        if not isinstance(value, list) or not text[end : end + 1].startswith(";"):
            raise self._reader.error("changed", f"{name} is no list; update QuantDesk")
        return value or None

    def _read_values(self, request: Request, answers: Sequence[Answer]) -> list[FundNav]:
        text = self._reader.text(answers[0])
        with_dividends = dict(self._pair(row) for row in self._list(text, "Data_ACWorthTrend") or ())
        rows = [self._value(row) for row in self._list(text, "Data_netWorthTrend") or ()]
        for earlier, later in pairwise(day for day, _ in rows):
            if later <= earlier:
                raise self._reader.error("out_of_order", f"{request.symbol}: {later} comes after {earlier}")
        values = [FundNav(request.symbol or "", day, nav, with_dividends.get(day)) for day, nav in rows]
        return checked_values(self._reader, request, values)

    def _value(self, row: Any) -> tuple[dt.date, float]:
        if not isinstance(row, dict) or not {"x", "y"} <= row.keys():
            raise self._reader.error("changed", f"{str(row)[:60]} is no net asset value; update QuantDesk")
        day, nav = self._pair([row["x"], row["y"]])
        if nav is None:
            raise self._reader.error("invalid", f"the net asset value of {day} is missing")
        return day, nav

    def _pair(self, row: Any) -> tuple[dt.date, float | None]:
        at = row[0] if isinstance(row, list) and len(row) == 2 else None
        if isinstance(at, bool) or not isinstance(at, int) or not 0 < at < 1 << 43:
            raise self._reader.error("changed", f"{str(row)[:60]} is no day and value; update QuantDesk")
        return dt.datetime.fromtimestamp(at / 1000, _SHANGHAI).date(), self._reader.number(row[1])


def checked_values(reader: Reader, request: Request, values: Sequence[FundNav]) -> list[FundNav]:
    """Give the values of the request's days, oldest first already, if they can be. Raise SourceError."""
    inside = [
        one
        for one in values
        if (request.start is None or one.day >= request.start) and (request.end is None or one.day <= request.end)
    ]
    if not inside:
        raise reader.error("empty", f"no net asset values of {request.symbol} in this range; check the dates")
    for one in inside:
        if not 0 < one.nav < 1e6 or (one.accumulated is not None and not 0 < one.accumulated < 1e6):
            raise reader.error("invalid", f"{request.symbol} is worth {one.nav} ({one.accumulated}) on {one.day}")
    for earlier, later in pairwise(inside):
        if not 1 / 30 < later.nav / earlier.nav < 30:
            raise reader.error("units", f"{request.symbol} goes from {earlier.nav} to {later.nav}; the units changed")
    return inside
