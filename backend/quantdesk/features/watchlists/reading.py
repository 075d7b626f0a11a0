"""Codes and names out of pasted text."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from quantdesk.core.instruments.symbol import DEMO, SymbolError, normalise

_BREAKS = re.compile(r"[\s,;|、，；。“”\"'<>()（）【】\[\]{}]+")
"""What is never inside a code or a name; a hyphen, a slash, a colon and a point may be."""
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{2,4}[._:#-]?)?\d{6}(?:[._:-]?[A-Za-z]{2,4})?(?![A-Za-z0-9])")
"""A code of six digits, with or without its exchange, wherever it stands."""
_SHOWN = 100
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Read:
    symbols: list[str]
    """Each once, as they come."""
    unknown: list[str]
    """Words that are neither a code nor a name, each once; the first 100."""


def read(text: str, names: Mapping[str, str]) -> Read:
    """Read codes in any common spelling and whole names, separated by anything.

    `names` are those of the known symbols. A bare code that is not known, but whose simulated namesake is, is taken for
    that one.
    """
    symbol_named = {name: symbol for symbol, name in sorted(names.items(), reverse=True)}
    symbols: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for word in _BREAKS.split(text):
        if not any(character.isalnum() for character in word):
            continue
        found = [symbol_named[word]] if word in symbol_named else _symbols(word, names)
        symbols.update(dict.fromkeys(found))
        if not found:
            unknown[word[:_LONGEST]] = None
    return Read(list(symbols), list(unknown)[:_SHOWN])


def _symbols(word: str, known: Container[str]) -> list[str]:
    """Give the symbol that the word is, or else those of the codes in it, e.g. 600519/000858; all or none."""
    whole = _symbol(word, known)
    if whole is not None:
        return [whole]
    parts = [_symbol(code, known) for code in _CODE.findall(word)]
    return [part for part in parts if part is not None] if None not in parts else []


def _symbol(spelling: str, known: Container[str]) -> str | None:
    try:
        symbol = normalise(spelling)
    except SymbolError:
        return None
    simulated = f"{spelling}.{DEMO}"
    return simulated if symbol not in known and simulated in known else symbol
