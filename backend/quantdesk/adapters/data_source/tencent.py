"""Tencent (腾讯证券): daily bars of shares and indices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from quantdesk.adapters.data_source.reading import lots_or_shares
from quantdesk.adapters.data_source.web import Recipe, WebSource, akshare
from quantdesk.core.bars.frame import Bars
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

FIRST_DAY = dt.date(1990, 12, 19)
_COLUMNS = {name: name for name in ("date", "open", "high", "low", "close", "volume", "amount")}
_INDEX_COLUMNS = {name: name for name in ("date", "open", "high", "low", "close")} | {"volume": "amount"}
"""akshare calls an index's volume, in lots, its amount; turnover is not given."""


class Tencent(WebSource):
    """A DataSource over akshare's unadjusted mode: one request a year of history, best for short ranges."""

    name = "tencent"
    hosts = ("web.ifzq.gtimg.cn", "proxy.finance.qq.com")

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        return {
            "stock_daily": Recipe(1, self._ask_daily, self._judge, self._read_daily),
            "index_daily": Recipe(1, self._ask_index, self._judge, self._read_index),
        }

    def _name(self, request: Request) -> str:
        code, exchange = self._reader.stock_parts(request)
        return f"{exchange.lower()}{code}"

    def _ask_daily(self, request: Request) -> Any:
        start, end = request.start or FIRST_DAY, request.end or dt.date(2100, 1, 1)
        return akshare().stock_zh_a_hist_tx(
            symbol=self._name(request), start_date=start.isoformat(), end_date=end.isoformat(), adjust=""
        )

    def _ask_index(self, request: Request) -> Any:
        # The library asks for front-adjusted bars, which an index does not have: they are its own.
        start = f"{request.start:%Y%m%d}" if request.start else ""
        end = f"{request.end:%Y%m%d}" if request.end else ""
        return akshare().stock_zh_index_daily_tx(symbol=self._name(request), start_date=start, end_date=end)

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        name = self._name(request)

        def judge(answer: Answer) -> None:
            document = self._document(answer)
            if "weekTrends" in answer.url:
                return  # where the history begins: a list of days without the instrument's name
            data = document.get("data")
            if not isinstance(data, dict) or not data:
                raise self._reader.error("unknown_symbol", f"knows no {request.symbol}; check the symbol")
            if name not in data:
                raise self._reader.error("wrong_symbol", f"asked for {name}, got {', '.join(sorted(data))[:60]}")
            series = data[name]
            rows = next((series[key] for key in ("day", "qfqday") if isinstance(series, dict) and key in series), None)
            if rows is None:
                raise self._reader.error("changed", f"the answer about {name} has no days; update akshare")
            days = [str(row[0]) if isinstance(row, list) and row else "" for row in rows]
            if any(later <= earlier for earlier, later in pairwise(days)):
                raise self._reader.error("out_of_order", f"the days of {name} are not in order")
            if len({len(row) for row in rows}) > 2:  # a dividend makes a day longer
                raise self._reader.error("changed", f"the days of {name} have many lengths; update akshare")

        return judge

    def _document(self, answer: Answer) -> dict[str, object]:
        document = self._reader.json(answer, after="=")
        if not isinstance(document, dict) or "data" not in document:
            raise self._reader.error("changed", "the answer has no `data`; update akshare")
        return document

    def _read_daily(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._ask_daily(request)
        # akshare takes Shenzhen stocks of 000xxx for indices and leaves their volume in lots.
        lots = lots_or_shares(table, "volume", "amount", "close") if len(table) else 1
        return self._reader.bars(request, table, _COLUMNS, lots=lots)

    def _read_index(self, request: Request, answers: Sequence[Answer]) -> Bars:
        table = self._ask_index(request)
        return self._reader.bars(request, table, _INDEX_COLUMNS, lots=100, turnover=None)
