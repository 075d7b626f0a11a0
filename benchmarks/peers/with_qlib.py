"""qlib over its own binary files, in one process.

QLIB_CACHE is none, expression (kept by expression and stock; QLIB_REDIS is the port of the Redis it asks for) or
dataset (the whole answer kept in one pickle: its SimpleDatasetCache; the other one needs PyTables).
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expressions_child import report
from benchmarks.expressions_market import FACTORS, dates, load


def version() -> str:
    import qlib

    return str(qlib.__version__)


def prepare(path: Path, which: str) -> Callable[[], Any]:
    import qlib
    from qlib.contrib.data.loader import Alpha158DL
    from qlib.data import D
    from qlib.data.cache import H

    warnings.filterwarnings("ignore")
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    symbols, calendar = write(folder, path)
    texts = Alpha158DL.get_feature_config()[0] if which == "alpha158" else list(FACTORS)
    cache = os.environ.get("QLIB_CACHE", "none")
    qlib.init(
        provider_uri=str(folder),
        logging_level=40,
        kernels=1,
        redis_port=int(os.environ.get("QLIB_REDIS", "1")),
        expression_cache="DiskExpressionCache" if cache == "expression" else None,
        dataset_cache="SimpleDatasetCache" if cache == "dataset" else None,
        local_cache_path=folder / "kept",
    )

    def work() -> Any:
        H.clear()
        found = D.features(symbols, texts, calendar[0], calendar[-1], disk_cache=int(cache == "dataset"))
        return [found.iloc[:, at].to_numpy() for at in range(found.shape[1])]

    if cache != "none":
        work()  # fills it
        if not any((folder / name).exists() for name in ("features_cache", "kept")):
            raise RuntimeError(f"qlib has kept no {cache}")
    return work


def write(folder: Path, panel: Path) -> tuple[list[str], list[str]]:
    """Lay the panel out as qlib's scripts/dump_bin.py does; give symbols and days."""
    fields = load(panel)
    count, days = fields["close"].shape
    symbols, calendar = [f"SH{600_000 + at}" for at in range(count)], [str(day) for day in dates(days)]
    (folder / "calendars").mkdir()
    for name in ("day.txt", "day_future.txt"):
        (folder / "calendars" / name).write_text("\n".join(calendar) + "\n")
    (folder / "instruments").mkdir()
    lines = [f"{symbol}\t{calendar[0]}\t{calendar[-1]}" for symbol in symbols]
    (folder / "instruments" / "all.txt").write_text("\n".join(lines) + "\n")
    for at, symbol in enumerate(symbols):
        features = folder / "features" / symbol.lower()
        features.mkdir(parents=True)
        for name, values in fields.items():
            np.hstack([0, values[at]]).astype("<f").tofile(features / f"{name}.day.bin")
    return symbols, calendar


if __name__ == "__main__":
    report(version, prepare)
