"""Packs bars and days as Sina does, so that tests can make up its answers: the reverse of akshare's `hk_js_decode`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FIRST = dt.date(1990, 12, 19)
Bar = tuple[str, float, float, float, float, int, int]
"""day, open, high, low, close, volume in shares, turnover in yuan."""


class _Bits:
    """Six bits a character, the lowest first."""

    def __init__(self, kind: int) -> None:
        self.bits: list[int] = []
        self.number(kind, 12)
        self.number(63, 6)  # version 0

    def number(self, value: int, width: int) -> None:
        self.bits += [value >> at & 1 for at in range(width)]

    def flags(self, *values: int) -> None:
        self.bits += values

    def change(self, by: int) -> None:
        """A change of a width: its sign, then as many ones as it is large."""
        self.flags(int(by > 0), *[1] * (abs(by) - 1), 0)

    def text(self) -> str:
        bits = self.bits + [0] * (-len(self.bits) % 6)
        return "".join(ALPHABET[sum(bits[at + n] << n for n in range(6))] for at in range(0, len(bits), 6))


def packed_bars(bars: Sequence[Bar]) -> str:
    """Pack daily bars (kind 3466)."""
    out = _Bits(3466)
    price = volume = 0
    for row, (day, *prices, traded, amount) in enumerate(bars):
        first = row == 0
        out.flags(1, 1, 0, 1)
        for _ in range(4):
            out.flags(*([1] if first else [0]))
            if first:
                out.change(4)  # prices in 3 x (3 + 4) bits
        for _ in range(2):
            out.flags(*([1] if first else [0]))
            if first:
                out.change(5)  # volume and turnover in 3 x (5 + 5) bits
        out.flags(1)
        out.number(1, 3)
        out.number((dt.date.fromisoformat(day) - _FIRST).days, 18)
        out.flags(0)
        cents = [round(value * 100) for value in prices]
        start, high, low, close = cents
        out.number((start - price) % (1 << 21), 21)
        out.number(high - start, 21)
        out.number(start - low, 21)
        out.number((close - start) % (1 << 21), 21)
        out.number((traded - volume) % (1 << 30), 30)
        mean = math.floor((start + (high - start - (start - low) + close - start) / 4) * traded + 0.5)
        exact = mean / 100
        guess = math.floor(exact) + (1 if exact - math.floor(exact) > 0.5 else 0)
        out.number((amount - guess) % (1 << 30), 30)
        price, volume = close, traded
    out.flags(1, 1, 0, 0, 0)
    return out.text()


def packed_days(days: Sequence[dt.date]) -> str:
    """Pack trading days (kind 139): runs of open weekdays between closed ones."""
    out = _Bits(139)
    weekdays = np.arange(days[0], days[-1] + dt.timedelta(days=1), dtype="datetime64[D]")
    weekdays = weekdays[np.is_busday(weekdays)]
    is_open = np.isin(weekdays, np.array(days, "datetime64[D]"))
    first = (days[0] - _FIRST).days
    out.number(first, 18)
    out.number((days[-1] - _FIRST).days, 18)
    runs = "".join("1" if one else "0" for one in is_open).split("0")
    for at, run in enumerate(runs):
        out.flags(int(at == 0))
        if at == 0:
            out.change(5)
        out.number(len(run), 15)
    return out.text()


def script(variable: str, packed: str) -> bytes:
    return f'var {variable}="{packed}";\n\n/* made up * for a test */\n'.encode()
