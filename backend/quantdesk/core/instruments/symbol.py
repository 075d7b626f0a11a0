"""Symbols: every common spelling to the canonical one, and what a code tells of its instrument."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Kind = Literal["stock", "index", "etf", "fund"]
Board = Literal["main", "chinext", "star", "bse"]

DEMO = "DEMO"
"""Exchange of the simulated market."""


class SymbolError(ValueError):
    """A text that names no supported instrument. The message says what to write instead."""


class SymbolFormatError(SymbolError):
    """The text is not built like any known spelling of a symbol."""


class UnknownExchangeError(SymbolError):
    """The exchange's name is not known."""


class UnknownCodeError(SymbolError):
    """No supported instrument of this exchange has such a code."""


_EXCHANGES = {
    **dict.fromkeys(("SH", "SS", "SSE", "SHSE", "XSHG"), "SH"),
    **dict.fromkeys(("SZ", "SZE", "SZSE", "XSHE"), "SZ"),
    **dict.fromkeys(("BJ", "BSE", "BJSE", "XBSE", "BSEA"), "BJ"),
    DEMO: DEMO,
}

_Rule = tuple[Kind, Board | None]
_MAIN: _Rule = ("stock", "main")
_CHINEXT: _Rule = ("stock", "chinext")
_STAR: _Rule = ("stock", "star")
_BSE: _Rule = ("stock", "bse")
_INDEX: _Rule = ("index", None)
_ETF: _Rule = ("etf", None)
_FUND: _Rule = ("fund", None)

_CODES: dict[str, dict[str, _Rule]] = {
    "SH": {
        **dict.fromkeys(("60", "900"), _MAIN),
        **dict.fromkeys(("688", "689"), _STAR),
        **dict.fromkeys(("51", "52", "53", "55", "56", "58"), _ETF),
        **dict.fromkeys(("50", "519"), _FUND),
        "000": _INDEX,
    },
    "SZ": {
        **dict.fromkeys(("000", "001", "002", "003", "200"), _MAIN),
        **dict.fromkeys(("300", "301", "302"), _CHINEXT),
        "159": _ETF,
        **dict.fromkeys(("15", "16", "18"), _FUND),
        **dict.fromkeys(("399", "970", "980"), _INDEX),
    },
    "BJ": {**dict.fromkeys(("4", "8", "92"), _BSE), "899": _INDEX},
    DEMO: {
        **dict.fromkeys(("60", "000", "001", "002", "003"), _MAIN),
        **dict.fromkeys(("300", "301", "302"), _CHINEXT),
        **dict.fromkeys(("688", "689"), _STAR),
        **dict.fromkeys(("4", "8", "92"), _BSE),
        "9000": _INDEX,
    },
}
"""Code prefixes by exchange; the longest one that fits decides."""

_EXCHANGE_NAMES = {"SH": "Shanghai", "SZ": "Shenzhen", "BJ": "Beijing", DEMO: "the demo market"}
_SPELLING = re.compile(r"(?:(?P<before>[A-Z]{2,4})[._:#-]?)?(?P<code>\d{6})(?:[._:-]?(?P<after>[A-Z]{2,4}))?")
_CANONICAL = re.compile(r"(\d{6})\.([A-Z]{2,4})")


def normalise(text: str) -> str:
    """Give the canonical symbol of any common spelling.

    Understands 600519.SH, SH600519, sh.600519, SH#600519, 600519.XSHG, SHSE.600519, 000001.XSHE, bj430047,
    full-width characters, and a bare six-digit code, which is taken for a stock first (000001 is 000001.SZ,
    never the index 000001.SH), then for a fund, then for an index. Raise SymbolError.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    match = _SPELLING.fullmatch(folded)
    if match is None:
        raise SymbolFormatError(
            f"symbol {text[:40]!r} is not understood; write six digits and the exchange, e.g. 600519.SH"
        )
    code = match["code"]
    named = [name for name in (match["before"], match["after"]) if name is not None]
    if not named:
        return f"{code}.{_exchange_of_bare(code)}"
    for name in named:
        if name not in _EXCHANGES:
            raise UnknownExchangeError(f"symbol {text[:40]!r} names exchange {name}; use SH, SZ, BJ or DEMO")
    exchanges = {_EXCHANGES[name] for name in named}
    if len(exchanges) > 1:
        raise SymbolFormatError(f"symbol {text[:40]!r} names two exchanges; keep one, e.g. {code}.{named[-1]}")
    symbol = f"{code}.{exchanges.pop()}"
    classify(symbol)
    return symbol


def split(symbol: str) -> tuple[str, str]:
    """Give (code, exchange) of a canonical symbol. Raise SymbolFormatError."""
    match = _CANONICAL.fullmatch(symbol)
    if match is None or match[2] not in _CODES:
        raise SymbolFormatError(f"{symbol[:40]!r} is not a canonical symbol such as 600519.SH")
    return match[1], match[2]


def classify(symbol: str) -> _Rule:
    """Give (kind, board) of a canonical symbol; board is None for all but stocks. Raise SymbolError.

    Source of the code ranges: the exchanges' numbering rules (SSE, SZSE, BSE).
    """
    code, exchange = split(symbol)
    rule = _rule(code, exchange)
    if rule is None:
        elsewhere = [f"{code}.{other}" for other in ("SH", "SZ", "BJ") if _rule(code, other) is not None]
        hint = f"; did you mean {' or '.join(elsewhere)}?" if elsewhere else ""
        raise UnknownCodeError(
            f"{symbol}: {_EXCHANGE_NAMES[exchange]} has no stock, index, ETF or fund with such a code{hint}"
        )
    return rule


def kind_of(symbol: str) -> Kind:
    """Guess the instrument's kind from its code. Raise SymbolError."""
    return classify(symbol)[0]


def board_of(symbol: str, kind: str | None = None) -> Board | None:
    """Give the board a stock is listed on; None when `kind`, or else the code, says it is no stock.

    Raise SymbolError.
    """
    guessed, board = classify(symbol)
    return board if (kind or guessed) == "stock" else None


def is_simulated(symbol: str) -> bool:
    """Say whether the symbol is one of the simulated demo market."""
    return symbol.endswith("." + DEMO)


def _rule(code: str, exchange: str) -> _Rule | None:
    rules = _CODES[exchange]
    return next((rules[code[:n]] for n in range(4, 0, -1) if code[:n] in rules), None)


def _exchange_of_bare(code: str) -> str:
    kinds: tuple[tuple[Kind, ...], ...] = (("stock",), ("etf", "fund"), ("index",))
    for wanted in kinds:
        for exchange in ("SZ", "BJ", "SH"):  # 900xxx is a Shanghai B share; SZ first: 000xxx is a stock there
            rule = _rule(code, exchange)
            if rule is not None and rule[0] in wanted:
                return exchange
    raise UnknownCodeError(f"no exchange lists code {code}; write the exchange too, e.g. {code}.SH")
