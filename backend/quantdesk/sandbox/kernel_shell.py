"""What a kernel's shell has besides IPython's: tables, charts, plain words for what the sandbox refuses, variables."""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import os
import types
from typing import Any, NoReturn

from quantdesk.core.strategies.modules import UserModules
from quantdesk.core.strategies.project import CodeFile
from quantdesk.sandbox.kernel_files import cell_file

TABLE = "application/vnd.quantdesk.table+json"
ROWS, COLUMNS, TEXT = 2_000, 200, 200
"""Of a table that is shown, and the characters of a value."""
VARIABLES = 500
_BALLAST = 64 * 1024 * 1024


def prepare(shell: Any) -> None:
    """Fit out the shell. Imports nothing that a cell may not want."""
    from IPython.core.formatters import BaseFormatter
    from traitlets import ObjectName, Unicode

    class TableFormatter(BaseFormatter):
        format_type = Unicode(TABLE)
        print_method = ObjectName("_repr_quantdesk_table_")
        _return_type = dict

    formatter: Any = TableFormatter(parent=shell.display_formatter)
    formatter.for_type_by_name("pandas", "DataFrame", table)
    formatter.for_type_by_name("pandas", "Series", lambda series: table(series.to_frame()))
    shell.display_formatter.formatters[TABLE] = formatter
    # Read when a cell imports plotly: figures as data that the page draws; its other ways need a script or a browser.
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    shell.system = shell.getoutput = _no_programs
    shell.compile.get_code_name = lambda raw_code, *_: cell_file(raw_code)
    _keep_memory_for_errors(shell)


def _keep_memory_for_errors(shell: Any) -> None:
    """Hold some memory back, and free it when a cell has used up the rest: its error is to be told with its lines."""
    held: list[mmap.mmap] = []

    def hold(*_: object) -> None:
        with contextlib.suppress(OSError, MemoryError):
            if not held:
                held.append(mmap.mmap(-1, _BALLAST, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))

    def tell(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: int | None = None) -> None:
        while held:
            held.pop().close()
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    hold()
    shell.events.register("pre_run_cell", hold)
    shell.set_custom_exc((MemoryError,), tell)


def table(frame: Any) -> dict[str, Any]:
    """Give a DataFrame's first rows by columns, for a table on the page, with its whole shape."""
    part = frame.iloc[:ROWS, :COLUMNS]
    index = part.index
    names = [str(name) if name is not None else "" for name in index.names]
    columns = [
        {"name": names[level], "kind": _kind(index.get_level_values(level).dtype), "index": True}
        for level in range(index.nlevels)
    ]
    values = [_texts(index.get_level_values(level)) for level in range(index.nlevels)]
    for at, name in enumerate(part.columns):
        series = part.iloc[:, at]
        columns.append({"name": str(name), "kind": _kind(series.dtype), "index": False})
        values.append(_texts(series))
    return {"columns": columns, "values": values, "rows": len(frame), "all_columns": frame.shape[1]}


def _kind(dtype: Any) -> str:
    return {"i": "number", "u": "number", "f": "number", "b": "text", "M": "date"}.get(
        getattr(dtype, "kind", "O"), "text"
    )


def _texts(values: Any) -> list[Any]:
    return [_plain(value) for value in values.tolist()]


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value if value is None or isinstance(value, bool) or abs(value) < 2**53 else str(value)
        case float():
            return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    text = str(value)
    text = text.removesuffix(" 00:00:00") if type(value).__name__ == "Timestamp" else text
    return text if len(text) <= TEXT else text[:TEXT] + "…"


_document = UserModules(show_lines=True)  # what cells print is kept sealed


def serve(files: str) -> str:
    """Let cells import the document's other files, given as JSON [[path, text], …]."""
    _document.serve([CodeFile(path=path, text=text) for path, text in json.loads(files)])
    return "served"


def variables() -> str:
    """Give the user's variables as JSON: name, type, short value, size."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    hidden = shell.user_ns_hidden
    found = []
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_") or isinstance(value, types.ModuleType) or (name in hidden and hidden[name] is value):
            continue
        found.append({"name": name[:80], "type": type(value).__name__, "value": _short(value), "size": _size(value)})
        if len(found) == VARIABLES:
            break
    return json.dumps(found)


def _short(value: Any) -> str:
    if type(value).__module__.partition(".")[0] in ("pandas", "polars"):
        return ""
    try:
        text = repr(value) if _is_small(value) else f"<{type(value).__name__}>"
    except Exception as error:  # a repr of the user's own
        text = f"<{type(error).__name__} in repr>"
    return " ".join(text.split())[:120]


def _is_small(value: Any) -> bool:
    try:
        return len(value) <= 200
    except TypeError:
        return True


def _size(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return " × ".join(str(one) for one in shape)
    try:
        return str(len(value)) if not isinstance(value, str | bytes) else ""
    except Exception:
        return ""


def _no_programs(*_: object, **__: object) -> NoReturn:
    raise PermissionError("programs cannot be started from a notebook (笔记本中不能运行外部程序); use Python instead")
