"""Symbols: every common spelling to the canonical one, and what a code tells of its instrument."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Kind = Literal["stock", "index", "etf", "fund", "future", "crypto"]
Board = Literal["main", "chinext", "star", "bse"]

DEMO = "DEMO"
"""Exchange of the simulated market."""
OPEN_FUND = "OF"
"""Stands in the exchange's place in symbols of open funds (场外基金), which are traded on none."""


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
    OPEN_FUND: OPEN_FUND,
}

_FUTURES_EXCHANGES = {
    **dict.fromkeys(("CFFEX", "CCFX", "CFE", "CFX"), "CFFEX"),
    **dict.fromkeys(("SHFE", "SHF", "XSGE"), "SHFE"),
    **dict.fromkeys(("INE", "XINE"), "INE"),
    **dict.fromkeys(("DCE", "XDCE"), "DCE"),
    **dict.fromkeys(("CZCE", "CZC", "ZCE", "XZCE"), "CZCE"),
    **dict.fromkeys(("GFEX", "GFE"), "GFEX"),
}
_UPPER_CASE = ("CFFEX", "CZCE")
"""Futures exchanges that write their products in capitals; the others in small letters."""
_PRODUCTS = {
    "CFFEX": "IF IH IC IM TS TF T TL",
    "SHFE": "cu al zn pb ni sn au ag rb wr hc ss fu bu ru br sp ao ad op",
    "INE": "sc lu nr bc ec",
    "DCE": "a b m y p c cs rr jd lh l v pp eg eb pg i j jm fb bb lg bz",
    "CZCE": "CF CY SR TA MA OI RM RS FG SA UR ZC SF SM AP CJ PF PK PX SH PR PL WH PM RI LR JR",
    "GFEX": "si lc ps pt pd",
}
"""The futures that the rulebook has a contract of; a test holds the two together."""
_COIN_EXCHANGES = {name: name for name in ("BINANCE", "OKX")}
_QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB")
"""Quote currencies that a pair without a hyphen is read with."""

_Rule = tuple[Kind, Board | None]
_MAIN: _Rule = ("stock", "main")
_CHINEXT: _Rule = ("stock", "chinext")
_STAR: _Rule = ("stock", "star")
_BSE: _Rule = ("stock", "bse")
_INDEX: _Rule = ("index", None)
_ETF: _Rule = ("etf", None)
_FUND: _Rule = ("fund", None)
_FUTURE: _Rule = ("future", None)
_CRYPTO: _Rule = ("crypto", None)

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
    OPEN_FUND: dict.fromkeys("0123456789", _FUND),
}
"""Code prefixes by exchange; the longest one that fits decides."""


