"""Lint and format over HTTP, by the real ruff."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from quantdesk.core.strategies.catalog import templates
from quantdesk.features.strategies import linting
from quantdesk.features.strategies.service import SKELETON
from quantdesk.kit.context import Context

URL = "/api/v1/strategies"
TANGLED = "x=a" + ".b" * 200_000
"""Overflows the stack of ruff 0.17 when linted, and takes it 40 s to lay out."""


async def lint(client: httpx.AsyncClient, code: str) -> list[dict[str, Any]]:
    answer = await client.post(f"{URL}/lint", json={"code": code})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["diagnostics"]
    return found


async def test_a_finding_has_place_rule_severity_and_a_safe_fix(viewer: httpx.AsyncClient) -> None:
    (unused,) = await lint(viewer, 'import os\n\nprint("你好")\n')
    assert unused == {
        "line": 1,
        "column": 8,
        "end_line": 1,
        "end_column": 10,
        "code": "F401",
        "message": "`os` imported but unused",
        "severity": "warning",
        "url": "https://docs.astral.sh/ruff/rules/unused-import",
        "fix": [{"line": 1, "column": 1, "end_line": 2, "end_column": 1, "text": ""}],
    }


async def test_columns_count_characters_and_an_unsafe_fix_is_not_offered(viewer: httpx.AsyncClient) -> None:
    undefined, compared = await lint(viewer, 'x = "😀均线"; y = nothing\nz = x == None\n')
    assert (undefined["code"], undefined["severity"], undefined["column"]) == ("F821", "error", 16)
    assert (compared["code"], compared["severity"], compared["fix"]) == ("E711", "warning", None)


@pytest.mark.parametrize(
    ("code", "rule", "severity"),
    [
        ("def f():\n    print(x)\n", "F821", "error"),
        ('"%d %d" % (1,)\n', "F507", "error"),
        ('print(f"hi")\n', "F541", "warning"),
        ("def f(a=[]):\n    a.append(1)\n", "B006", "warning"),
        ("try:\n    f = 1\nexcept:\n    pass\n", "E722", "warning"),
    ],
)
async def test_an_error_is_what_stops_a_run(viewer: httpx.AsyncClient, code: str, rule: str, severity: str) -> None:
    assert [(found["code"], found["severity"]) for found in await lint(viewer, code)] == [(rule, severity)]


async def test_a_syntax_error_is_a_finding(viewer: httpx.AsyncClient) -> None:
    first, *_ = await lint(viewer, "def f(:\n    pass\n")
    assert (first["code"], first["line"], first["column"], first["severity"]) == ("invalid-syntax", 1, 7, "error")


@pytest.mark.parametrize(
    "code", ["", "\n", "# 只有注释", "\ufeffx = 1\n", "x = 1\r\ny = x\r\n", "from a import *\nb()\n"]
)
async def test_odd_but_right_code_has_no_error(viewer: httpx.AsyncClient, code: str) -> None:
    assert [found for found in await lint(viewer, code) if found["severity"] == "error"] == []


@pytest.mark.parametrize("code", ["a=\x01 1", "%matplotlib inline", "(" * 5_000, "é" * 3 + "\x0c\u2028"])
async def test_what_is_no_python_is_answered(viewer: httpx.AsyncClient, code: str) -> None:
    assert await lint(viewer, code)
    assert (await viewer.post(f"{URL}/format", json={"code": code})).status_code == 422


async def test_our_own_code_has_nothing_to_complain_about(viewer: httpx.AsyncClient) -> None:
    for code in [SKELETON, *(each.source for each in templates())]:
        assert await lint(viewer, code) == []


async def test_at_most_500_findings_come_and_the_answer_says_so(viewer: httpx.AsyncClient) -> None:
    answer = (await viewer.post(f"{URL}/lint", json={"code": "print(nothing)\n" * 20_000})).json()
    assert (len(answer["diagnostics"]), answer["truncated"]) == (500, True)
    assert [found["line"] for found in answer["diagnostics"]] == list(range(1, 501))
    answer = (await viewer.post(f"{URL}/lint", json={"code": "print(nothing)\n" * 500})).json()
    assert (len(answer["diagnostics"]), answer["truncated"]) == (500, False)


async def test_of_a_flood_of_findings_the_first_are_shown(
    viewer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linting, "MOST_OUTPUT", 20_000)
    answer = (await viewer.post(f"{URL}/lint", json={"code": "print(nothing)\n" * 20_000})).json()
    assert (0 < len(answer["diagnostics"]) < 500, answer["truncated"]) == (True, True)
    broken = await viewer.post(f"{URL}/format", json={"code": "x = 1\n" * 20_000})
    assert broken.json()["code"] == "code_too_tangled"


async def test_code_is_laid_out_and_what_is_laid_out_stays(viewer: httpx.AsyncClient) -> None:
    answer = await viewer.post(f"{URL}/format", json={"code": "# %% 单元\nx = { 'a':1 }\n"})
    assert answer.json() == {"code": '# %% 单元\nx = {"a": 1}\n', "changed": True}
    again = await viewer.post(f"{URL}/format", json={"code": answer.json()["code"]})
    assert again.json() == {"code": answer.json()["code"], "changed": False}


async def test_all_safe_fixes_together_leave_code_that_runs(viewer: httpx.AsyncClient) -> None:
    """Each import's own fix is good; both at once would leave a function without a body."""
    code = "import os\n\n\ndef f():\n    import a\n    import b\n"
    answer = await viewer.post(f"{URL}/fix", json={"code": code})
    assert answer.json() == {"code": "\n\ndef f():\n    pass\n", "changed": True}
    broken = "import os\ndef f(:\n"
    assert (await viewer.post(f"{URL}/fix", json={"code": broken})).json() == {"code": broken, "changed": False}


