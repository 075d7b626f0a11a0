"""Answers about a place in a text: what may follow, what a name is, how a call goes on, where something is defined."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jedi.api import helpers

from quantdesk.sandbox.language_params import Declared, declared
from quantdesk.sandbox.language_state import ROOT, State

ITEMS = 1_000
DOC_CHARS = 6_000
EXCERPT_LINES = 400
"""Of a library's file around what is shown."""
FIRST = (
    "quantdesk", "backtrader", "numpy", "pandas", "talib", "math", "datetime", "collections", "statistics",
    "itertools", "functools", "dataclasses", "typing",
)  # fmt: skip
"""Packages that strategies import; the first after `import`."""
_FUTURE = {"annotations", "absolute_import", "division", "print_function", "unicode_literals"}
"""What `from __future__ import` leaves in a module."""
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\b(?:.*,|\s*\(?)\s*\w*$")
_PARAMETER = re.compile(r"(\w+)\s*\.\s*(?:p|params)\s*\.\s*(\w*)$")
_IMPORT = re.compile(r"^\s*(?:import|from)\s+\w*$")
_WORD = re.compile(r"\w*$")

Json = dict[str, Any]
Place = tuple[int, int]


class Analyst:
    """Holds what is known of libraries; texts come with each question."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._completed: tuple[object, dict[str, Any]] = (None, {})

    def answer(self, asked: Json) -> Json:
        """Answer a question of a kind of Kind (messages of the language host)."""
        kind, path = asked["kind"], asked["path"]
        files = [(one["path"], one["text"]) for one in asked["files"]]
        script = self._state.script(path, asked["code"], files)
        place = _within(script, asked["line"], asked["column"])
        match kind:
            case "complete":
                return self._complete(script, place, asked)
            case "describe":
                return self._describe(script, place, asked)
            case "hover":
                return self._hover(script, place)
            case "signature":
                return self._signature(script, place)
            case "definition":
                return {"places": [_shown(script, one) for one in self._definitions(script, place)]}
        raise ValueError(f"there is no question {kind!r}")

    # ---- completion

    def _complete(self, script: Any, place: Place, asked: Json) -> Json:
        before = _before(script, place)
        word = _word(before)
        if (params := self._parameters_before(script, place, before)) is not None:
            items = [_item(one.name, "property", _default(one)) for one in params if _fits(one.name, word)]
            return {"start": place[1] - len(word), "end": place[1], "items": items}
        found = script.complete(*place)
        names = {one.name_with_symbols: one for one in found[:ITEMS] if one.name not in _FUTURE}
        self._completed = (_key(asked), names)
        own = script.path
        importing = _IMPORT.match(before) is not None
        ranked = []
        for at, (name, one) in enumerate(names.items()):
            ranked.append((_rank(one, own, importing), at, _item(name, one.type, "")))
        ranked.sort(key=lambda entry: entry[:2])
        items = [item for _, _, item in ranked]
        extra = [_item(name, "module", "") for name in _own_modules(asked, before, importing) if _fits(name, word)]
        if not before[: len(before) - len(word)].rstrip().endswith("."):
            extra += [
                _item(f"{one.name}=", "param", _default(one))
                for one in self._call_parameters(script, place)[1]
                if _fits(one.name, word)
            ]
        known = {item["name"] for item in extra}
        items = extra + [item for item in items if item["name"] not in known]
        return {"start": place[1] - len(word), "end": place[1], "items": items[:ITEMS]}

    def _describe(self, script: Any, place: Place, asked: Json) -> Json:
        if self._completed[0] != _key(asked):
            self._complete(script, place, asked)
        one = self._completed[1].get(asked["name"]) if self._completed[0] == _key(asked) else None
        return {"text": "" if one is None else _document(one), "detail": "" if one is None else _detail(one)}

    # ---- hover, signature, definition

    def _hover(self, script: Any, place: Place) -> Json:
        if (param := self._parameter_at(script, place)) is not None:
            text = _code(f"{param.owner}.params.{param.name} = {param.default}")
            return {"text": text + (f"\n\n{_plain(param.comment)}" if param.comment else "")}
        found = [one for name in script.help(*place)[:4] for one in _meant(script, name)]
        texts = [text for one in found if (text := _document(one))]
        return {"text": "\n\n---\n\n".join(dict.fromkeys(texts))}

    def _signature(self, script: Any, place: Place) -> Json:
        details, params = self._call_parameters(script, place)
        if details is not None and params:
            return _declared_signature(details, params)
        found = script.get_signatures(*place)
        signatures = [
            {
                "label": _one_line(one.to_string()),
                "text": _short(one.docstring(raw=True)),
                "parameters": [_one_line(param.to_string()) for param in one.params],
            }
            for one in found[:8]
        ]
        active = next((one.index for one in found if one.index is not None), None)
        return {"signatures": signatures, "signature": 0, "parameter": active}

    def _definitions(self, script: Any, place: Place) -> list[Any]:
        if (param := self._parameter_at(script, place)) is not None:
            return [param]
        found = script.goto(*place, follow_imports=True, follow_builtin_imports=True)
        return [one for name in found[:8] for one in _meant(script, name)]

    # ---- parameters by Backtrader's metaclasses

    def _parameters_before(self, script: Any, place: Place, before: str) -> list[Declared] | None:
        """Give the parameters of `x` where `x.p.` or `x.params.` stands before the place; None elsewhere."""
        found = _PARAMETER.search(before)
        if found is None:
            return None
        params = [one for value in _values(script, (place[0], found.start(1) + 1)) for one in _params_of(value)]
        return params or None

    def _parameter_at(self, script: Any, place: Place) -> Declared | None:
        line = _lines(script)[place[0] - 1]
        end = place[1] + len(re.match(r"\w*", line[place[1] :])[0])  # type: ignore[index] # it matches always
        word = _word(line[:end])
        params = self._parameters_before(script, (place[0], end), line[:end]) or []
        return next((one for one in params if one.name == word), None)

    def _call_parameters(self, script: Any, place: Place) -> tuple[Any, list[Declared]]:
        """Give the call that the place is in, and what its class declares."""
        details = helpers.get_signature_details(script._module_node, place)
        if details is None:
            return None, []
        callee = details.bracket_leaf.get_previous_leaf()
        if callee is None or callee.type != "name":
            return details, []
        values = [one for one in _values(script, callee.end_pos) if one.is_class()]
        return details, [one for value in values[:1] for one in declared(value)]


def _meant(script: Any, name: Any) -> list[Any]:
    """Give what another name of a library's function or class stands for, as SMA does; else the name itself."""
    if name.type != "statement" or name.module_path is None or ROOT in name.module_path.parents:
        return [name]
    return [one for one in name.infer() if one.type in ("function", "class")] or [name]


def _values(script: Any, end: Place) -> list[Any]:
    """Infer the name that ends, or goes on, at a place."""
    leaf = script._module_node.get_leaf_for_position((end[0], max(0, end[1] - 1)), include_prefixes=False)
    if leaf is None or leaf.type != "name":
        return []
    script._inference_state.reset_recursion_limitations()
    context = script._get_module_context().create_context(leaf)
    return list(helpers.infer_call_of_leaf(context, leaf))


def _params_of(value: Any) -> list[Declared]:
    if value.is_class():
        return declared(value)
    return declared(value.py__class__()) if value.is_instance() else []


def _declared_signature(details: Any, params: list[Declared]) -> Json:
    labels = ["*data", *(f"{one.name}={one.default}" for one in params)]
    given = details._list_arguments()
    active = 0
    if given:
        _, key, equal = given[-1]
        names = [one.name for one in params]
        if key and equal and key in names:
            active = names.index(key) + 1
        elif key and not equal:
            active = next((at + 1 for at, name in enumerate(names) if name.startswith(key)), 0)
    text = "\n".join(f"{one.name}: {one.comment}" for one in params if one.comment)
    name = details.bracket_leaf.get_previous_leaf().value
    label = f"{name}({', '.join(labels)})"
    return {
        "signatures": [{"label": label, "text": text, "parameters": labels}],
        "signature": 0,
        "parameter": active,
    }


# ---- how things are told


def _document(name: Any) -> str:
    """Give a name's signature and documentation as Markdown."""
    text = name.docstring(raw=True)
    return "\n\n".join(part for part in (_code(_detail(name)), _plain(text)) if part)


def _detail(name: Any) -> str:
    if name.type in ("function", "class"):
        signatures = name.get_signatures()
        if signatures:
            return "\n".join(_one_line(one.to_string()) for one in signatures[:4])
    return _one_line(name.description)[:500]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"```python\n{text.replace('```', '')}\n```" if text else ""


def _plain(text: str) -> str:
    """Show a text as it stands: underlines and stars of documentation are no Markdown."""
    text = text.strip().replace("```", "'''")
    if not text:
        return ""
    text = text if len(text) <= DOC_CHARS else text[:DOC_CHARS] + " …"
    return f"```plaintext\n{text}\n```"


def _short(text: str) -> str:
    return text.strip().split("\n\n")[0][:1_000]


def _shown(script: Any, found: Any) -> Json:
    """Give where something is: in the strategy's own files by path, else with the text around it."""
    if isinstance(found, Declared):
        path, line, column, module = found.path, found.line, 0, found.owner
    else:
        path, line, column, module = found.module_path, found.line or 1, found.column or 0, found.module_name
    if path is not None and (path == ROOT or ROOT in path.parents):
        return {"path": str(path.relative_to(ROOT)), "line": line, "column": column}
    text, first = "", 1
    if path is not None:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        first = max(1, line - EXCERPT_LINES // 4)
        text = "\n".join(lines[first - 1 : first - 1 + EXCERPT_LINES])
    elif not isinstance(found, Declared):
        text = f"# {found.full_name}\n" + found.docstring()
    excerpt = {"text": text, "first_line": first}
    return {"path": None, "module": module, "line": line, "column": column, "excerpt": excerpt}


def _item(name: str, kind: str, detail: str) -> Json:
    return {"name": name, "kind": kind, "detail": detail}


def _default(one: Declared) -> str:
    return f"= {one.default}" + (f"  {one.comment}" if one.comment else "")


def _rank(one: Any, own: Path, importing: bool) -> int:
    """Arguments, then what the text itself defines, then the rest; what begins with _ last."""
    name = one.name
    if name.startswith("_"):
        return 9 if name.startswith("__") else 8
    if importing:
        return FIRST.index(name) - len(FIRST) if name in FIRST else 5
    if one.name_with_symbols.endswith("="):
        return 0
    if one.type == "keyword":
        return 6
    return 1 if one.module_path == own else 4


def _own_modules(asked: Json, before: str, importing: bool) -> list[str]:
    """Give what the import in this line may name of the strategy's own files."""
    found = _FROM.match(before)
    if not importing and found is None:
        return []
    package = () if found is None else tuple(found[1].split("."))
    depth = len(package)
    paths = (Path(one["path"]) for one in asked["files"] if one["path"] not in (asked["path"], "__init__.py"))
    parts = (path.with_suffix("").parts for path in paths if path.suffix == ".py")
    names = {one[depth] for one in parts if len(one) > depth and one[:depth] == package}
    return sorted(names - {"__init__"})


def _key(asked: Json) -> object:
    return asked["path"], asked["code"], asked["line"], asked["column"]


def _within(script: Any, line: int, column: int) -> Place:
    lines = _lines(script)
    line = min(max(1, line), len(lines))
    return line, min(max(0, column), len(lines[line - 1].rstrip("\r\n")))


def _lines(script: Any) -> list[str]:
    return list(script._code_lines)


def _before(script: Any, place: Place) -> str:
    return _lines(script)[place[0] - 1][: place[1]]


def _word(before: str) -> str:
    found = _WORD.search(before)
    return found[0] if found else ""


def _fits(name: str, word: str) -> bool:
    return name.lower().startswith(word.lower())
