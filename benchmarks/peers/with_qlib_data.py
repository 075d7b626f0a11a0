"""qlib's loader: all stocks at once (WAY=panel) or each alone (WAY=single), with its caches where REDIS is set."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.backtest_child import report

FIELDS = [f"${name}" for name in ("open", "high", "low", "close", "volume")]


def version() -> str:
    import qlib

    return str(qlib.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import qlib
    from qlib.data import D

    caches: dict[str, Any] = {"expression_cache": None, "dataset_cache": None}
    if "REDIS" in os.environ:
        caches = {"expression_cache": "DiskExpressionCache", "dataset_cache": "DiskDatasetCache"}
        caches |= {"redis_host": "127.0.0.1", "redis_port": int(os.environ["REDIS"])}
    qlib.init(provider_uri=str(path), region="cn", logging_level=logging.ERROR, clear_mem_cache=True, **caches)
    everyone = D.list_instruments(D.instruments("all"), as_list=True)
    turn = iter(range(10**9))

    def forget() -> None:
        from qlib.data.cache import H

        H.clear()  # what this process has in memory: another one, which reads the disk's caches, would not have it

    def panel() -> float:
        forget()
        found = D.features(D.instruments("all"), FIELDS, "2010-01-04", "2030-01-01")
        return float(np.nansum(found["$close"].to_numpy(dtype=np.float64)))

    def single() -> float:
        forget()
        found = D.features([everyone[next(turn) * 4 % len(everyone)]], FIELDS, "2010-01-04", "2030-01-01")
        return float(found["$close"].iloc[0])

    return single if os.environ["WAY"] == "single" else panel


if __name__ == "__main__":
    report(version, prepare)
