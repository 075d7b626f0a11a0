"""The futures exchanges' own lists of contracts (中金所, 上期所, 能源中心, 大商所, 郑商所, 广期所)."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from quantdesk.adapters.data_source.polite import Polite
from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.web import Recipe, akshare
from quantdesk.core.instruments.symbol import SymbolError, UnknownCodeError, normalise, product_of
from quantdesk.core.sources.records import FuturesContract
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_HOSTS = {
    "www.shfe.com.cn": "SHFE",
    "www.ine.cn": "INE",
    "www.cffex.com.cn": "CFFEX",
    "www.czce.com.cn": "CZCE",
    "www.dce.com.cn": "DCE",
    "www.gfex.com.cn": "GFEX",
}
HOSTS = tuple(_HOSTS)
_CODE = re.compile(r"([A-Za-z]{1,2})(\d{3,4})")
_NUMBER = re.compile(r"\d+(\.\d+)?")
# Code, size of a lot, price tick, first and last day of trading, by the exchange; None where its list has no such.
_BASE = ("INSTRUMENTID", None, None, "OPENDATE", "EXPIREDATE")
_INFO = ("contractId", "unit", "tick", "startTradeDate", "endTradeDate")
_COLUMNS: dict[str, tuple[str, str | None, str | None, str, str]] = {
    "SHFE": _BASE,
    "INE": _BASE,
    "CFFEX": ("INSTRUMENT_ID", None, None, "OPEN_DATE", "END_TRADING_DAY"),
    "CZCE": ("CtrCd", "CtrSz", "TckSz", "FrstTrdDt", "LstTrdDt"),
    "DCE": _INFO,
    "GFEX": _INFO,
}


class ContractLists:
    """The recipe of `futures_contracts`, over akshare's functions: one request an exchange.

    Four of the lists are of a trading day: `start`, else the last weekday before now. On the first days after a
    holiday that is none, and there is no list; the next source is asked then.
    """

    def __init__(self, reader: Reader, polite: Polite) -> None:
        self._reader = reader
        self._polite = polite

    def recipes(self) -> dict[Dataset, Recipe]:
        return {"futures_contracts": Recipe(1, self._ask, self._judge, self._read, same_day=True)}

    def _ask(self, request: Request) -> None:
        library = akshare()
        day = f"{request.start or last_weekday(self._polite.now()):%Y%m%d}"
        for ask in (
            lambda: library.futures_contract_info_shfe(date=day),
            lambda: library.futures_contract_info_ine(date=day),
            lambda: library.futures_contract_info_cffex(date=day),
            lambda: library.futures_contract_info_czce(date=day),
            library.futures_contract_info_dce,
            library.futures_contract_info_gfex,
        ):
            with suppress(Exception):  # it reads along, which is of no use; what went wrong on the way is recorded
                ask()

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            rows = list(self._rows(answer))
            if not rows:
                raise self._reader.error("empty", f"the list of {self._exchange(answer)} is empty; try again later")
            columns = [name for name in _COLUMNS[self._exchange(answer)] if name]
            for row in rows:
                missing = [name for name in columns if name not in row]
                if missing:
                    raise self._reader.error("changed", f"a contract lacks {', '.join(missing)}; update akshare")

        return judge

    def _exchange(self, answer: Answer) -> str:
        host = urlsplit(answer.url).hostname or ""
        if host not in _HOSTS:
            raise self._reader.error("changed", f"{host[:40]!r} is no exchange; update QuantDesk")
        return _HOSTS[host]

    def _rows(self, answer: Answer) -> Iterator[dict[str, Any]]:
        exchange = self._exchange(answer)
        if exchange in ("CFFEX", "CZCE"):
            tag = "INDEX" if exchange == "CFFEX" else "Contract"
            root: ET.Element = self._reader.xml(answer)
            yield from ({part.tag: part.text for part in record} for record in root.iter(tag))
            return
        document = self._reader.json(answer)
        rows = document.get("data" if exchange in ("DCE", "GFEX") else "ContractBaseInfo") if document else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._reader.error("changed", f"the list of {exchange} has no contracts; update akshare")
        yield from rows

    def _read(self, request: Request, answers: Sequence[Answer]) -> list[FuturesContract]:
        came = sorted(self._exchange(answer) for answer in answers)
        if came != sorted(_HOSTS.values()):
            raise self._reader.error("truncated", f"lists of {', '.join(came)} came; ask again")
        found: list[FuturesContract | None] = []
        for answer in answers:
            exchange = self._exchange(answer)
            code, size, tick, first, last = _COLUMNS[exchange]
            for row in self._rows(answer):
                lot, step = (self._number(row[name]) if name else None for name in (size, tick))
                name = str(row[code]).strip()
                found.append(contract(self._reader, exchange, name, lot, step, row[first], row[last]))
        return checked_contracts(self._reader, [one for one in found if one is not None])

    def _number(self, value: Any) -> float | None:
        """Read a size or a tick, which may have its unit behind it: 10吨/手."""
        found = _NUMBER.match(str(value or "").strip())
        return float(found[0]) if found else self._reader.number(value)


def contract(
    reader: Reader, exchange: str, code: str, size: float | None, tick: float | None, first: Any, last: Any
) -> FuturesContract | None:
    """Give a contract; None for an option, or a product that is not supported. Raise SourceError."""
    found = _CODE.fullmatch(code)
    listed, ends = day_of(first), day_of(last)
    if found is None:
        return None
    if listed is None or ends is None or ends < listed:
        raise reader.error("invalid", f"{code} of {exchange} is traded from {first!r} to {last!r}")
    try:
        symbol = normalise(f"{found[1]}{_month(found[2], ends)}.{exchange}")
    except UnknownCodeError:
        return None
    except SymbolError as error:
        raise reader.error("changed", f"{code} of {exchange} is no contract: {error}") from error
    for number in (size, tick):
        if number is not None and not 0 < number <= 100_000:
            raise reader.error("units", f"{symbol} has a lot of {size} and a tick of {tick}; the units changed")
    month = dt.date(2000 + int(symbol.partition(".")[0][-4:-2]), int(symbol.partition(".")[0][-2:]), 1)
    if abs((month - ends).days) > 62:
        raise reader.error("invalid", f"{symbol} is traded until {ends}, far from its month")
    return FuturesContract(symbol, product_of(symbol) or "", exchange, size, tick, listed, ends)


def checked_contracts(reader: Reader, contracts: Sequence[FuturesContract]) -> list[FuturesContract]:
    """Give the contracts in the order of their symbols, if there are any, each once. Raise SourceError."""
    if not contracts:
        raise reader.error("empty", "no contracts; try again later")
    by_symbol = {one.symbol: one for one in contracts}
    if len(by_symbol) != len(contracts):
        raise reader.error("out_of_order", "a contract is twice in the list")
    return [by_symbol[symbol] for symbol in sorted(by_symbol)]


def last_weekday(now: dt.datetime) -> dt.date:
    """Give the last weekday in Shanghai that is over."""
    day = now.astimezone(_SHANGHAI).date() - dt.timedelta(days=1)
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _month(digits: str, ends: dt.date) -> str:
    """Give year and month with two digits each: Zhengzhou writes 409 for September 2024, and for that of 2034."""
    if len(digits) == 4:
        return digits
    year = next((year for year in (ends.year, ends.year + 1) if year % 10 == int(digits[0])), ends.year)
    return f"{year % 100:02}{digits[1:]}"
