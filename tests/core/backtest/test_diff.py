"""Two reports compared, each part by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quantdesk.core.backtest.diff import ROWS, ReportDiff, diff_reports
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.strategies.project import CodeFile, Project
from tests.fakes.made_bars import business_days
from tests.fakes.made_report import made_fill, made_order, made_report

DAYS: list[dt.date] = business_days("2020-01-01", 4).tolist()
NO_CODE = Project("")
X, Y = "600519.SH", "000001.SZ"


def run(equity: tuple[float, ...] = (1e5, 1e5, 1e5, 1e5), **parts: Any) -> BacktestResult:
    return made_report(DAYS, equity, [1e5] * 4, **parts)


def test_equal_reports_have_no_difference() -> None:
    found = diff_reports(run(), run(), Project("x = 1\n"), Project("x = 1\n"))
    assert found.identical
    assert found.code.unified == ""
    assert {metric.difference for metric in found.metrics if metric.difference is not None} == {0.0}
    assert ReportDiff.model_validate_json(found.model_dump_json()) == found


def test_code_is_shown_as_a_unified_diff() -> None:
    code = diff_reports(run(), run(), Project("a\nb\nc\n"), Project("a\nB\nc\nd\n")).code
    assert (code.changed, code.added, code.removed) == (True, 2, 1)
    assert code.unified.splitlines() == ["--- a", "+++ b", "@@ -1,3 +1,4 @@", " a", "-b", "+B", " c", "+d"]


def test_all_files_are_in_the_diff() -> None:
    def of(code: str, **files: str) -> Project:
        return Project(code, tuple(CodeFile(path=f"{name}.py", text=text) for name, text in sorted(files.items())))

    code = diff_reports(
        run(), run(), of("a\n", same="s\n", gone="g\n", empty=""), of("b\n", same="s\n", new="n\n")
    ).code
    assert (code.changed, code.added, code.removed) == (True, 2, 2)
    assert code.unified.splitlines() == [
        "--- a/strategy.py", "+++ b/strategy.py", "@@ -1 +1 @@", "-a", "+b",
        "--- a/empty.py", "+++ b/empty.py",
        "--- a/gone.py", "+++ b/gone.py", "@@ -1 +0,0 @@", "-g",
        "--- a/new.py", "+++ b/new.py", "@@ -0,0 +1 @@", "+n",
    ]  # fmt: skip


def test_changed_settings_have_their_path() -> None:
    other = run(spec={"params": {"fast": 5}, "costs": {"slippage": {"kind": "ticks", "value": "1"}}})
    found = {change.field: (change.a, change.b) for change in diff_reports(run(), other, NO_CODE, NO_CODE).settings}
    assert found == {
        "params.fast": (None, "5"),
        "costs.slippage.kind": ('"percent"', '"ticks"'),
        "costs.slippage.value": ('"0.0001"', '"1"'),
    }


def test_metrics_stand_side_by_side() -> None:
    found = {one.name: one for one in diff_reports(run(), run((1e5, 1e5, 1.1e5, 1.2e5)), NO_CODE, NO_CODE).metrics}
    assert list(found) == list(BacktestResult.model_fields["metrics"].annotation.model_fields)  # type: ignore[union-attr]
    assert found["total_return"].difference == pytest.approx(0.2)
    assert (found["sharpe"].a, found["sharpe"].difference) == (None, None)
    assert (found["final_equity"].a, found["final_equity"].b) == ("100000.00", "120000.00")


def test_orders_are_matched_by_day_symbol_side_and_type() -> None:
    a = [made_order(1, X, "buy", DAYS[0], 100), made_order(2, Y, "buy", DAYS[0], 100), made_order(3, X, "sell", DAYS[2], 100)]  # fmt: skip  # noqa: E501
    b = [made_order(1, Y, "buy", DAYS[0], 300), made_order(2, X, "sell", DAYS[2], 100), made_order(3, Y, "sell", DAYS[3], 300)]  # fmt: skip  # noqa: E501
    found = diff_reports(run(orders=a), run(orders=b), NO_CODE, NO_CODE).orders
    assert (found.same, found.added, found.removed, found.changed) == (1, 1, 1, 1)
    rows = [(row.change, row.date, (row.b or row.a).symbol, row.fields) for row in found.rows]  # type: ignore[union-attr]
    assert rows == [
        ("changed", DAYS[0], Y, ["quantity", "filled"]),
        ("removed", DAYS[0], X, []),
        ("added", DAYS[3], Y, []),
    ]


def test_several_fills_of_one_day_are_matched_in_turn() -> None:
    a = [made_fill(X, "buy", DAYS[1], 100, "10"), made_fill(X, "buy", DAYS[1], 200, "10")]
    b = [made_fill(X, "buy", DAYS[1], 100, "10", order_id=7, position=5), made_fill(X, "buy", DAYS[1], 200, "11")]
    found = diff_reports(run(fills=a), run(fills=b), NO_CODE, NO_CODE).fills
    assert (found.same, found.changed) == (1, 1)
    assert found.rows[0].fields == ["price", "amount"]


def test_many_differences_are_counted_and_the_first_are_listed() -> None:
    orders = [made_order(n, X, "buy", DAYS[n % 4], 100 + n) for n in range(ROWS + 50)]
    found = diff_reports(run(), run(orders=orders), NO_CODE, NO_CODE).orders
    assert (found.added, len(found.rows)) == (ROWS + 50, ROWS)


def test_equity_is_compared_on_the_days_of_either() -> None:
    shorter = made_report(DAYS[1:], (1e5, 1e5 + 7, 1e5), [1e5] * 3)
    found = diff_reports(run(), shorter, NO_CODE, NO_CODE).equity
    assert found.date == DAYS
    assert found.b == [None, 1e5, 1e5 + 7, 1e5]
    assert found.difference == [None, 0.0, 7.0, 0.0]
    assert found.first_difference == DAYS[0]
