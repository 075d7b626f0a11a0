"""Compile the kernels, or load them where they are compiled already."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions.evaluate import evaluate_set
from quantdesk.core.expressions.expression import parse

_EACH_KERNEL = ("Mean", "Slope", "EMA", "Std", "Max", "Med", "Mad")


def warm() -> None:
    """Compute one expression with each kernel."""
    panel = Panel(("A",), np.arange(3).astype("datetime64[D]"), {"close": np.ones((1, 3))})
    texts = [*(f"{name}($close, 3)" for name in _EACH_KERNEL), "Cov($close, $close, 3)", "CSRank($close)"]
    evaluate_set({text: parse(text) for text in texts}, panel)
