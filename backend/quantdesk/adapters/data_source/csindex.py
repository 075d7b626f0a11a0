"""China Securities Index (中证指数): which shares are in an index, and with what weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.web import Recipe, WebSource, akshare
from quantdesk.core.sources.records import IndexMember
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceKind

_COLUMNS = ("日期", "指数代码", "成分券代码", "交易所", "权重")
_EXCHANGES = {"上海证券交易所": "SH", "深圳证券交易所": "SZ", "北京证券交易所": "BJ"}
_SHEETS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04")
"""How spreadsheets begin, the old kind and the new one."""
_WHOLE = (0.95, 1.05)
"""What the weights add up to, rounded as they are."""


class Csindex(WebSource):
    """A DataSource over akshare's reading of the spreadsheets of closing weights, one for each index.

    They tell who is in the index on a day, the last one of a month, not since when: `since` stays unknown.
    """

    name = "csindex"
    hosts = ("oss-ch.csindex.com.cn",)

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        return {"constituents": Recipe(1, self._ask, self._judge, self._read)}

    def _ask(self, request: Request) -> Any:
        code, _ = self._reader.stock_parts(request)
        return akshare().index_stock_cons_weight_csindex(symbol=code)

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        self._reader.stock_parts(request)

        def judge(answer: Answer) -> None:
            if answer.status in (403, 404) and b"<Code>NoSuchKey</Code>" in answer.body:
                raise self._reader.error("unknown_symbol", f"has no weights of {request.symbol}; check the index")
            body = self._reader.whole(answer)
            if not body.startswith(_SHEETS):
                self._reader.text(answer)  # says what it is, if it is a page
                raise self._reader.error("changed", f"a spreadsheet was expected, not {body[:20]!r}")
            if body.startswith(_SHEETS[1]) and b"PK\x05\x06" not in body[-(1 << 16) :]:
                raise self._reader.error("truncated", "the spreadsheet breaks off; try again later")

        return judge

    def _read(self, request: Request, answers: Sequence[Answer]) -> list[IndexMember]:
        code, _ = self._reader.stock_parts(request)
        table: pd.DataFrame = self._ask(request)
        if not len(table):
            raise self._reader.error("empty", f"no members of {request.symbol}; try again later")
        about = set(table["指数代码"])
        if about != {code}:
            raise self._reader.error("wrong_symbol", f"asked for {code}, got {', '.join(sorted(map(str, about)))[:60]}")
        if len({day_of(day) for day in table["日期"]}) != 1 or day_of(table["日期"].iloc[0]) is None:
            raise self._reader.error("changed", f"the members of {request.symbol} are not of one day; update akshare")
        members = [self._member(request, row) for row in table[list(_COLUMNS)].itertuples(index=False)]
        if len({one.symbol for one in members}) != len(members):
            raise self._reader.error("out_of_order", f"a share is twice in {request.symbol}")
        return weighed(self._reader, request, members)

    def _member(self, request: Request, row: Any) -> IndexMember:
        info = self._reader.instrument(str(row[2]), _EXCHANGES.get(str(row[3]), ""), "", None)
        if info is None:
            raise self._reader.error("changed", f"{row[2]} of {row[3]} is no share; update QuantDesk")
        weight = self._reader.number(row[4])
        if weight is None or not 0 <= weight <= 100:
            raise self._reader.error("invalid", f"{info.symbol} has the weight {row[4]} in {request.symbol}")
        return IndexMember(request.symbol or "", info.symbol, None, None, weight / 100)


def weighed(reader: Reader, request: Request, members: Sequence[IndexMember]) -> list[IndexMember]:
    """Give the members in the order of their symbols, if their weights make a whole. Raise SourceError."""
    total = math.fsum(one.weight or 0 for one in members)
    low, high = _WHOLE
    if not low < total < high:
        kind: SourceKind = "units" if total > 2 * high or total < low / 50 else "truncated"
        raise reader.error(kind, f"the weights in {request.symbol} add up to {total:.4g}, not to 1; ask again")
    return sorted(members, key=lambda one: one.symbol)
