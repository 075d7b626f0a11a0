"""Compiling the kernel: numba, with the machine code of its entry points kept on disk.

Numba asks only whether a function's own file has changed. The simulator is several files that call each other, so the
digest of all in the folder stands in for the file's time: an edit anywhere recompiles, a copied installation does not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import numba
from numba import types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function that only other compiled functions call."""
    return cast(
        _Function, _one_form(numba.njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))
    )


def entry(function: _Function) -> _Function:
    """Compile a function that Python calls, and keep its machine code, callees included, beside its source."""
    compiled: Any = numba.njit(error_model="numpy", no_cfunc_wrapper=True)(function)
    compiled._cache = _Cache(function)
    return cast(_Function, _one_form(compiled))


def entry_for(signature: Any) -> Callable[[_Function], _Function]:
    """Compile a function that Python calls for one signature, when it is defined; kept as those of `entry` are."""

    def compile_one(function: _Function) -> _Function:
        compiled: Any = numba.njit(error_model="numpy", no_cfunc_wrapper=True)(function)
        compiled._cache = _Cache(function)
        compiled.compile(signature)
        compiled.disable_compile()
        return cast(_Function, compiled)

    return compile_one


class _BesideSource(InTreeCacheLocator):  # type: ignore[misc]
    """Finds the cache of an installation that cannot be written to, which numba's own locators pass over."""

    def ensure_cache_path(self) -> None:
        with suppress(OSError):
            Path(self.get_cache_path()).mkdir(exist_ok=True)  # Python makes none where it writes no bytecode

    def get_source_stamp(self) -> tuple[str, int]:
        return _digest(Path(self._py_file).parent)


class _CacheFiles(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes: ClassVar[list[type]] = [_BesideSource]


class _Cache(FunctionCache):  # type: ignore[misc]
    _impl_class = _CacheFiles

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):  # a read-only installation compiles again in each process
            super().save_overload(sig, data)


def _one_form(dispatcher: Any) -> Any:
    """Compile for 64-bit integers alone: numba would make one form for each constant it is called with."""
    general = dispatcher.get_call_template

    def widened(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return general(tuple(_widened(arg) for arg in args), kws)

    dispatcher.get_call_template = widened
    return dispatcher


def _widened(arg: Any) -> Any:
    plain = types.unliteral(arg)
    return types.int64 if isinstance(plain, types.Integer) else plain


@cache
def _digest(folder: Path) -> tuple[str, int]:
    joined = sha256()
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith(".py"):
            joined.update(item.name.encode() + b"\0" + item.read_bytes())
    return joined.hexdigest(), 0
