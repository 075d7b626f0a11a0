"""What a made answer is, and what several sources' answers have in common. All figures are invented."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.ports.data_source import Request, Table, bars_of

START, END = dt.date(2024, 1, 1), dt.date(2024, 1, 31)
JSON_TYPE = "application/json; charset=utf-8"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_TYPE = "text/html; charset=gbk"

Answers = Callable[[str, bytes], bytes]
Spoil = Callable[[bytes], bytes]
Fails = dict[str, tuple[str, Spoil]]
"""Name of a fault -> (expected kind, what becomes of each good body)."""


@dataclass(frozen=True)
class Case:
    """A source and a request, the good answers, and what must come of them."""

    source: str
    request: Request
    answer: Answers
    """(address, what was posted) -> body."""
    check: Callable[[Table], None]
    fails: Fails = field(default_factory=dict)
    content_type: str = JSON_TYPE
    wrong_encoding: str = "gbk"
    tag: str = ""
    """Tells two cases of one source and dataset apart."""

    @property
    def id(self) -> str:
        return f"{self.source}-{self.request.dataset}-{self.request.interval}{self.tag}"


BARS = [
    ("2024-01-02", 10.0, 10.3, 9.9, 10.2, 100_000, 1_020_000),
    ("2024-01-03", 9.7, 9.9, 9.6, 9.8, 200_000, 1_960_000),
    ("2024-01-05", 9.8, 10.0, 9.8, 9.9, 150_000, 1_485_000),
]


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old.encode(), new.encode())


def three_bars(volume: float = 100_000) -> Callable[[Table], None]:
    def check(table: Table) -> None:
        bars = bars_of(table)
        assert len(bars) == 3
        assert bars.close.tolist() == [10.2, 9.8, 9.9]
        assert (bars.open[0], bars.high[0], bars.low[0], bars.volume[0]) == (10.0, 10.3, 9.9, volume)

    return check


def minutes_check(table: Table) -> None:
    three_bars()(table)
    assert bars_of(table).time[0] == np.datetime64("2024-01-02T01:35:00")  # 09:35 in Shanghai


def request(dataset: Any, symbol: str | None = "600001.SH", interval: Any = "1d") -> Request:
    return Request(dataset, symbol, interval, START, END)


def sheet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_excel(buffer, index=False)
    return buffer.getvalue()
