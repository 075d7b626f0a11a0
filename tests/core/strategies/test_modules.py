"""A strategy's other files as modules in memory."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from quantdesk.core.strategies import modules
from quantdesk.core.strategies.modules import UserModules
from quantdesk.core.strategies.project import CodeFile


@pytest.fixture
def served() -> Iterator[UserModules]:
    found = UserModules(show_lines=True)
    before = set(sys.modules)
    yield found
    found.serve(())
    assert not {name for name in set(sys.modules) - before if name.startswith("qd_")}
    assert found not in sys.meta_path


def of(**texts: str) -> list[CodeFile]:
    return [CodeFile(path=path.replace("__in__", "/") + ".py", text=text) for path, text in texts.items()]


def run(source: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102
    return names


def test_folders_are_packages_with_or_without_init(served: UserModules):
    served.serve(
        [
            CodeFile(path="qd_a/cross.py", text="from .base import ONE\nfrom . import base\nTWO = base.ONE + ONE\n"),
            CodeFile(path="qd_a/base.py", text="ONE = 1\n"),
            CodeFile(path="qd_b/__init__.py", text="from qd_b.deep.er import WORD\n"),
            CodeFile(path="qd_b/deep/er.py", text="from ...qd_b import deep as _d\nWORD = __name__\n"),
            CodeFile(path="qd_notes.md", text="import me not"),
        ]
    )
    assert run("from qd_a.cross import TWO")["TWO"] == 2
    with pytest.raises(ImportError, match="beyond top-level package"):
        run("import qd_b")
    with pytest.raises(ModuleNotFoundError, match="qd_notes"):
        run("import qd_notes")
    with pytest.raises(ModuleNotFoundError, match=r"qd_a\.none"):
        run("import qd_a.none")


def test_circular_imports_behave_as_in_python(served: UserModules):
    served.serve(
        of(
            qd_one="import qd_two\nX = 1\ndef both(): return X + qd_two.Y\n",
            qd_two="import qd_one\nY = 2\n",
            qd_bad="from qd_worse import A\nB = 1\n",
            qd_worse="from qd_bad import B\nA = 1\n",
        )
    )
    assert run("import qd_one; z = qd_one.both()")["z"] == 3
    with pytest.raises(ImportError, match="partially initialized module 'qd_bad'"):
        run("import qd_bad")


def test_what_is_served_anew_is_imported_anew_and_what_is_gone_is_gone(served: UserModules):
    served.serve([CodeFile(path="qd_p/m.py", text="V = 1\n"), CodeFile(path="qd_q.py", text="from qd_p.m import V\n")])
    assert run("from qd_p import m; import qd_q")["m"].V == 1  # type: ignore[attr-defined]
    served.serve([CodeFile(path="qd_p/m.py", text="V = 2\n"), CodeFile(path="qd_q.py", text="from qd_p.m import V\n")])
    assert run("from qd_p import m; import qd_q")["qd_q"].V == 2  # type: ignore[attr-defined]
    served.serve([])
    with pytest.raises(ModuleNotFoundError):
        run("import qd_q")


def test_nothing_is_read_from_the_disk(served: UserModules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "qd_here.py").write_text("WHERE = 'disk'")
    monkeypatch.syspath_prepend(tmp_path)
    served.serve(of(qd_here="WHERE = 'memory'\n"))
    assert run("from qd_here import WHERE")["WHERE"] == "memory"


def test_a_traceback_shows_lines_only_where_they_may_be_shown(served: UserModules):
    files = of(qd_broken="def fail():\n    return 1 / 0\n")
    shown = []
    for found in (served, UserModules()):
        found.serve(files)
        try:
            run("import qd_broken; qd_broken.fail()")
        except ZeroDivisionError:
            shown.append(traceback.format_exc())
        found.serve(())
    assert 'File "qd_broken.py", line 2' in shown[0]
    assert "return 1 / 0" in shown[0]
    assert 'File "qd_broken.py", line 2' in shown[1]
    assert "return 1 / 0" not in shown[1]
    assert "qd_broken.py" not in linecache.cache


def test_the_main_file_is_a_module_of_each_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "strategy", ModuleType("strategy"))
    try:
        main = modules.new_main(of(qd_help="import strategy\ndef main(): return strategy\n"))
        assert run("import qd_help")["qd_help"].main() is main  # type: ignore[attr-defined]
        assert modules.new_main(of(qd_help="")) is not main
    finally:
        modules.of_run.serve(())


def test_outside_of_a_run_the_main_file_cannot_be_imported(served: UserModules, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "strategy", raising=False)
    served.serve(of(qd_x="import strategy\n"))
    with pytest.raises(ModuleNotFoundError, match=r"strategy\.py is the notebook itself"):
        run("import qd_x")
