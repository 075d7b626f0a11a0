"""The difference of two reports: code, settings, metrics, orders, fills, equity."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.result import BacktestResult, Fill, Order
from quantdesk.core.strategies.project import MAIN, Project

ROWS = 200
"""Differing orders, and fills, that a diff lists; the counts are of all."""
CONTEXT_LINES = 3

_Row = TypeVar("_Row", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeDiff(_Part):
    changed: bool
    added: int
    """Lines."""
    removed: int
    unified: str
    """Unified diff of all files from a to b with three lines of context; empty when the code is the same."""


class SettingChange(_Part):
    field: str
    """Dotted path in the spec, e.g. params.fast or costs.slippage.value."""
    a: str | None
    """JSON text; None where it is not there."""
    b: str | None


class MetricDiff(_Part):
    name: str
    """Field of Metrics."""
    a: str | None
    """Decimal or date text as in the report; None where undefined."""
    b: str | None
    difference: float | None
    """b - a; None for dates and where either is undefined."""


class RowDiff(_Part, Generic[_Row]):
    change: Literal["added", "removed", "changed"]
    """added: only b has it; removed: only a has it."""
    date: dt.date
    a: _Row | None
    b: _Row | None
    fields: list[str]
    """Fields that differ, of a changed row."""


class TableDiff(_Part, Generic[_Row]):
    same: int
    added: int
    removed: int
    changed: int
    rows: list[RowDiff[_Row]]
    """The first 200 differing rows, oldest first."""


class EquityDiff(_Part):
    """On the days of either run, columns of equal length; before a run's first day and after its last: None."""

    date: list[dt.date]
    a: list[float | None]
    b: list[float | None]
    difference: list[float | None]
    """b - a, yuan."""
    first_difference: dt.date | None
    """The first day on which the two differ."""


class ReportDiff(_Part):
    identical: bool
    """Nothing below differs."""
    code: CodeDiff
    settings: list[SettingChange]
    metrics: list[MetricDiff]
    """All, in the order of Metrics."""
    orders: TableDiff[Order]
    fills: TableDiff[Fill]
    equity: EquityDiff


def diff_reports(a: BacktestResult, b: BacktestResult, code_a: Project, code_b: Project) -> ReportDiff:
    """Compare two reports and the sources that they were made with.

    Orders are the same order when symbol, side, type and day of creation agree, fills when symbol, side and day do;
    of several such ones the first of a goes with the first of b. Numbers of orders and positions after a fill, which
    follow from earlier differences, are not compared.
    """
    code = _code(code_a, code_b)
    settings = _settings(_flat(a.spec.model_dump(mode="json")), _flat(b.spec.model_dump(mode="json")))
    orders = _table(
        TableDiff[Order], RowDiff[Order], a.orders, b.orders, lambda o: (o.created, o.symbol, o.side, o.type), {"id"}
    )
    fills = _table(
        TableDiff[Fill], RowDiff[Fill], a.fills, b.fills, lambda f: (f.date, f.symbol, f.side), {"order_id", "position"}
    )
    equity = _equity(a, b)
    return ReportDiff(
        identical=not (code.changed or settings or orders.rows or fills.rows or equity.first_difference),
        code=code,
        settings=settings,
        metrics=_metrics(a, b),
        orders=orders,
        fills=fills,
        equity=equity,
    )


def _code(a: Project, b: Project) -> CodeDiff:
    before, after = a.texts(), b.texts()
    unified: list[str] = []
    added = removed = 0
    several = bool(a.files or b.files)
    for path in sorted({*before, *after}, key=lambda path: (path != MAIN, path)):
        if before.get(path) == after.get(path):
            continue
        names = (f"a/{path}", f"b/{path}") if several else ("a", "b")
        old, new = [texts.get(path, "").splitlines() for texts in (before, after)]
        lines = list(difflib.unified_diff(old, new, *names, n=CONTEXT_LINES, lineterm=""))
        # An empty file that came or went, or only another end of the last line: no line differs.
        lines = lines or ([f"--- {names[0]}", f"+++ {names[1]}"] if several else [])
        added += sum(line.startswith("+") for line in lines[2:])
        removed += sum(line.startswith("-") for line in lines[2:])
        unified += lines
    return CodeDiff(changed=a != b, added=added, removed=removed, unified="\n".join(unified))


