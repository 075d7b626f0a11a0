"""A strategy's other files as modules: imported from memory, in the process that runs the user's code alone."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import spec_from_loader
from types import CodeType, ModuleType

from quantdesk.core.strategies.project import CodeFile

NAME = "strategy"
"""Of the main file's module."""
_made: dict[str, ModuleType] = {}
"""The modules of all users' files in this process."""


class UserModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `signals.cross` in `signals/cross.py`. Folders are packages, with or without an `__init__.py`.

    It has no `get_source`: a traceback that a user's code prints goes where no line of the code may be kept in the
    clear. With `show_lines` linecache has the lines, for a place where they may be shown.
    """

    def __init__(self, *, show_lines: bool = False) -> None:
        self._show_lines = show_lines
        self._files: dict[str, CodeFile] = {}
        self._packages: set[str] = set()

    def serve(self, files: Sequence[CodeFile]) -> None:
        """Let these files be imported from now on, each anew: modules of files served before are forgotten.

        Of two that serve a file of the same name the one that was told last does.
        """
        _forget()
        for file in self._files.values():
            linecache.cache.pop(file.path, None)
        self._files, self._packages = {}, set()
        for file in files:
            if not file.path.endswith(".py"):
                continue
            parts = file.path.removesuffix(".py").split("/")
            is_init = len(parts) > 1 and parts[-1] == "__init__"
            self._files[".".join(parts[:-1] if is_init else parts)] = file
            self._packages.update(".".join(parts[:depth]) for depth in range(1, len(parts)))
            if self._show_lines:
                # Without a time: linecache then never looks for such a file on the disk.
                lines = file.text.splitlines(keepends=True)
                linecache.cache[file.path] = (len(file.text), None, lines, file.path)
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if files:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the module's spec; None for what is none of the files."""
        if fullname == NAME:  # a run has it in sys.modules before any of the files is imported
            raise ModuleNotFoundError(
                "strategy.py is the notebook itself and cannot be imported here; move what both need to another file",
                name=NAME,
            )
        is_package = fullname in self._packages
        file = self._files.get(fullname)
        if file is None and not is_package:
            return None
        origin = file.path if file is not None else None
        spec = spec_from_loader(fullname, self, origin=origin, is_package=is_package)
        if spec is not None and file is not None:
            spec.has_location = True  # sets __file__
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Leave it to Python."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the file in the module; nothing for a folder without `__init__.py`."""
        _made[module.__name__] = module
        file = self._files.get(module.__name__)
        if file is not None:
            exec(_compiled(file), module.__dict__)  # noqa: S102


def _forget() -> None:
    for name, module in _made.items():
        if sys.modules.get(name) is module:
            del sys.modules[name]
    _made.clear()


@lru_cache(maxsize=128)
def _compiled(file: CodeFile) -> CodeType:
    return compile(file.text, file.path, "exec", dont_inherit=True)


of_run = UserModules()
"""Those of the strategy that this process runs."""


def new_main(files: Sequence[CodeFile]) -> ModuleType:
    """Make the module of a run's main file, which the others may import as `strategy`, and let it import them.

    All are new: what a run before has left in a module is not seen by the next.
    """
    of_run.serve(files)
    module = ModuleType(NAME)
    sys.modules[NAME] = module  # Backtrader's metaclass, dataclasses and pickle look a class's module up by name
    return module
