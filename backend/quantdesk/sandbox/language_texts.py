"""Backtrader's sources as an analyst of texts should read them: what its metaclasses do at run time is written down.

Line numbers stay, so that a definition is found where it is; the files on disk are not touched.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path

_METACLASS = re.compile(r"(^class \w+\()(?:bt\.)?with_metaclass\(\s*[\w.]+(?:,\s*([\w.,\s]*?))?\)\):", re.MULTILINE)
_LINES = ["open", "high", "low", "close", "volume", "openinterest", "datetime"]

_ADDED = {
    "lineiterator.py": """
class _Live:
    from .feed import AbstractDataBase as _Data
    from .metabase import AutoInfoClass as _Params
    data: _Data
    data0: _Data
    data1: _Data
    datas: "list[_Data]"
    dnames: "dict[str, _Data]"
    p: _Params
    params: _Params
    from .lineseries import Lines as _Lines
    lines: _Lines
    l: _Lines
""",
    "strategy.py": """
class _Run:
    from .brokers.bbroker import BackBroker as _Broker
    from .cerebro import Cerebro as _Cerebro
    from .utils.autodict import AutoOrderedDict as _Items
    broker: _Broker
    cerebro: _Cerebro
    env: _Cerebro
    stats: _Items
    observers: _Items
    analyzers: _Items
from .order import Order as _Order
from .position import Position as _Position
from .trade import Trade as _Trade
""",
    "feed.py": "class _Columns:\n    from .linebuffer import LineBuffer as _Line\n"
    + "".join(f"    {name}: _Line\n" for name in _LINES),
}
_BASES = {
    "lineiterator.py": ("class LineIterator(", "class LineIterator(_Live, "),
    "strategy.py": ("class Strategy(", "class Strategy(_Run, "),
    "feed.py": ("class AbstractDataBase(", "class AbstractDataBase(_Columns, "),
}
_TYPES = {
    "strategy.py": {
        "def notify_order(self, order)": "def notify_order(self, order: '_Order')",
        "def getposition(self, data=None, broker=None)": "def getposition(self, data=None, broker=None) -> '_Position'",
        "def notify_trade(self, trade)": "def notify_trade(self, trade: '_Trade')",
    }
}


def read_as(path: Path, text: str) -> str:
    """Give the text of a file of Backtrader's as it should be read; of any other as it is."""
    if "backtrader" not in path.parts:
        return text
    text = _METACLASS.sub(_plain_bases, text)
    if path.parent.name == "backtrader":
        old, new = _BASES.get(path.name, ("", ""))
        text = text.replace(old, new, 1) if old else text
        for before, after in _TYPES.get(path.name, {}).items():
            text = text.replace(before, after)
        return _instead_of_licence(text, _ADDED.get(path.name, "").strip())
    if path.name == "__init__.py" and path.parent.name == "indicators":
        return text.rstrip("\n") + "\n" + aliases()
    return text


def _instead_of_licence(text: str, added: str) -> str:
    """Put lines in place of as many comments at the top: a name must come before its use."""
    if not added:
        return text
    lines, new = text.split("\n"), added.split("\n")
    if not all(line.startswith("#") for line in lines[: len(new)]):  # another version of the library
        return text
    return "\n".join([*new, *lines[len(new) :]])


def _plain_bases(found: re.Match[str]) -> str:
    lines = "\n" * found[0].count("\n")
    return f"{found[1]}{' '.join((found[2] or 'object').split())}):{lines}"


@cache
def aliases() -> str:
    """Other names of indicators, as SMA and RSI, which are set when the module is imported."""
    module = importlib.import_module("backtrader.indicators")
    lines = []
    for name, value in sorted(vars(module).items()):
        base = value.__bases__[0] if isinstance(value, type) else object
        aliases = base.__dict__.get("alias", ())
        if name in {one if isinstance(one, str) else one[0] for one in aliases} and hasattr(module, base.__name__):
            lines.append(f"{name} = {base.__name__}\n")
    return "".join(lines)