def _flat(value: Any, path: str = "") -> dict[str, str]:
    """Give the leaves of a JSON object as path → JSON text; a list is a leaf."""
    if isinstance(value, dict):
        return {
            name: text
            for key, inner in value.items()
            for name, text in _flat(inner, f"{path}.{key}" if path else key).items()
        }
    return {path: json.dumps(value, ensure_ascii=False)}


def _settings(a: Mapping[str, str], b: Mapping[str, str]) -> list[SettingChange]:
    names = list(dict.fromkeys([*a, *b]))
    return [SettingChange(field=name, a=a.get(name), b=b.get(name)) for name in names if a.get(name) != b.get(name)]


def _metrics(a: BacktestResult, b: BacktestResult) -> list[MetricDiff]:
    found = []
    for name in type(a.metrics).model_fields:
        first, second = getattr(a.metrics, name), getattr(b.metrics, name)
        numbers = isinstance(first, int | float | Decimal) and isinstance(second, int | float | Decimal)
        found.append(
            MetricDiff(
                name=name,
                a=None if first is None else str(first),
                b=None if second is None else str(second),
                difference=float(second - first) if numbers else None,
            )
        )
    return found


def _table(
    table: type[TableDiff[_Row]],
    row: type[RowDiff[_Row]],
    a: Sequence[_Row],
    b: Sequence[_Row],
    identity: Callable[[_Row], tuple[Any, ...]],
    ignored: set[str],
) -> TableDiff[_Row]:
    """Match rows by identity and occurrence. `identity` starts with the row's day; `ignored` fields may differ."""
    left, right = _numbered(a, identity), _numbered(b, identity)
    rows: list[RowDiff[_Row]] = []
    counts: Counter[str] = Counter()
    for key in sorted({**left, **right}):
        first, second = left.get(key), right.get(key)
        fields: list[str] = []
        if first is None or second is None:
            change: Literal["added", "removed", "changed"] = "added" if first is None else "removed"
        else:
            fields = [
                name
                for name in type(first).model_fields
                if name not in ignored and getattr(first, name) != getattr(second, name)
            ]
            if not fields:
                counts["same"] += 1
                continue
            change = "changed"
        counts[change] += 1
        if len(rows) < ROWS:
            rows.append(row(change=change, date=key[0], a=first, b=second, fields=fields))
    return table(
        same=counts["same"], added=counts["added"], removed=counts["removed"], changed=counts["changed"], rows=rows
    )


def _numbered(rows: Sequence[_Row], identity: Callable[[_Row], tuple[Any, ...]]) -> dict[tuple[Any, ...], _Row]:
    seen: Counter[tuple[Any, ...]] = Counter()
    numbered: dict[tuple[Any, ...], _Row] = {}
    for row in rows:
        key = identity(row)
        numbered[(*key, seen[key])] = row
        seen[key] += 1
    return numbered


def _equity(a: BacktestResult, b: BacktestResult) -> EquityDiff:
    left = dict(zip(a.series.date, a.series.equity, strict=True))
    right = dict(zip(b.series.date, b.series.equity, strict=True))
    days = sorted({*left, *right})
    first, second = [left.get(day) for day in days], [right.get(day) for day in days]
    difference = [None if x is None or y is None else y - x for x, y in zip(first, second, strict=True)]
    return EquityDiff(
        date=days,
        a=first,
        b=second,
        difference=difference,
        first_difference=next((day for day, value in zip(days, difference, strict=True) if value != 0), None),
    )
