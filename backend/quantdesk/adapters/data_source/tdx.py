"""The folder `vipdoc` of an installed 通达信: days and minutes that its own program has downloaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quantdesk.adapters.data_source.reading import Reader
from quantdesk.core.bars import tdx
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.instruments.symbol import SymbolError
from quantdesk.ports.data_source import (
    Answer,
    HostHealth,
    InstrumentInfo,
    Request,
    Table,
    bars_dataset,
    bars_of,
)
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError, SourceKind

_LARGEST = 1 << 28
_PLACES = {"1d": ("lday", "day"), "1m": ("minline", "lc1"), "5m": ("fzline", "lc5")}
_PRICES = ("open", "high", "low", "close")
_CENTS = {"stock_daily": 100, "index_daily": 100, "etf_daily": 1000}


class TdxFolder:
    """A DataSource over files; it has no network, and gives what the folder holds."""

    name = "tdx"
    datasets: frozenset[Dataset] = frozenset(
        ("stock_daily", "index_daily", "etf_daily", "stock_minute", "index_minute", "etf_minute")
    )

    def __init__(self, folder: Path) -> None:
        """`folder` is vipdoc itself."""
        self._folder = folder
        self._reader = Reader(self.name)

    def parser(self, dataset: Dataset) -> str:
        return f"{self.name}.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        path = self._path(request)
        try:
            if path.stat().st_size > _LARGEST:
                raise self._reader.error("invalid", f"{path} has more than {_LARGEST} bytes")
            body = path.read_bytes()
            changed = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            if not self._folder.is_dir():
                raise self._reader.error("not_set_up", f"{self._folder} is no folder; check QD_SOURCES__TDX") from None
            words = f"{path} is not there; download the data in 通达信 first"
            raise self._reader.error("unknown_symbol", words) from None
        except OSError as error:
            raise self._reader.error("unreachable", f"{path} cannot be read ({error.strerror})") from error
        return [Answer(path.as_uri(), 200, {}, body, changed, f"READ {path.name}")]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        wanted = self._path(request).name
        if [answer.asked for answer in answers] != [f"READ {wanted}"]:
            raise self._reader.error("wrong_symbol", f"asked for {wanted}, got {[one.asked for one in answers]}")
        body = answers[0].body
        try:
            bars = self._days(request, body) if request.interval == "1d" else self._minutes(request, body)
        except tdx.TdxError as error:
            kind: SourceKind = "truncated" if len(body) % tdx.RECORD else "invalid"
            raise self._reader.error(kind, f"{wanted}: {error}") from error
        if (bars.time[1:] <= bars.time[:-1]).any():
            row = int(np.flatnonzero(bars.time[1:] <= bars.time[:-1])[0])
            raise self._reader.error("out_of_order", f"{wanted}: {bars.time[row + 1]} comes after {bars.time[row]}")
        inside = bars.time >= np.datetime64(request.start or dt.date.min)
        if request.end is not None:
            inside &= bars.time < np.datetime64(request.end + dt.timedelta(days=1))
        return self._reader.checked(bars.take(inside), request, _turnover(request))

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None:
        """Do nothing: a file has neither cache nor host."""

    def health(self) -> list[HostHealth]:
        return []

    def instruments(self) -> list[InstrumentInfo]:
        raise self._reader.error("unsupported", "the folder does not name its instruments")

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        try:
            dataset = bars_dataset(symbol)
        except SymbolError as error:
            raise self._reader.error("unknown_symbol", str(error)) from error
        request = Request(dataset or "stock_daily", symbol, "1d", start, end)
        return bars_of(self.parse(request, self.fetch(request)))

    def _path(self, request: Request) -> Path:
        if request.dataset not in self.datasets or request.interval not in _PLACES:
            raise self._reader.error("unsupported", f"has no {request.dataset} of {request.interval}")
        code, exchange = self._reader.stock_parts(request)
        market = exchange.lower()
        folder, suffix = _PLACES[request.interval]
        return self._folder / market / folder / f"{market}{code}.{suffix}"

    def _days(self, request: Request, body: bytes) -> Bars:
        rows = tdx.records(body, tdx.DAY)
        prices = {name: rows[name].astype(np.float64) / _CENTS[request.dataset] for name in _PRICES}
        bars = self._bars(request, rows, tdx.day_times(rows), prices)
        return replace(bars, suspended=(bars.volume == 0) & (request.dataset != "index_daily"))

    def _minutes(self, request: Request, body: bytes) -> Bars:
        rows = tdx.records(body, tdx.MINUTE)
        return self._bars(request, rows, tdx.minute_times(rows), {name: tdx.clean(rows[name]) for name in _PRICES})

    def _bars(self, request: Request, rows: NDArray[np.void], time: TimeArray, prices: dict[str, FloatArray]) -> Bars:
        lots = 100 if request.dataset.startswith("index") else 1
        return Bars(
            symbol=request.symbol or "",
            interval=request.interval,
            time=time,
            **prices,
            volume=rows["volume"].astype(np.float64) * lots,
            amount=rows["amount"].astype(np.float64),
            preclose=np.full(len(rows), np.nan),
            suspended=np.zeros(len(rows), np.bool_),
            is_st=np.zeros(len(rows), np.bool_),
        )


def _turnover(request: Request) -> str:
    return "index" if request.dataset.startswith("index") else "share"
