"""What qlib calls an instrument."""

from __future__ import annotations

import re

from quantdesk.core.instruments.symbol import DEMO, SymbolFormatError, normalise, split

_PREFIXED = re.compile(rf"(SH|SZ|BJ|{DEMO})(\d{{6}})")
_PARTED = re.compile(r"([A-Z]+)_(.+)")


def to_code(symbol: str) -> str:
    """Give the code of a canonical symbol: SH600519 of 600519.SH; SHFE_RB2410 of rb2410.SHFE, for qlib has no usage.

    Its folder is the code in small letters. Raise SymbolFormatError.
    """
    code, exchange = split(symbol)
    plain = f"{exchange}{code}"
    return plain if _PREFIXED.fullmatch(plain) else f"{exchange}_{code.upper()}"


def from_code(code: str) -> str:
    """Give the canonical symbol. Raise SymbolError."""
    upper = code.strip().upper()
    if match := _PREFIXED.fullmatch(upper):
        return normalise(f"{match[2]}.{match[1]}")
    if match := _PARTED.fullmatch(upper):
        return normalise(f"{match[1]}.{match[2]}")
    raise SymbolFormatError(f"{code[:40]!r} is not a code of qlib such as SH600519")