async def test_code_that_does_not_parse_is_refused_with_its_line(viewer: httpx.AsyncClient) -> None:
    for _ in range(10):  # the message comes in pieces, now and then
        answer = await viewer.post(f"{URL}/format", json={"code": "x = 1\ny = (\n"})
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["line"]) == (422, "code_does_not_parse", 3)
        assert "line 3" in problem["detail"]


@pytest.mark.parametrize("what", ["lint", "fix", "format"])
async def test_what_brings_ruff_down_is_an_answer(
    viewer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(linting, "SECONDS", 1)
    answer = await viewer.post(f"{URL}/{what}", json={"code": TANGLED})
    assert (answer.status_code, answer.json()["code"]) == (422, "code_too_tangled")


async def test_no_more_run_at_once_than_allowed_and_who_waits_too_long_is_told(
    viewer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linting, "SECONDS", 1)
    monkeypatch.setattr(linting, "AT_ONCE", 1)
    linting._slots.pop(asyncio.get_running_loop(), None)
    many = await asyncio.gather(*(viewer.post(f"{URL}/format", json={"code": TANGLED}) for _ in range(4)))
    codes = {answer.json()["code"] for answer in many}
    assert codes == {"code_too_tangled", "linter_busy"}
    linting._slots.pop(asyncio.get_running_loop(), None)
    assert await lint(viewer, "x = 1\n") == []


async def test_a_missing_ruff_is_named(
    viewer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(linting, "_binary", lambda: str(tmp_path / "ruff"))
    answer = await viewer.post(f"{URL}/lint", json={"code": "x = 1\n"})
    assert (answer.status_code, answer.json()["code"]) == (503, "linter_missing")


async def test_the_code_is_not_written_anywhere(viewer: httpx.AsyncClient, context: Context) -> None:
    await lint(viewer, "unwritten_mark = 1\n")
    await viewer.post(f"{URL}/format", json={"code": "unwritten_mark=1\n"})
    home = context.settings.home
    assert not [path for path in home.rglob("*") if path.is_file() and b"unwritten_mark" in path.read_bytes()]


async def test_a_source_of_a_million_characters_is_taken_and_one_more_is_not(viewer: httpx.AsyncClient) -> None:
    assert await lint(viewer, "#" * 900_000) == []
    answer = await viewer.post(f"{URL}/lint", json={"code": "#" * 1_000_001})
    assert answer.status_code in (413, 422)


async def test_other_than_text_is_refused(viewer: httpx.AsyncClient) -> None:
    for body in ({"code": None}, {"code": 1}, {}, {"code": "", "path": "/etc/passwd"}):
        assert (await viewer.post(f"{URL}/lint", json=body)).status_code == 422
    lone = await viewer.post(
        f"{URL}/format", content=b'{"code": "\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert lone.status_code == 422
