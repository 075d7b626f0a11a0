"""Small panels with gaps, late listings and early delistings."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.panel import Panel
from tests.core.expressions.trees import FIELDS


def panel_of(**fields: FloatArray) -> Panel:
    symbols, days = next(iter(fields.values())).shape
    return Panel(tuple(f"{at:06}.SH" for at in range(symbols)), days_from(days), fields)


def days_from(count: int) -> np.ndarray:
    return np.datetime64("2024-01-02") + np.arange(count)


def random_panel(seed: int, symbols: int = 6, days: int = 70) -> Panel:
    """Make random walks, some of equal values; a suspended day has a volume of 0 and no price."""
    random = np.random.default_rng(seed)
    shape = symbols, days
    close = 10 * np.exp(np.cumsum(random.normal(0, 0.03, shape), axis=1))
    close[0] = np.round(close[0], 0)
    close[1, 20:40] = close[1, 20]
    fields = {name: close * np.exp(random.normal(0, 0.01, shape)) for name in FIELDS[:3]}
    fields |= {"close": close, "volume": np.round(np.exp(random.normal(8, 1, shape)))}
    suspended = random.random(shape) < 0.08
    for name in FIELDS[:4]:
        fields[name][suspended] = np.nan
    fields["volume"][suspended | (random.random(shape) < 0.05)] = 0.0
    for values in fields.values():
        values[2, :25] = np.nan
        values[3, 50:] = np.nan
        values[4, : days - 3] = np.nan
    return panel_of(**fields)


def cut(panel: Panel, days: slice, symbols: slice = slice(None)) -> Panel:
    fields = {name: np.ascontiguousarray(values[symbols, days]) for name, values in panel.fields.items()}
    return Panel(panel.symbols[symbols], panel.time[days], fields)
