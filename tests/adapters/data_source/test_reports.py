"""The reports of one company, whatever source they come from: which count, from when, and which cannot be."""

from __future__ import annotations

import datetime as dt

import pytest

from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.adapters.data_source.reports import Reports
from quantdesk.ports.errors import SourceError


@pytest.fixture
def reports() -> Reports:
    return Reports(Reader("test"), "600001.SH")


def test_a_correction_makes_the_figure_known_later_never_earlier(reports: Reports) -> None:
    reports.add("balance", "2023-06-30", ("2023-08-20", "2024-04-18"), {"total_assets": 1e9})
    reports.add("balance", "2023-12-31", ("2024-03-28", "2024-03-28"), {"total_assets": 2e9})
    reports.add("balance", "2024-03-31", ("2024-04-25", None), {"total_assets": 3e9})
    days = [(one.report_date.month, one.announced.isoformat(), one.value) for one in reports.items()]
    assert days == [(6, "2024-04-18", 1e9), (12, "2024-03-28", 2e9), (3, "2024-04-25", 3e9)]


def test_states_of_one_report_stand_beside_each_other(reports: Reports) -> None:
    reports.add("income", "20231231", ("20240328",), {"revenue": 8e8})
    reports.add("income", 20231231, (20240418,), {"revenue": 7.9e8})
    assert [(one.announced.day, one.value) for one in reports.items()] == [(28, 8e8), (18, 7.9e8)]


def test_a_report_that_nobody_announced_and_one_of_a_part_of_a_quarter_are_left_out(reports: Reports) -> None:
    reports.add("income", "2023-12-31", (None, "2024-03-28"), {"revenue": 8e8})
    reports.add("income", "2023-05-31", ("2023-07-01",), {"revenue": 3e8})
    with pytest.raises(SourceError) as caught:
        reports.items()
    assert caught.value.kind == "empty"


def test_what_a_bank_lacks_is_absent(reports: Reports) -> None:
    reports.add("balance", "2023-12-31", ("2024-03-28",), {"total_assets": 1e12, "inventory": None, "goodwill": "--"})
    assert [one.item for one in reports.items()] == ["total_assets"]


@pytest.mark.parametrize(
    ("report", "announced", "figures", "kind"),
    [
        ("2023-12-30", "2024-03-28", {}, "invalid"),
        ("31.12.", "2024-03-28", {}, "invalid"),
        ("2023-12-31", "2023-12-30", {}, "invalid"),
        ("2023-12-31", "2024-03-28", {"revenue": "8亿"}, "changed"),
        ("2023-12-31", "2024-03-28", {"revenue": True}, "changed"),
        ("2023-12-31", "2024-03-28", {"revenue": 1e20}, "units"),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    reports: Reports, report: str, announced: str, figures: dict[str, object], kind: str
) -> None:
    with pytest.raises(SourceError) as caught:
        reports.add("income", report, (announced,), figures)
    assert caught.value.kind == kind


def test_shares_of_another_par_value_and_losses_are_no_change_of_units(reports: Reports) -> None:
    reports.add("balance", "2023-12-31", ("2024-03-28",), {"equity_parent": 9e10, "share_capital": 2.6e9})
    reports.add("income", "2023-12-31", ("2024-03-28",), {"net_profit_parent": -2e10, "eps_basic": -0.8})
    reports.add("indicators", "2023-12-31", ("2024-03-28",), {"bps": 3.4, "debt_ratio": 60})
    assert len(reports.items()) == 6


@pytest.mark.parametrize("value", [20240131, "20240131", "2024-01-31", "2024-01-31 00:00:00"])
def test_a_day_is_read_from_a_text_and_from_a_number(value: object) -> None:
    assert day_of(value) == dt.date(2024, 1, 31)


@pytest.mark.parametrize("value", [None, "", "--", 7, "tomorrow", float("nan")])
def test_what_is_no_day_is_none(value: object) -> None:
    assert day_of(value) is None