def _either_way(code: str, exchanges: dict[str, str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give the spellings with the exchange before and after the code."""
    names = rf"(?P<exchange>{'|'.join(exchanges)})"
    return re.compile(rf"{names}[.:]{code}"), re.compile(rf"{code}[.:]{names}")


_EXCHANGE_NAMES = {"SH": "Shanghai", "SZ": "Shenzhen", "BJ": "Beijing", DEMO: "the demo market"}
_SPELLING = re.compile(r"(?:(?P<before>[A-Z]{2,4})[._:#-]?)?(?P<code>\d{6})(?:[._:-]?(?P<after>[A-Z]{2,4}))?")
_CANONICAL = re.compile(r"(\d{6})\.([A-Z]{2,4})")
_CONTRACT = r"(?P<product>[A-Z]{1,2})(?:_?(?P<main>HOT|MAIN|8888|9999)|(?P<month>\d{3,4}))?"
_COIN = rf"(?P<base>[A-Z0-9]{{1,12}}?)[-/_]?(?P<quote>{'|'.join(_QUOTES)})"
_FUTURE_SPELLINGS = _either_way(_CONTRACT, _FUTURES_EXCHANGES)
_COIN_SPELLINGS = _either_way(_COIN, _COIN_EXCHANGES)
_CANONICAL_FUTURE = re.compile(r"([A-Za-z]{1,2})(\d{2}(?:0[1-9]|1[0-2]))?\.([A-Z]{3,5})")
_CANONICAL_COIN = re.compile(rf"[A-Z0-9]{{1,12}}-(?:{'|'.join(_QUOTES)})\.(?:{'|'.join(_COIN_EXCHANGES)})")


def normalise(text: str) -> str:
    """Give the canonical symbol of any common spelling.

    Understands 600519.SH, SH600519, sh.600519, SH#600519, 600519.XSHG, SHSE.600519, 000001.XSHE, bj430047,
    full-width characters, and a bare six-digit code, which is taken for a stock first (000001 is 000001.SZ,
    never the index 000001.SH), then for a fund on an exchange, then for an index. Open funds are written 110011.OF.

    Futures with their exchange, rb2410.SHFE, SHFE.rb2410, IF2406.CCFX; without month, or as IF_HOT, the spliced main
    contract IF.CFFEX. Pairs of coins with their exchange, BTC-USDT.BINANCE, BINANCE:BTCUSDT, BTC/USDT.OKX.
    Raise SymbolError.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    other = _derivative(folded)
    if other is not None:
        return other
    match = _SPELLING.fullmatch(folded)
    if match is None:
        raise SymbolFormatError(
            f"symbol {text[:40]!r} is not understood; write six digits and the exchange, e.g. 600519.SH, "
            "a future as rb2410.SHFE, a pair of coins as BTC-USDT.BINANCE"
        )
    code = match["code"]
    named = [name for name in (match["before"], match["after"]) if name is not None]
    if not named:
        return f"{code}.{_exchange_of_bare(code)}"
    for name in named:
        if name not in _EXCHANGES:
            raise UnknownExchangeError(f"symbol {text[:40]!r} names exchange {name}; use SH, SZ, BJ, OF or DEMO")
    exchanges = {_EXCHANGES[name] for name in named}
    if len(exchanges) > 1:
        raise SymbolFormatError(f"symbol {text[:40]!r} names two exchanges; keep one, e.g. {code}.{named[-1]}")
    symbol = f"{code}.{exchanges.pop()}"
    classify(symbol)
    return symbol


def split(symbol: str) -> tuple[str, str]:
    """Give (code, exchange) of a canonical symbol. Raise SymbolFormatError."""
    if _is_future(symbol) or _CANONICAL_COIN.fullmatch(symbol):
        code, _, exchange = symbol.partition(".")
        return code, exchange
    match = _CANONICAL.fullmatch(symbol)
    if match is None or match[2] not in _CODES:
        raise SymbolFormatError(f"{symbol[:40]!r} is not a canonical symbol such as 600519.SH")
    return match[1], match[2]


def classify(symbol: str) -> _Rule:
    """Give (kind, board) of a canonical symbol; board is None for all but stocks. Raise SymbolError.

    Source of the code ranges: the exchanges' numbering rules (SSE, SZSE, BSE).
    """
    code, exchange = split(symbol)
    if exchange not in _CODES:
        product = product_of(symbol)
        if product is None:
            return _CRYPTO
        if product not in _PRODUCTS[exchange].split():
            raise UnknownCodeError(f"{symbol}: {exchange} has no product {product} here; write one such as rb2410.SHFE")
        return _FUTURE
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


def fund_symbol(code: str, name: str) -> str:
    """Give the symbol of a fund by its code and name: with its exchange if it is traded on one, else as 110011.OF.

    The code alone does not tell: 560050 is an ETF in Shanghai, 560002 an open fund. Raise SymbolError.
    """
    words = name.upper()
    traded = ("ETF" in words and "联接" not in words) or "LOF" in words or "REIT" in words
    for exchange in ("SH", "SZ"):
        rule = _rule(code, exchange)
        if rule is not None and rule[0] in ("etf", "fund") and (traded or code.startswith("50")):
            return normalise(f"{code}.{exchange}")
    return normalise(f"{code}.{OPEN_FUND}")


def is_simulated(symbol: str) -> bool:
    """Say whether the symbol is one of the simulated demo market."""
    return symbol.endswith("." + DEMO)


def product_of(symbol: str) -> str | None:
    """Give the product of a canonical future, e.g. rb of rb2410.SHFE and of rb.SHFE; None for all else."""
    return symbol.partition(".")[0].rstrip("0123456789") if _is_future(symbol) else None


def _is_future(symbol: str) -> bool:
    match = _CANONICAL_FUTURE.fullmatch(symbol)
    if match is None or match[3] not in _FUTURES_EXCHANGES.values():
        return False
    return match[1] == (match[1].upper() if match[3] in _UPPER_CASE else match[1].lower())


def _derivative(folded: str) -> str | None:
    """Give the canonical symbol of a future or a pair of coins; None when the text is built like neither."""
    for spelling in _FUTURE_SPELLINGS:
        match = spelling.fullmatch(folded)
        if match is not None:
            exchange = _FUTURES_EXCHANGES[match["exchange"]]
            product = match["product"] if exchange in _UPPER_CASE else match["product"].lower()
            month = match["month"] or ""
            if month and (len(month) != 4 or not 1 <= int(month[2:]) <= 12):
                raise SymbolFormatError(
                    f"symbol {folded[:40]!r}: the contract's month is {month}; write year and month with two digits "
                    f"each, e.g. {product}2609.{exchange}"
                )
            symbol = f"{product}{month}.{exchange}"
            classify(symbol)
            return symbol
    for spelling in _COIN_SPELLINGS:
        match = spelling.fullmatch(folded)
        if match is not None:
            return f"{match['base']}-{match['quote']}.{match['exchange']}"
    return None


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
