"""Cutting an expression's text into words. What is not of the language is refused here, by name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from quantdesk.core.expressions.errors import SyntaxRefused, TooLarge

MAX_CHARACTERS = 4_000

TokenKind = Literal["number", "field", "name", "sign", "end"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.]))
    |(?P<field>\$[A-Za-z][A-Za-z0-9_]*)
    |(?P<name>[A-Za-z][A-Za-z0-9_]*)
    |(?P<sign>\*\*|>=|<=|==|!=|[-+*/%<>&|~(),])""",
    re.VERBOSE,
)
_ADVICE = {
    "$$": "Point-in-time fields ($$) are not supported; use a $field of the daily panel.",
    "'": "Text in quotes is not part of the language: expressions know fields, numbers and functions.",
    '"': "Text in quotes is not part of the language: expressions know fields, numbers and functions.",
    ".": "Attributes are not part of the language: write a function, such as Mean($close, 5).",
    "_": "Names begin with a letter.",
    "=": "Compare with ==; arguments have no names.",
    "!": "Write Not(x), or != to compare.",
    "^": "Write ** for a power.",
    "$": "A field is $ and a name, such as $close.",
    "[": "Use round brackets.",
    "{": "Use round brackets.",
}


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Cut the text; the last token has the kind `end`."""
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(
            f"The expression has {len(text):,} characters", f"Keep it to {MAX_CHARACTERS:,}; name a part as a feature."
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refused(text, at)
        kind = match.lastgroup
        if kind != "space":
            found.append(Token(kind, match.group(), at))  # type: ignore[arg-type]  # the pattern's groups are the kinds
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _refused(text: str, at: int) -> SyntaxRefused:
    character = text[at]
    if not character.isascii():
        plain = unicodedata.normalize("NFKC", character)
        name = unicodedata.name(character, f"U+{ord(character):04X}")
        like = f" (it is not {plain})" if plain.isascii() and plain.isprintable() else ""
        return SyntaxRefused(f"{name}{like} is not of the language", "Only ASCII letters and signs are read.", text, at)
    if character.isdigit() or (character == "." and text[at + 1 : at + 2].isdigit()):
        return SyntaxRefused("A number cannot be read", "Write 5, 0.5 or 1e-12.", text, at)
    advice = _ADVICE.get(text[at : at + 2]) or _ADVICE.get(character)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return SyntaxRefused(
        f"{shown} is not of the language",
        advice or "Use fields, numbers, functions, + - * / % ** and comparisons.",
        text,
        at,
    )
