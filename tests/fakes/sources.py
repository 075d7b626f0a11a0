"""A data source that gives set bars or fails as told: made up, without network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.kit import clock
from quantdesk.ports.data_source import Answer, HostHealth, InstrumentInfo, Request, Table
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.made_bars import bars_of


class ScriptedSource:
    """Has daily bars of every stock: three, or those that it is given."""

    datasets: frozenset[Dataset] = frozenset(("stock_daily",))

    def __init__(self, name: str, bars: Bars | None = None) -> None:
        self.name = name
        self.bars = bars
        self.error: SourceError | None = None
        self.asked: list[Request] = []

    def parser(self, dataset: Dataset) -> str:
        return f"{self.name}.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return [Answer(f"http://{self.name}.example", 200, {}, b"", clock.utcnow(), "GET")]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        made = self.bars or bars_of(request.symbol or "", [10, 11, 12], start="2024-01-02")
        made = replace(made, symbol=request.symbol or "")
        start = np.datetime64(request.start or dt.date.min)
        return made.take((made.time >= start) & (made.time <= np.datetime64(request.end or dt.date.max)))

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return [
            HostHealth(
                host=f"{self.name}.example",
                state="closed",
                open_until=None,
                last_success=None,
                last_error_at=None,
                last_error_kind=self.error.kind if self.error else None,
                last_error=str(self.error) if self.error else None,
                requests_today=len(self.asked),
                ceiling=2000,
            )
        ]

    def instruments(self) -> list[InstrumentInfo]:
        return []

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        request = Request("stock_daily", symbol, "1d", start, end)
        table = self.parse(request, self.fetch(request))
        assert isinstance(table, Bars)
        return table
