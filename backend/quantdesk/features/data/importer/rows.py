"""Typed rows of a whole file: from chunks of cells to columns ready to be cut into bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FUTURES_COLUMNS
from quantdesk.core.instruments.symbol import SymbolError, SymbolFormatError, normalise
from quantdesk.features.data.importer import cells
from quantdesk.features.data.importer.cells import CellError, FloatArray
from quantdesk.features.data.importer.chunks import Chunk
from quantdesk.features.data.importer.errors import IntArray, RowErrors

_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Columns of equal length, one entry a row."""

    line: IntArray
    symbol: IntArray
    """Position in the file's list of symbols."""
    day: NDArray[np.datetime64]
    """Of bars within the day: their ends, UTC."""
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    amount: FloatArray
    preclose: FloatArray
    suspended: NDArray[np.bool_]
    is_st: NDArray[np.bool_]
    open_interest: FloatArray
    settle: FloatArray

    def __len__(self) -> int:
        return len(self.line)

    def take(self, index: Any) -> Rows:
        """Give the rows selected by a slice, a mask or an index array."""
        return Rows(**{name: getattr(self, name)[index] for name in COLUMNS})


COLUMNS = tuple(field.name for field in fields(Rows))
_KINDS: dict[str, str] = {
    **dict.fromkeys(COLUMNS, "float64"),
    **dict.fromkeys(("line", "symbol"), "int64"),
    "day": "datetime64[D]",
    **dict.fromkeys(("suspended", "is_st"), "bool"),
}


class RowReader:
    """Turns chunks into rows; keeps the symbols and names it met, counts rows, records bad cells."""

    def __init__(self, errors: RowErrors, *, symbol: str | None, intraday: bool = False) -> None:
        """`symbol` is that of every row in a file without a code column; `intraday`: the rows have times."""
        self._intraday = intraday
        self.symbols: list[str] = [] if symbol is None else [symbol]
        self.names: dict[str, str] = {}
        self.count = 0
        self._errors = errors
        self._position = {name: index for index, name in enumerate(self.symbols)}

    def read(self, chunks: Iterable[Chunk]) -> Rows:
        """Give the rows whose cells are all readable, in the file's order."""
        kinds = _KINDS | ({"day": "datetime64[s]"} if self._intraday else {})
        parts: dict[str, list[NDArray[Any]]] = {name: [np.empty(0, kind)] for name, kind in kinds.items()}
        told: set[str] = set()
        for chunk in chunks:
            told |= chunk.columns.keys()
            rows = self._read_chunk(chunk)
            for name, collected in parts.items():
                collected.append(getattr(rows, name))
        count = sum(len(part) for part in parts["line"])
        # What no column tells takes no memory: most files are not of futures.
        absent = [name for name in FUTURES_COLUMNS if name not in told]
        # Column by column, so that the parts and the whole are never all in memory together.
        columns: dict[str, NDArray[Any]] = {
            name: np.broadcast_to(np.float64(np.nan), count) if name in absent else np.concatenate(parts.pop(name))
            for name in COLUMNS
        }
        return Rows(**columns)

    def _read_chunk(self, chunk: Chunk) -> Rows:
        lines, size = chunk.lines, len(chunk.lines)
        self.count += size
        mark = self._errors.mark()
        symbol = self._symbols(chunk)
        read_when = cells.read_times if self._intraday else cells.read_days
        day = read_when(chunk.columns["date"], lines, self._errors)
        numbers = {
            name: cells.read_numbers(chunk.columns[name], lines, name, self._errors)
            if name in chunk.columns
            else np.full(size, np.nan)
            for name in (*_PRICES, "volume", "amount", "preclose", *FUTURES_COLUMNS)
        }
        trading: NDArray[np.bool_] | None = None
        if "trading" in chunk.columns:
            trading = cells.read_flags(chunk.columns["trading"], lines, "trading", self._errors, empty=True)
        is_st = np.zeros(size, np.bool_)
        if "is_st" in chunk.columns:
            is_st = cells.read_flags(chunk.columns["is_st"], lines, "is_st", self._errors)
        # A minute without trades is no suspension.
        suspended = np.zeros(size, np.bool_) if self._intraday else _fill_suspended(numbers, trading)
        traded = np.flatnonzero(suspended & (numbers["volume"] > 0))
        self._errors.add(lines[traded], "trading", "suspended_traded", numbers["volume"][traded])
        good = ~np.isin(lines, self._errors.lines(mark))
        self._require(lines, numbers, good)
        good &= ~np.isin(lines, self._errors.lines(mark))
        # A source writes 0 for a previous close that it does not know, e.g. on the first day.
        preclose = np.where(numbers["preclose"] == 0, np.nan, numbers["preclose"])
        rows = Rows(
            line=lines,
            symbol=symbol,
            day=day,
            **{name: numbers[name] for name in (*_PRICES, "volume", "amount")},
            preclose=preclose,
            suspended=suspended,
            is_st=is_st,
            open_interest=numbers["open_interest"],
            settle=np.where(numbers["settle"] == 0, np.nan, numbers["settle"]),
        )
        return rows if good.all() else rows.take(good)

    def _symbols(self, chunk: Chunk) -> IntArray:
        if "symbol" not in chunk.columns:
            return np.zeros(len(chunk.lines), np.int64)
        index, parsed = cells.read_distinct(chunk.columns["symbol"], chunk.lines, "symbol", parse_symbol, self._errors)
        for name in parsed:
            if name not in self._position:
                self._position[name] = len(self.symbols)
                self.symbols.append(name)
        symbol = np.array([*(self._position[name] for name in parsed), -1], np.int64)[index]
        if "name" in chunk.columns:
            self._keep_names(chunk, symbol)
        return symbol

    def _keep_names(self, chunk: Chunk, symbol: IntArray) -> None:
        index, names = cells.read_distinct(
            chunk.columns["name"], chunk.lines, "name", lambda raw: str(raw).strip()[:40], self._errors
        )
        pairs = np.unique(np.stack([symbol, index]), axis=1).T
        for at, named in pairs.tolist():
            if at >= 0 and names[named]:
                self.names[self.symbols[at]] = names[named]

    def _require(self, lines: IntArray, numbers: dict[str, FloatArray], good: NDArray[np.bool_]) -> None:
        for name in (*_PRICES, "volume"):
            self._errors.add(lines[np.isnan(numbers[name]) & good], name, "missing", "")


