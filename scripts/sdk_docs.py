"""The help beside the editor: what a strategy and a notebook can call, made from the docstrings of quantdesk.sdk.

Chinese summaries, examples and the essentials of Backtrader are kept by hand in sdk_words.toml.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import quantdesk.sdk as sdk
from quantdesk.core.strategies.event.declaring import Declaring
from quantdesk.core.strategies.event.lines import Line
from quantdesk.core.strategies.event.orders import _Position
from quantdesk.core.strategies.event.strategy import Strategy
from scripts import reference

Entry = dict[str, Any]
WORDS = tomllib.loads(Path(__file__).with_name("sdk_words.toml").read_text())

_SECTION = re.compile(r"^(Args|Raises|Returns|Yields):\n((?:[ ]+.*\n?|\n(?=[ ]))*)", re.M)
_ITEM = re.compile(r"^ {4}([\w*., ]+): (.*(?:\n {8,}.*)*)", re.M)
_TRADES = ("buy", "sell", "order_", "close", "long", "short", "cancel", "stop")
_OBJECTS = ("Bar", "Line", "Order", "Fill", "Position")


def document() -> dict[str, Any]:
    """Give the help: groups in their order, and the entries of all of them."""
    entries = list(_entries())
    used = {entry["group"] for entry in entries}
    groups = [{"id": key, **said} for key, said in WORDS["groups"].items() if key in used]
    return {"groups": groups, "entries": entries}


def _entries() -> Iterator[Entry]:
    yield _class("Strategy", Strategy, "define", members=False)
    for name, value in _members(Strategy):
        yield _member(f"Strategy.{name}", "self", name, value, _group_of(name))
    for name in _OBJECTS:
        yield _class(name, getattr(sdk, name), "objects")
    yield _function("param", sdk.param, "define", "")
    yield _class("VectorStrategy", sdk.VectorStrategy, "vector", members=False)
    yield _member("VectorStrategy.run", "", "run", sdk.VectorStrategy.run, "vector")
    done = {"Strategy", "VectorStrategy", "param", *_OBJECTS}
    for name in ("MarketData", "Weights", "Signals", "TopkDropout", *sorted(sdk.__all__)):
        if name in done:
            continue
        done.add(name)
        value = getattr(sdk, name)
        group = "notebook" if value.__module__.startswith("quantdesk.sdk.") else "vector"
        yield _class(name, value, group) if inspect.isclass(value) else _function(name, value, group, "")
    for found in sorted(pkgutil.iter_modules(sdk.__path__), key=lambda one: one.name):
        if not found.name.startswith("_"):
            yield from _module(found.name)
    for name, said in WORDS["backtrader"].items():
        yield _entry(f"bt.{name}", "backtrader", name, said["signature"], said["en"], said)


def _module(name: str) -> Iterator[Entry]:
    module = importlib.import_module(f"quantdesk.sdk.{name}")
    for key, value in vars(module).items():
        if inspect.isfunction(value) and not key.startswith("_") and value.__module__ == module.__name__:
            yield _function(f"{name}.{key}", value, "notebook", f"{name}.")


def _group_of(name: str) -> str:
    if name.startswith("on_"):
        return "define"
    if name in vars(Declaring):
        return "declare"
    return "trade" if name.startswith(_TRADES) else "ask"


def _members(owner: type) -> Iterator[tuple[str, Any]]:
    """Walk the public methods and properties of a class and its bases of ours, the class's own first."""
    seen: set[str] = set()
    for base in owner.__mro__:
        if base.__module__.startswith("quantdesk."):
            for name, value in vars(base).items():
                documented = inspect.isfunction(value) or isinstance(value, property) or hasattr(value, "func")
                if documented and not name.startswith("_") and name not in seen:
                    seen.add(name)
                    yield name, value


def _member(key: str, prefix: str, name: str, value: Any, group: str) -> Entry:
    if inspect.isfunction(value):
        return _function(key, value, group, f"{prefix}." if prefix and not name.startswith("on_") else "")
    signature = f"{prefix}.{name}{_arrow(_annotation(value))}"
    return _entry(key, group, name, signature, _getter(value).__doc__)


def _function(key: str, value: Any, group: str, prefix: str) -> Entry:
    shown = _signature(value, without_self=prefix != "")
    before = "def " if "self" in shown else prefix
    return _entry(key, group, value.__name__, f"{before}{value.__name__}{shown}", value.__doc__)


class _Words:
    """An annotation as it stands in the source, without the quotes that a string would get."""

    def __init__(self, text: object) -> None:
        self.text = str(text)

    def __repr__(self) -> str:
        return self.text


def _signature(value: Any, *, without_self: bool) -> str:
    found = inspect.signature(value)
    shown = [
        one if one.annotation is one.empty else one.replace(annotation=_Words(one.annotation))
        for name, one in found.parameters.items()
        if name != "self" or not without_self
    ]
    given = found.return_annotation
    answer = found.empty if given in (found.empty, None, "None") else _Words(given)
    return str(found.replace(parameters=shown, return_annotation=answer))


def _class(key: str, owner: type, group: str, *, members: bool = True) -> Entry:
    made = _entry(key, group, key, f"class {key}", owner.__doc__)
    if owner in (sdk.Weights, sdk.Signals, sdk.TopkDropout):
        made["signature"] = key + _signature(owner, without_self=True)
    if members:
        made["parameters"] = [{"name": name, "text": text} for name, text in _attributes(owner)]
    return made


def _attributes(owner: type) -> Iterator[tuple[str, str]]:
    """Walk what an object says of itself, with its type and its first sentence."""
    kinds = (owner, _Position) if owner is sdk.Position else (owner,)
    for kind in kinds:
        said = reference.docstrings(kind)
        for name, annotation in vars(kind).get("__annotations__", {}).items():
            if not name.startswith("_"):
                yield name, _sentence(annotation, said.get(name, ""))
        slots = [name for name in vars(kind).get("__slots__", ()) if not name.startswith("_")]
        for name in slots if "__annotations__" not in vars(kind) else ():
            yield name, ""
    for name, value in _members(owner):
        if not inspect.isfunction(value):
            yield name, _sentence(_annotation(value), _getter(value).__doc__ or "")
        elif owner is Line and name == "of":
            yield "of(symbol)", inspect.cleandoc(value.__doc__ or "")


def _getter(value: Any) -> Any:
    return value.fget if isinstance(value, property) else value.func


def _annotation(value: Any) -> str:
    return str(_getter(value).__annotations__.get("return", ""))


def _arrow(annotation: str) -> str:
    return f" -> {annotation}" if annotation else ""


def _sentence(annotation: str, text: str) -> str:
    return ": ".join(part for part in (annotation.strip("'"), reference.cell(text)) if part)


def _entry(key: str, group: str, name: str, signature: str, doc: str | None, said: Entry | None = None) -> Entry:
    text = inspect.cleandoc(doc or "")
    parameters: list[dict[str, str]] = []
    raises: list[dict[str, str]] = []
    for found in _SECTION.finditer(text):
        into = parameters if found[1] == "Args" else raises
        into += [{"name": item[1], "text": reference.cell(item[2])} for item in _ITEM.finditer(found[2])]
    summary, _, rest = _SECTION.sub("", text).strip().partition("\n\n")
    said = WORDS["entries"].get(key, {}) if said is None else said
    return {
        "id": key,
        "group": group,
        "name": name,
        "signature": signature,
        "en": " ".join(summary.split()),
        "zh": said.get("zh", ""),
        "text": rest.strip("\n"),
        "parameters": parameters,
        "raises": raises,
        "example": said.get("example", ""),
    }
