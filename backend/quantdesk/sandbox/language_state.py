"""Jedi with what it needs here: nothing on disk is written, no program started, and more is known of what users write.

One state serves many texts: what was found out of libraries is kept, which makes an answer ten times as quick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jedi
import parso.cache
from jedi import settings
from jedi.api.environment import InterpreterEnvironment
from jedi.file_io import KnownContentFileIO
from jedi.inference import InferenceState
from jedi.inference.base_value import NO_VALUES, ValueSet
from jedi.inference.gradual import annotation
from jedi.inference.value import FunctionValue, ModuleValue
from parso.utils import python_bytes_to_unicode, split_lines

from quantdesk.sandbox.language_texts import aliases, read_as

ROOT = Path("/strategy")
"""Where the files of a strategy seem to lie. There is no such folder."""


def prepare() -> None:
    """Set Jedi up for this process."""
    settings.dynamic_params_for_other_modules = False
    cache: Any = parso.cache
    cache._save_to_file_system = lambda *_, **__: None
    cache._load_from_file_system = cache._remove_cache_and_update_lock = lambda *_, **__: None
    aliases()  # here: a locked-down process should import nothing
    annotated: Any = annotation
    inner = annotated._infer_param
    annotated._infer_param = lambda function, param: inner(function, param) or _of_overridden(inner, function, param)


def _of_overridden(inner: Any, function: Any, param: Any) -> Any:
    """Give a parameter the type that the method has in a base class: `on_bar(self, bar)` gets a Bar."""
    holder = getattr(function, "class_context", None)
    if param.annotation is not None or holder is None or not holder.is_class():
        return NO_VALUES
    name = function.tree_node.name.value
    own = function.tree_node.get_params()
    for base in list(holder.get_value().py__mro__())[1:]:
        if base.is_compiled() or getattr(base.tree_node, "type", "") != "classdef":
            continue
        for method in base.tree_node.iter_funcdefs():
            theirs = method.get_params()
            if method.name.value == name and param.position_index < len(theirs) and len(own) <= len(theirs):
                wanted = theirs[param.position_index]
                return inner(FunctionValue.from_context(base.as_context(), method), wanted)
    return NO_VALUES


class State(InferenceState):  # type: ignore[misc] # Jedi has no types
    """What is known of libraries, and for one text at a time of its strategy's other files."""

    def __init__(self) -> None:
        self._files: list[tuple[str, ...]] = []
        libraries = [entry for entry in sys.path if entry]
        project = jedi.Project(ROOT, sys_path=libraries, smart_sys_path=False)
        super().__init__(project, environment=InterpreterEnvironment())

    def parse_and_get_code(self, code: Any = None, path: Any = None, *args: Any, **options: Any) -> Any:
        file = options.get("file_io")
        if code is None and file is not None and isinstance(file.path, Path) and "backtrader" in file.path.parts:
            code = read_as(file.path, python_bytes_to_unicode(file.read(), encoding="utf-8", errors="replace"))
        return super().parse_and_get_code(code, path, *args, **options)

    def script(self, path: str, code: str, files: Iterable[tuple[str, str]]) -> Any:
        """Give a script of one of the strategy's files, which can import the others."""
        script: Any = jedi.Script(code, path=ROOT / path, project=self.project, environment=self.environment)
        script._inference_state = self
        self.inferred_element_counts: dict[Any, int] = {}
        known = self.module_cache._name_cache
        for names in self._files:
            known.pop(names, None)
        self._files = []
        for other, text in files:
            if other != path:
                self._add(Path(other), text)
        return script

    def _add(self, path: Path, text: str) -> None:
        if path.suffix != ".py":
            return
        names = path.with_suffix("").parts
        package = names[-1] == "__init__"
        names = names[:-1] if package else names
        if not names or names[0] in ("builtins", "typing"):  # Jedi itself needs these
            return
        file = KnownContentFileIO(ROOT / path, text)
        node = self.parse(code=text, path=ROOT / path, cache=False, diff_cache=True)
        module = ModuleValue(
            self,
            node,
            file_io=file,
            string_names=names,
            code_lines=split_lines(text, keepends=True),
            is_package=package,
        )
        self._known(names, ValueSet([module]))
        for depth in range(1, len(names)):
            if self.module_cache.get(names[:depth]) is None or names[:depth] not in self._files:
                self._known(names[:depth], ValueSet([self._folder(names[:depth])]))

    def _folder(self, names: tuple[str, ...]) -> Any:
        file = KnownContentFileIO(ROOT.joinpath(*names, "__init__.py"), "")
        node = self.parse(code="", path=file.path, cache=False, diff_cache=True)
        return ModuleValue(self, node, file_io=file, string_names=names, code_lines=[""], is_package=True)

    def _known(self, names: tuple[str, ...], values: Any) -> None:
        self.module_cache.add(names, values)
        self._files.append(names)
