"""The compiled functions of TA-Lib, without pandas.

`import talib` imports pandas where it is installed: some 80 MB and a second for a process that only
computes on arrays. So only its extension module is loaded, and pandas and polars are hidden from it
meanwhile, unless they are already there. A later `import talib` works as usual; only `talib.abstract` then
no longer accepts data frames.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from types import ModuleType

_NAME = "talib._ta_lib"
_OPTIONAL = ("pandas", "polars")


def _load() -> ModuleType:
    if _NAME in sys.modules:
        return sys.modules[_NAME]
    package = importlib.util.find_spec("talib")
    spec = PathFinder.find_spec(_NAME, package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise ImportError("TA-Lib is not installed; install the package ta-lib")
    module = importlib.util.module_from_spec(spec)
    hidden = [name for name in _OPTIONAL if name not in sys.modules]
    try:
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]  # makes its import fail as if not installed
        spec.loader.exec_module(module)
    finally:
        for name in hidden:
            del sys.modules[name]
    sys.modules[_NAME] = module
    module._ta_initialize()
    return module


ta = _load()
