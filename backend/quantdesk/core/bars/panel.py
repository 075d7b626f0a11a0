"""Bars of many instruments on one axis of days, for research that looks at all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quantdesk.core.bars.frame import FloatArray, TimeArray

PRICE_FIELDS = ("open", "high", "low", "close", "preclose")
PANEL_FIELDS = (*PRICE_FIELDS, "volume", "amount", "suspended", "is_st", "factor")
"""`suspended` and `is_st` are 1 or 0; `factor` is the backward-adjusting (hfq) one, 1 on the first stored bar."""

SuspendedDays = Literal["nan", "keep"]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Fields of N symbols over T days; NaN where a symbol has no bar that day."""

    symbols: tuple[str, ...]
    time: TimeArray
    """[T], increasing: datetime64[D], trading dates in Asia/Shanghai; of bars within the day datetime64[s], UTC."""
    fields: dict[str, FloatArray]
    """Each [N, T], a symbol's days contiguous."""

    def __post_init__(self) -> None:
        shape = (len(self.symbols), len(self.time))
        for name, values in self.fields.items():
            if values.shape != shape:
                raise ValueError(f"panel field {name} has shape {values.shape}; symbols and days make {shape}")

    def __getitem__(self, name: str) -> FloatArray:
        try:
            return self.fields[name]
        except KeyError:
            raise KeyError(f"the panel has no field {name!r}; it has {', '.join(self.fields)}") from None
