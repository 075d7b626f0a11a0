"""Our expressions over a panel in memory; with OURS=kept the second time, from our cache of results."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expressions_child import report
from benchmarks.expressions_market import FACTORS, dates, load


def version() -> str:
    from importlib.metadata import version as installed

    return installed("quantdesk")


def prepare(path: Path, which: str) -> Callable[[], Any]:
    from quantdesk.core.bars.panel import Panel
    from quantdesk.core.expressions import ResultCache, evaluate_set, parse
    from quantdesk.core.expressions.alpha158 import alpha158
    from quantdesk.core.expressions.warm import warm

    fields = load(path)
    symbols, days = fields["close"].shape
    panel = Panel(tuple(f"SH{600_000 + at}" for at in range(symbols)), dates(days), fields)
    texts = list(alpha158().values()) if which == "alpha158" else list(FACTORS)
    warm()
    cache = ResultCache(2**31) if os.environ.get("OURS") == "kept" else None

    def work() -> Any:
        expressions = {str(at): parse(text) for at, text in enumerate(texts)}
        return evaluate_set(expressions, panel, dtype=np.float32, cache=cache).values()  # 32 bits, as qlib's result

    if cache is not None:
        work()  # fills it
    return work


if __name__ == "__main__":
    report(version, prepare)
