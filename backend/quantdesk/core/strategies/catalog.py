"""The strategy templates that come with the product."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from quantdesk.core.strategies.parameters import Parameter, read_outline

_FIELD = re.compile(r"^# (name_zh|name_en|about_zh|about_en): (.+)$")
_ORDER = (
    "double_moving_average",
    "rsi_reversal",
    "bollinger",
    "momentum",
    "predicted_move",
    "exchange_style",
    "backtrader_double_moving_average",
    "backtrader_rsi_reversal",
    "backtrader_bollinger",
    "backtrader_momentum",
)


class Template(BaseModel):
    """A strategy to start from. The source is complete: it runs unchanged on any number of symbols."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    parameters: list[Parameter]
    source: str
    """Without the header that holds the names."""


@cache
def templates() -> tuple[Template, ...]:
    """Give all templates: event strategies, simplest first, then Backtrader's."""
    return tuple(_read(name) for name in _ORDER)


def template(template_id: str) -> Template:
    """Give one template. Raise KeyError for an unknown id."""
    for candidate in templates():
        if candidate.id == template_id:
            return candidate
    raise KeyError(f"no template {template_id}; there are {', '.join(_ORDER)}")


def _read(name: str) -> Template:
    folder = resources.files("quantdesk.core.strategies") / "templates"
    text = (folder / f"{name}.py").read_text(encoding="utf-8")
    fields: dict[str, str] = {}
    lines = text.splitlines(keepends=True)
    while lines and (match := _FIELD.match(lines[0].rstrip())):
        fields[match[1]] = match[2]
        lines.pop(0)
    source = "".join(lines).lstrip("\n")
    return Template(id=name, source=source, parameters=read_outline(source).parameters_of(), **fields)
