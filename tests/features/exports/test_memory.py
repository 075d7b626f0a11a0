"""Two million rows are exported in the memory of a tenth of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quantdesk.core.bars.frame import Bars
from tests.features.exports.conftest import store_of

ROWS, SYMBOLS = 5_000, 400
ROOM_MB = 48
"""More than the child's peak with a tenth of the symbols; all columns as floats take 200 MB."""
CHILD = """
import datetime as dt, resource, sys
from pathlib import Path
from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.features.exports.engine.writing import write_export
from quantdesk.features.exports.schemas import ExportCreate

folder, format_, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = ParquetBarStore(folder / "bars")
symbols = tuple(item.symbol for item in store.list_coverage("1d"))[:count]
request = ExportCreate(format=format_, columns=["symbol", "date", "close"], adjustment="hfq")
done = write_export(store, Plan(request, symbols), folder / f"{count}.zip", tick=lambda *_: None,
                    now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
print(done.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two million bars."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(1)
    time = np.datetime64("2000-01-03") + np.arange(ROWS)
    flags = np.zeros(ROWS, dtype=bool)
    bars = []
    for number in range(SYMBOLS):
        close = np.round(20 + np.cumsum(rng.normal(0, 0.01, ROWS)), 2)
        bars.append(
            Bars(
                symbol=f"{600000 + number}.SH",
                interval="1d",
                time=time,
                open=close,
                high=close,
                low=close,
                close=close,
                volume=np.full(ROWS, 1e6),
                amount=close * 1e6,
                preclose=np.append(np.nan, close[:-1]),
                suspended=flags,
                is_st=flags,
            )
        )
    store_of(folder / "bars", *bars)
    return folder


def peak_mb(folder: Path, format_: str, symbols: int) -> int:
    """Export that many symbols in a child; give the most memory it took."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, folder, format_, str(symbols)], capture_output=True, text=True, check=True
    )
    rows, peak = map(int, done.stdout.split())
    assert rows == symbols * ROWS
    for out in folder.glob("*.zip"):
        out.unlink()
    return peak


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx", "qlib"])
def test_memory_does_not_grow_with_the_rows(folder: Path, format_: str) -> None:
    few, all_ = peak_mb(folder, format_, SYMBOLS // 10), peak_mb(folder, format_, SYMBOLS)
    assert all_ < few + ROOM_MB
