"""The page's own words, read from its sources, so that a walk finds a button by what it says in either language."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
SOURCES = Path(__file__).resolve().parents[2] / "frontend" / "src"
_PLACES = {"shell": "app/shell", "tour": "app/tour", "ui": "ui"}
_LINE = re.compile(r'^\s+(?:"([^"]+)"|(\w+)):\s*("(?:[^"\\]|\\.)*"),?$', re.MULTILINE)


@cache
def _texts(place: str, language: Language) -> dict[str, str]:
    file = SOURCES / _PLACES.get(place, f"features/{place}") / f"i18n.{language}.ts"
    return {quoted or plain: json.loads(text) for quoted, plain, text in _LINE.findall(file.read_text())}


class Texts:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, place: str, key: str, **values: object) -> str:
        """Give a text, e.g. `t("market", "adjust.qfq")`, with its values filled in."""
        texts = _texts(place, self.language)
        text = texts[f"{key}_one"] if values.get("count") == 1 and f"{key}_one" in texts else texts[key]
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", str(value))
        return text
