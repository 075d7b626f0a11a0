"""Read a file of corporate actions: each row checked, each amount exact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from quantdesk.core.instruments.actions import CorporateAction, CorporateActionError
from quantdesk.features.data.importer import cells
from quantdesk.features.data.importer.action_columns import ActionColumns
from quantdesk.features.data.importer.cells import CellError
from quantdesk.features.data.importer.chunks import Chunk
from quantdesk.features.data.importer.errors import FileRefused, IntArray, RowErrors
from quantdesk.features.data.importer.files import sha256_of
from quantdesk.features.data.importer.plan import Plan
from quantdesk.features.data.importer.rows import parse_symbol
from quantdesk.features.data.schemas import RowError

MAX_ROWS = 500_000
"""More than all exchanges of the country ever had; each becomes an object."""
_FIRST = dt.date(1984, 1, 1)
"""Before it there were no shares."""
_NONE = {"split": Decimal(1), "rights_price": None}


@dataclass(frozen=True, slots=True, eq=False)
class ActionsReading:
    """All that a file of corporate actions holds."""

    actions: list[CorporateAction]
    """In the file's order; rows that give a holder nothing (only the share count changes) are none."""
    size: int
    sha256: str
    rows: int
    rejected: list[RowError]
    rejected_total: int

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected_total


def read_actions(plan: Plan, columns: ActionColumns) -> ActionsReading:
    """Read and check every row. Raise FileRefused when the file as a whole cannot be read."""
    if plan.symbol is None and columns.symbol is None:
        raise FileRefused("symbol_missing", name=plan.source.name)
    errors = RowErrors()
    found: dict[CorporateAction, int] = {}
    lines: list[IntArray] = []
    for chunk in plan.chunks(errors):
        lines.append(chunk.lines)
        if sum(map(len, lines)) > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
        for line, action in _actions(chunk, columns, plan.symbol, errors):
            if action in found:
                day = action.ex_date.isoformat()
                errors.add([line], "ex_date", "duplicate_action", day, symbol=action.symbol, first=str(found[action]))
            else:
                found[action] = line
    bad = errors.lines()
    return ActionsReading(
        actions=list(found),
        size=plan.source.size,
        sha256=sha256_of(plan.source.file),
        # A row with the wrong number of cells is in no chunk.
        rows=len(np.union1d(np.concatenate([bad, *lines]), bad)),
        rejected=errors.listed(),
        rejected_total=len(bad),
    )


def _actions(
    chunk: Chunk, columns: ActionColumns, symbol: str | None, errors: RowErrors
) -> Iterator[tuple[int, CorporateAction]]:
    """Yield the line and the action of each good row that gives something."""
    mark = errors.mark()
    values: dict[str, list[Any]] = {"symbol": [symbol] * len(chunk.lines)}
    for field in chunk.columns:
        parse: Any = _parse_optional_day
        if field == "symbol":
            parse = parse_symbol
        elif field == "ex_date":
            parse = _parse_ex_date
        elif field in columns.amounts:
            parse = _parse_amount
        index, parsed = cells.read_distinct(chunk.columns[field], chunk.lines, field, parse, errors)
        values[field] = [parsed[at] if at >= 0 else None for at in index]
    good = ~np.isin(chunk.lines, errors.lines(mark))
    for at in np.flatnonzero(good).tolist():
        row: dict[str, Any] = {field: cell[at] for field, cell in values.items()}
        for field, (_, unit) in columns.amounts.items():
            row[field] = row[field] * unit if row[field] else _NONE.get(field, Decimal(0))
        line = int(chunk.lines[at])
        if not any(row.get(field) for field in ("cash", "bonus", "conversion", "rights")) and row.get("split", 1) == 1:
            continue
        try:
            yield line, CorporateAction(**row)
        except CorporateActionError as fault:
            value = row.get(fault.field)
            errors.add([line], fault.field, f"action_{fault.code}", "" if value is None else str(value))


def _parse_ex_date(value: Any) -> dt.date:
    day = cells.parse_day(value)
    if day < _FIRST:
        raise CellError("too_early")
    return day


def _parse_optional_day(value: Any) -> dt.date | None:
    return None if cells.is_empty(value) or str(value).strip() == "0" else cells.parse_day(value)


def _parse_amount(value: Any) -> Decimal:
    """Read an exact number; 0 for an empty cell. Raise CellError."""
    if cells.is_empty(value):
        return Decimal(0)
    number = cells.parse_number(value)
    if number < 0:
        raise CellError("negative")
    if number > 1e12:
        raise CellError("not_finite")
    return Decimal(str(value).strip().replace(",", ""))
