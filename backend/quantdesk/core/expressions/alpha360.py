"""Alpha360: sixty days of prices and volumes over the last day's close and volume, as qlib's Alpha360DL names them."""

from __future__ import annotations

DAYS = 60
_SERIES = ("close", "open", "high", "low", "vwap", "volume")


def alpha360(days: int = DAYS) -> dict[str, str]:
    """Give the features' texts by name, in qlib's order: the oldest day first, CLOSE0 is the last one."""
    return {
        f"{series.upper()}{back}": f"{_past(series, back)}/{'($volume+1e-12)' if series == 'volume' else '$close'}"
        for series in _SERIES
        for back in range(days - 1, -1, -1)
    }


def _past(series: str, back: int) -> str:
    return f"Ref(${series}, {back})" if back else f"${series}"
