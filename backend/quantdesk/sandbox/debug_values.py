"""What a kernel that is stopped tells its host: frames, variables, values of expressions, the current bar.

The host asks by evaluating `answer(...)` in the stopped frame, so this runs in the thread that stands still.
"""

from __future__ import annotations

import base64
import json
import math
import reprlib
import sys
import types
from collections import deque
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

from quantdesk.sandbox import kernel_debug

FRAMES = 200
VALUE_CHARS, NAME_CHARS = 500, 200
_SEQUENCES = (list, tuple, deque, set, frozenset)
_PLAIN = (int, float, complex, str, bytes, bool, type(None), types.FunctionType, types.ModuleType, type)
_ENGINE = "quantdesk.core.backtest.event_engine"

_short = reprlib.Repr()
_short.maxstring = _short.maxother = VALUE_CHARS
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxfrozenset = _short.maxdeque = _short.maxdict = 12
_held: dict[int, Any] = {}
"""What a reference means, until the code goes on."""


def answer(asked: str) -> str:
    """Answer one question of the host, in JSON; give JSON as base 64, which no way of showing a text changes."""
    try:
        given = _answer(json.loads(asked))
    except BaseException as error:  # the user's own code may raise anything here
        given = {"error": f"{type(error).__name__}: {_text(error) if not str(error) else error}"[: 4 * VALUE_CHARS]}
    return base64.b64encode(json.dumps(given).encode()).decode()


def _answer(question: dict[str, Any]) -> Any:
    match question["ask"]:
        case "stop":
            _held.clear()
            failure = kernel_debug.debugger.failure if kernel_debug.debugger is not None else ""
            return {"frames": [_frame(one) for one in _frames()], "bar": _bar(), "text": failure[: 4 * VALUE_CHARS]}
        case "scopes":
            return _scopes(_frames()[question["frame"]])
        case "children":
            return _children(_held.get(question["reference"]), question["start"], question["count"])
        case "evaluate":
            return _told("", evaluate(_frames()[question["frame"]], question["expression"]))
        case "set":
            return _told("", _set(_frames()[0], question["reference"], question["name"], question["expression"]))


def _frames() -> list[types.FrameType]:
    """Give the user's frames, the innermost first."""
    own = kernel_debug.debugger
    found: list[types.FrameType] = []
    frame: types.FrameType | None = None if own is None else own.at
    while frame is not None and own is not None and len(found) < FRAMES:
        if own.is_own(frame.f_code.co_filename):
            found.append(frame)
        frame = frame.f_back
    return found


def _frame(frame: types.FrameType) -> dict[str, Any]:
    code = frame.f_code
    name = getattr(code, "co_qualname", code.co_name)
    return {"name": name[:NAME_CHARS], "file": code.co_filename, "line": frame.f_lineno}


def _scopes(frame: types.FrameType) -> list[dict[str, Any]]:
    if frame.f_locals is frame.f_globals or frame.f_code.co_name == "<module>":
        return [{"name": "globals", "reference": _hold(_Namespace(frame, frame.f_globals))}]
    return [
        {"name": "locals", "reference": _hold(_Namespace(frame, frame.f_locals))},
        {"name": "globals", "reference": _hold(_Namespace(frame, frame.f_globals))},
    ]


class _Namespace:
    """The names of a frame."""

    def __init__(self, frame: types.FrameType, names: dict[str, Any]) -> None:
        self.frame, self.names = frame, names

    def items(self) -> Iterator[tuple[str, Any]]:
        """Give what a person would look for: no modules, no names that begin with _, nothing of IPython's own."""
        from IPython.core.getipython import get_ipython

        shell: Any = get_ipython()
        hidden = shell.user_ns_hidden if shell is not None and self.names is shell.user_ns else {}
        for name, value in list(self.names.items()):
            if name.startswith("_") or isinstance(value, types.ModuleType) or hidden.get(name, hidden) is value:
                continue
            yield name, value


def _hold(value: Any) -> int:
    reference = len(_held) + 1
    _held[reference] = value
    return reference


