"""The strategy templates that come with the product."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from quantdesk.core.strategies.parameters import Parameter, read_outline

Category = Literal["trend", "reversion", "breakout", "portfolio", "arbitrage", "model"]
_FIELD = re.compile(r"^# (category|symbols|(?:name|about|teaches|risk)_(?:zh|en)): (.+)$")
_ORDER = (
    "double_moving_average",
    "rsi_reversal",
    "bollinger",
    "macd",
    "turtle",
    "dual_thrust",
    "grid",
    "momentum",
    "multi_factor",
    "etf_rotation",
    "pairs",
    "topk_dropout",
    "predicted_move",
    "exchange_style",
    "backtrader_double_moving_average",
    "backtrader_rsi_reversal",
    "backtrader_bollinger",
    "backtrader_momentum",
)


class Result(BaseModel):
    """What a template did on the demo market. `python -m scripts.template_results` runs them and writes the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source_sha256: str
    """Of the source that was run."""
    symbols: list[str]
    start: dt.date
    end: dt.date
    cash: str
    """Yuan."""
    fills: int
    total_return: float
    """Fraction, as the next three."""
    annual_return: float | None
    max_drawdown: float
    benchmark_return: float | None
    sharpe: float | None
    equity: list[float]
    """About 80 points of the account's value over what it began with."""
    benchmark: list[float]
    """Of the same days."""


class Template(BaseModel):
    """A strategy to start from. The source is complete: it runs unchanged on any number of symbols."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    category: Category
    symbols: int
    """With how many symbols its result was made: one for a pair would be too few."""
    teaches_zh: str
    teaches_en: str
    risk_zh: str
    risk_en: str
    parameters: list[Parameter]
    source: str
    """Without the header that holds the names."""

    @property
    def result(self) -> Result | None:
        """Its result on the demo market; None where the file was made from another source."""
        found = _results().get(self.id)
        return found if found is not None and found.source_sha256 == sha256_of(self.source) else None


def sha256_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


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
    described = {"id": name, "source": source, "parameters": read_outline(source).parameters_of(), **fields}
    return Template.model_validate(described)


@cache
def _results() -> dict[str, Result]:
    file = resources.files("quantdesk.core.strategies") / "template_results.json"
    return TypeAdapter(dict[str, Result]).validate_json(file.read_text(encoding="utf-8"))
