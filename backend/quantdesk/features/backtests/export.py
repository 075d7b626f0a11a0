"""The tables of a report as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any, Literal

from quantdesk.core.backtest.result import BacktestResult

ReportTable = Literal["orders", "fills", "rejections", "round_trips", "series"]


def table_csv(result: BacktestResult, table: ReportTable) -> bytes:
    """Give one table: a header line, then a line a row; UTF-8 with BOM, so that Excel reads Chinese."""
    content = result.model_dump(mode="json")[table]
    if table == "series":
        columns = {name: values for name, values in content.items() if values is not None}
        header = list(columns)
        rows: list[list[Any]] = [list(row) for row in zip(*columns.values(), strict=True)]
    else:
        header = list(BacktestResult.model_fields[table].annotation.__args__[0].model_fields)  # type: ignore[union-attr]
        rows = [[_cell(row[name]) for name in header] for row in content]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(f"{name}={number}" for name, number in value.items())
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(value):
        return "'" + value  # a spreadsheet would run it as a formula
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