def _children(value: Any, start: int, count: int) -> list[dict[str, Any]]:
    return [_told(name, one) for name, one in islice(_items(value), start, start + count)]


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what a value holds, with the names to show."""
    if isinstance(value, _Namespace):
        yield from value.items()
    elif isinstance(value, Mapping):
        for key in value:
            yield _text(key), value[key]
    elif isinstance(value, _SEQUENCES) or _is_array(value):
        for number, one in enumerate(value):
            yield f"[{number}]", one
    elif _pandas(value):
        yield from ((_text(name), one) for name, one in value.items())
    else:
        yield from _attributes(value).items()


def _attributes(value: Any) -> dict[str, Any]:
    if isinstance(value, _PLAIN):
        return {}
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found.setdefault(name, getattr(value, name))
    return {str(name): one for name, one in found.items() if not str(name).startswith("__")}


def _told(name: str, value: Any) -> dict[str, Any]:
    kind = type(value)
    size: int | None = None
    holds = False
    try:
        if isinstance(value, (Mapping, *_SEQUENCES)) or _is_array(value) or _pandas(value):
            size = len(value.columns) if hasattr(value, "columns") else len(value)
            holds = size > 0
        else:
            holds = bool(_attributes(value))
    except Exception:  # of the user's own class
        holds = False
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__.partition('.')[0]}."
    return {
        "name": name[:NAME_CHARS],
        "type": f"{module}{kind.__name__}"[:NAME_CHARS],
        "value": _value(value),
        "reference": _hold(value) if holds else 0,
        "size": size,
    }


def _value(value: Any) -> str:
    if _pandas(value) or (_is_array(value) and value.ndim > 1):
        return " × ".join(str(one) for one in value.shape)
    if isinstance(value, str):
        return repr(value[:VALUE_CHARS]) + ("…" if len(value) > VALUE_CHARS else "")
    return _text(value)


def _text(value: Any) -> str:
    try:
        return _short.repr(value)[: 2 * VALUE_CHARS]
    except Exception as error:  # in a repr of the user's own
        return f"<{type(error).__name__} in repr of {type(value).__name__}>"


def _is_array(value: Any) -> bool:
    return type(value).__module__ == "numpy" and getattr(value, "ndim", 0) > 0


def _pandas(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "shape") and hasattr(value, "items")


def evaluate(frame: types.FrameType, expression: str) -> Any:
    """Give an expression's value in a frame; a statement is carried out and gives None."""
    try:
        code = compile(expression.strip(), "<expression>", "eval", dont_inherit=True)
    except SyntaxError:
        exec(compile(expression, "<expression>", "exec", dont_inherit=True), frame.f_globals, frame.f_locals)  # noqa: S102
        _save(frame)
        return None
    # In one namespace: comprehensions and lambdas see no other.
    return eval(code, {**frame.f_globals, **frame.f_locals})  # noqa: S307


def _set(frame: types.FrameType, reference: int, name: str, expression: str) -> Any:
    holder = _held[reference]
    value = evaluate(holder.frame if isinstance(holder, _Namespace) else frame, expression)
    if isinstance(holder, _Namespace):
        holder.names[name] = value
        _save(holder.frame)
    elif isinstance(holder, dict):
        holder[next(key for key in holder if _text(key)[:NAME_CHARS] == name)] = value
    elif _is_array(holder) or isinstance(holder, list | deque):
        holder[int(name.strip("[]"))] = value
    else:
        setattr(holder, name, value)
    return value


def _save(frame: types.FrameType) -> None:
    import_module("_pydevd_bundle.pydevd_save_locals").save_locals(frame)


def _bar() -> dict[str, Any] | None:
    """Give the bar that a strategy is called for; None outside of one."""
    own = kernel_debug.debugger
    frame: types.FrameType | None = None if own is None else own.at
    backtrader = sys.modules.get("backtrader")
    while frame is not None:
        names = frame.f_locals
        try:
            if frame.f_globals.get("__name__") == _ENGINE and frame.f_code.co_name == "run" and "bar" in names:
                return _of_event(names["bar"]) if names["cursor"].at is not None else None
            if backtrader is not None and isinstance(names.get("self"), backtrader.Strategy):
                return _of_backtrader(names["self"].data)
        except Exception:  # a strategy that is not ready yet, or names of the user's own
            return None
        frame = frame.f_back
    return None


def _of_event(bar: Any) -> dict[str, Any]:
    figures = {name: _number(getattr(bar, name)) for name in ("open", "high", "low", "close", "volume")}
    return {"symbol": str(bar.symbol), "time": bar.date.isoformat(), **figures}


def _of_backtrader(data: Any) -> dict[str, Any]:
    figures = {name: _number(getattr(data, name)[0]) for name in ("open", "high", "low", "close", "volume")}
    time = data.datetime.datetime(0).isoformat()
    return {"symbol": str(data._name), "time": time.removesuffix("T00:00:00"), **figures}


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
