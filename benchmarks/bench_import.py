"""The import of a large Parquet file of daily bars by `quantdesk data import`, start of the command included."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.rows import Peer, Row, Unavailable, median
from benchmarks.stack import QUANTDESK, environment, free_port

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "ashare" / "daily.parquet"
AIM_ROWS_PER_SECOND = 100_000.0
RUNS = 3


def run() -> list[Row]:
    """Each run imports into an empty home. The peer reads the file and writes one Parquet file a symbol, unchecked."""
    if not FILE.exists():
        raise Unavailable(f"{FILE} is not there: it is market data that is not in the repository")
    rows = pq.read_metadata(FILE).num_rows
    ours = [import_file() for _ in range(RUNS)]
    plain = [write_plainly() for _ in range(RUNS)]
    return [
        Row(
            "import of daily.parquet, checked and stored durably",
            rows / median(ours),
            "rows/s",
            AIM_ROWS_PER_SECOND,
            better="higher",
            peer=Peer("pandas: read, write one file a symbol", rows / median(plain)),
        ),
        Row(f"the same, whole command, {rows:,} rows", median(ours), "s"),
    ]


def import_file() -> float:
    with tempfile.TemporaryDirectory(prefix="qdbench") as home:
        began = time.perf_counter()
        command = [str(QUANTDESK), "data", "import", str(FILE)]
        done = subprocess.run(
            command, env=environment(Path(home), free_port()), capture_output=True, text=True, check=False
        )
        took = time.perf_counter() - began
    if done.returncode != 0:
        raise RuntimeError(f"the import failed: {done.stderr[-1000:]}")
    return took


def write_plainly() -> float:
    with tempfile.TemporaryDirectory(prefix="qdbench") as folder:
        began = time.perf_counter()
        frame = pd.read_parquet(FILE)
        column = next(name for name in ("symbol", "code", "ts_code") if name in frame)
        for symbol, bars in frame.groupby(column, sort=False):
            bars.to_parquet(Path(folder) / f"{symbol}.parquet")
        return time.perf_counter() - began