def _fill_suspended(numbers: dict[str, FloatArray], trading: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Say which rows are days without trading, and complete these in place.

    Sources leave the prices of such a day empty or 0, or repeat the last close; stored is the last close, volume 0.
    """
    volume, close = numbers["volume"], numbers["close"]
    suspended: NDArray[np.bool_]
    empty = {name: np.isnan(numbers[name]) | (numbers[name] == 0) for name in _PRICES}
    untraded = np.isnan(volume) | (volume == 0)
    if trading is None:
        blank = empty["open"] & empty["high"] & empty["low"]
        flat = (numbers["open"] == close) & (numbers["high"] == close) & (numbers["low"] == close)
        suspended = (volume == 0) & (blank | flat)
    else:
        suspended = ~trading
    if not suspended.any():
        return suspended
    preclose = numbers["preclose"]
    last = np.where(empty["close"] & (preclose > 0), preclose, close)
    for name in _PRICES:
        numbers[name] = np.where(suspended & untraded & empty[name], last, numbers[name])
    for name in ("volume", "amount"):
        numbers[name] = np.where(suspended & np.isnan(numbers[name]), 0.0, numbers[name])
    return suspended


@lru_cache(maxsize=20_000)
def parse_symbol(value: Any) -> str:
    """Read a symbol in any spelling; a spreadsheet's number without leading zeros, too. Raise CellError."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if not text:
        raise CellError("missing")
    if text.isascii() and text.isdigit():
        text = text.zfill(6)  # spreadsheets drop the zeros of 000001
    try:
        return normalise(text)
    except SymbolFormatError:
        raise CellError("formula" if text[0] in "=@+-" else "symbol_format") from None
    except SymbolError:
        raise CellError("unknown_symbol") from None


def scale(rows: Rows, *, volume: float, amount: float) -> Rows:
    """Multiply volume and amount by their units."""
    return replace(rows, volume=rows.volume * volume, amount=rows.amount * amount)
