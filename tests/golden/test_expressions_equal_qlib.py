"""Expressions over a seeded panel give the values of qlib 0.9.7, and Alpha158 is qlib's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions import evaluate_set, parse
from quantdesk.core.expressions.alpha158 import LABEL, alpha158
from quantdesk.core.expressions.alpha360 import alpha360
from tests.golden import expressions_market as given

FOLDER = Path(__file__).resolve().parent
PEERS = os.environ.get("QD_PEERS_PYTHON", sys.executable)
RELATIVE = 1e-6
ROUNDING = 1e-12
"""What stands for 0 where both compute one: a residual on the line, ranks that do not correlate."""


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    with np.load(FOLDER / "qlib_expressions.npz") as file:
        found = dict(file)
    assert str(found["digest"]) == given.market().digest, "numpy draws other numbers; run qlib_expressions.py again"
    return found


@pytest.fixture(scope="module")
def panel() -> Panel:
    market = given.market()
    return Panel(tuple(market.symbols), market.dates, market.fields)


def test_every_expression_and_alpha158_are_within_1e_6_of_qlibs(stored: dict[str, Any], panel: Panel):
    assert len(given.EXPRESSIONS) > 80
    assert len(stored["texts"]) == len(given.EXPRESSIONS) + len(given.ROUNDED) + len(given.LABELS) + 158
    different = compared(panel, stored)
    assert set(different) <= set(given.ROUNDED), different


def test_where_qlib_divides_what_rounding_left_by_zero_there_is_no_value(stored: dict[str, Any], panel: Panel):
    for text in given.ROUNDED:
        theirs = stored["values"][list(stored["texts"]).index(text)]
        ours = evaluate_set({text: parse(text)}, panel)[text][:, stored["days"]]
        off = ~np.isclose(ours, theirs, rtol=RELATIVE, atol=ROUNDING, equal_nan=True)
        assert (np.isinf(theirs) | (np.abs(theirs) < 1e-6))[off].all()
        assert off.mean() < 0.02


def test_the_alphas_are_qlibs_by_name_and_text(stored: dict[str, Any]):
    for ours, (names, texts) in ((alpha158(), stored["alpha158"]), (alpha360(), stored["alpha360"])):
        assert list(ours) == list(names)
        assert [parse(text).text for text in ours.values()] == [parse(str(text)).text for text in texts]
    assert len(alpha158()) == 158
    assert len(alpha360()) == 360
    assert LABEL in given.LABELS


@pytest.mark.peers
def test_qlib_still_gives_the_stored_values_and_ours_on_every_day(stored: dict[str, Any], panel: Panel, tmp_path: Path):
    if subprocess.run([PEERS, "-c", "import qlib"], capture_output=True, check=False).returncode:
        pytest.skip("qlib is not installed; QD_PEERS_PYTHON names the interpreter of an environment that has it")

    out = tmp_path / "fresh.npz"
    subprocess.run([PEERS, FOLDER / "qlib_expressions.py", out, "--all"], capture_output=True, check=True)

    with np.load(out) as file:
        fresh = dict(file)
    assert list(fresh["texts"]) == list(stored["texts"])
    np.testing.assert_array_equal(fresh["values"][:, :, stored["days"]], stored["values"])
    different = compared(panel, fresh)
    assert set(different) <= set(given.ROUNDED), different


def compared(panel: Panel, theirs: dict[str, Any]) -> dict[str, str]:
    """Give the expressions whose values differ, and where; NaN and infinities must stand at the same places."""
    texts = [str(text) for text in theirs["texts"]]
    expressions = {text: parse(text, label=text in given.LABELS) for text in texts}
    ours = evaluate_set(expressions, panel)
    different = {}
    for text, values in zip(texts, theirs["values"].astype(np.float64), strict=True):
        found = ours[text][:, theirs["days"]]
        off = ~np.isclose(found, values, rtol=RELATIVE, atol=ROUNDING, equal_nan=True)
        if off.any():
            symbol, day = np.argwhere(off)[0]
            at = f"symbol {symbol}, day {theirs['days'][day]}"
            different[text] = f"{off.sum()} values, first {at}: {found[symbol, day]} for {values[symbol, day]}"
    return different
