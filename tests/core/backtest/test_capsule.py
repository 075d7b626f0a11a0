"""The capsule: equal runs give equal digests, and what differs is named."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.backtest.capsule import capsule_of, compare, result_sha256
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.rules.book import rulebook
from tests.fakes.made_bars import business_days
from tests.fakes.made_report import made_fill, made_report

DAYS: list[dt.date] = business_days("2020-01-01", 3).tolist()


def run(equity: float = 99995.0, quantity: int = 100, **changes: Any) -> BacktestResult:
    fills = [made_fill("600519.SH", "buy", DAYS[1], quantity, "10")]
    made = made_report(DAYS, [100000.0, equity, equity], [100000.0, 98995.0, 98995.0], fills=fills, **changes)
    return made.model_copy(update={"capsule": capsule_of(made, seed=0)})


def test_the_digest_survives_storing_and_reading() -> None:
    result = run()
    again = BacktestResult.model_validate_json(result.model_dump_json())
    assert result_sha256(again) == result_sha256(result)
    assert result.capsule is not None
    assert result.capsule.rules_version == rulebook().version


@given(st.floats(1.0, 1e12, allow_nan=False))
def test_one_bit_of_equity_is_another_digest(equity: float) -> None:
    first, second = run(equity), run(math.nextafter(equity, 0.0))
    stored = BacktestResult.model_validate_json(first.model_dump_json())
    assert result_sha256(stored) == result_sha256(first) != result_sha256(second)


def test_an_equal_repetition_is_identical() -> None:
    found = compare(run(), run())
    assert found.identical
    assert not found.damaged
    assert (found.changed, found.differences) == ([], [])


def test_names_metrics_and_analysis_are_not_part_of_the_digest() -> None:
    result = run()
    other = result.model_copy(update={"assumptions": [], "metrics": result.metrics.model_copy(update={"days": 9})})
    assert result_sha256(other) == result_sha256(result)


@pytest.mark.parametrize(
    ("changes", "part", "name"),
    [
        ({"code_sha256": "other"}, "code", "code"),
        ({"data_sha256": "other"}, "data", "data"),
        ({"versions": {"python": "3.11", "numpy": "9"}}, "versions", "numpy"),
        ({"spec": {"params": {"fast": 5}}}, "spec", "params"),
    ],
)
def test_what_has_changed_is_named(changes: dict[str, Any], part: str, name: str) -> None:
    found = compare(run(), run(**changes))
    assert [(change.part, change.name) for change in found.changed] == [(part, name)]
    assert found.identical  # the numbers are still the same


def test_another_rulebook_and_seed_are_named() -> None:
    before, after = run(), run()
    assert after.capsule is not None
    older = after.capsule.model_copy(update={"rules_version": "0-old", "seed": 3})
    found = compare(before, after.model_copy(update={"capsule": older}))
    assert {(change.part, change.after) for change in found.changed} == {("rules", "0-old"), ("seed", "3")}


def test_the_first_differing_value_of_each_table_is_shown() -> None:
    found = compare(run(), run(99990.0, quantity=200))
    assert not found.identical
    assert found.changed == []
    places = {(one.table, one.row, one.field): (one.before, one.after) for one in found.differences}
    assert places[("series", 1, "equity")] == ("99995.0", "99990.0")
    assert places[("fills", 0, "quantity")] == ("100", "200")


def test_a_missing_fill_is_a_difference_in_rows() -> None:
    shorter = run().model_copy(update={"fills": []})
    places = [(one.table, one.field, one.before, one.after) for one in compare(run(), shorter).differences]
    assert places == [("fills", "rows", "1", "0")]


def test_a_report_changed_after_the_run_is_damaged() -> None:
    result = run()
    better = result.model_copy(update={"series": result.series.model_copy(update={"equity": [100000.0, 1e6, 1e6]})})
    assert compare(better, run()).damaged


def test_a_report_of_the_first_schema_is_compared_by_its_content() -> None:
    old = run().model_copy(update={"capsule": None, "schema_version": 1})
    assert compare(old, run()).identical
