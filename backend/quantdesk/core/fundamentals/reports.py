"""Figures of financial reports as they were known on a day, by period; single quarters, and growth on the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import StatementItem

Figures = Mapping[dt.date, Mapping[str, float | None]]
"""Values by report date and item."""

_QUARTERS = {(3, 31): None, (6, 30): (3, 31), (9, 30): (6, 30), (12, 31): (9, 30)}
"""Each quarter's end, and the end of the one before it in the same year."""
_PER_SHARE = ("eps_basic", "eps_diluted")
"""Over an average of shares that differs from period to period: the difference of two is not a quarter's."""
_OF_A_DAY = ("debt_ratio", "current_ratio", "bps")
"""Indicators that are no sum over a period."""
_RATIOS = ("fraction", "times")


@dataclass(frozen=True, slots=True)
class Report:
    """A period's figures as they were known."""

    report_date: dt.date
    announced: dt.date
    """When the newest of the figures became public."""
    first_announced: dt.date
    values: dict[str, float | None]
    restated: tuple[str, ...]
    """Items whose figure was another one before."""


def known_reports(rows: Iterable[StatementItem], as_of: dt.date | None = None) -> list[Report]:
    """Give each period's newest figures that were public by the end of a day, oldest period first.

    Rows of items that core.sources.items does not name are left out.
    """
    told: dict[dt.date, dict[str, dict[dt.date, float | None]]] = {}
    for row in rows:
        if row.item in ITEMS and (as_of is None or row.announced <= as_of):
            told.setdefault(row.report_date, {}).setdefault(row.item, {})[row.announced] = row.value
    return [_report(day, told[day]) for day in sorted(told)]


def _report(day: dt.date, items: dict[str, dict[dt.date, float | None]]) -> Report:
    announced = {when for versions in items.values() for when in versions}
    return Report(
        day,
        max(announced),
        min(announced),
        {item: versions[max(versions)] for item, versions in items.items()},
        tuple(item for item, versions in items.items() if len(set(versions.values())) > 1),
    )


def cumulative(reports: Iterable[Report]) -> dict[dt.date, dict[str, float | None]]:
    """Give the figures as companies report them: income and cash flow since the beginning of the year."""
    return {report.report_date: report.values for report in reports}


def single_quarters(reports: Iterable[Report]) -> dict[dt.date, dict[str, float | None]]:
    """Give the figures of the quarters by themselves.

    Income and cash flow are what the year has more than at the quarter before; None where that is not known. Sheets
    and ratios of a day stay. Margins and the return on equity (over the mean of the equity at both ends) are computed
    anew; ratios that cannot be are None.
    """
    values = cumulative(reports)
    return {day: _quarter(day, values) for day in values}


def growth(values: Figures) -> dict[dt.date, dict[str, float | None]]:
    """Give each amount's growth over the same period a year before; None where that one is not above 0."""
    found: dict[dt.date, dict[str, float | None]] = {}
    for day, items in values.items():
        before = values.get(_year_before(day), {})
        found[day] = {
            item: _growth(value, before.get(item)) for item, value in items.items() if ITEMS[item].unit not in _RATIOS
        }
    return found


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _growth(value: float | None, before: float | None) -> float | None:
    return None if value is None or before is None or before <= 0 else value / before - 1


def _quarter(day: dt.date, values: Figures) -> dict[str, float | None]:
    place = (day.month, day.day)
    first = place in _QUARTERS and _QUARTERS[place] is None
    earlier = _QUARTERS.get(place)
    before = values.get(dt.date(day.year, *earlier), {}) if earlier else {}
    found: dict[str, float | None] = {}
    for item, value in values[day].items():
        match ITEMS[item].statement:
            case "income" | "cash_flow" if item == "cash_end":
                found[item] = value
            case "income" | "cash_flow":
                lacks = item in _PER_SHARE and not first
                found[item] = value if first else None if lacks else _minus(value, before.get(item))
            case "balance":
                found[item] = value
            case "indicators":
                found[item] = value if item in _OF_A_DAY else None
    _compute_ratios(found, before if not first else values.get(dt.date(day.year - 1, 12, 31), {}))
    return found


def _compute_ratios(found: dict[str, float | None], before: Mapping[str, float | None]) -> None:
    revenue, profit = found.get("revenue"), found.get("net_profit_parent")
    gross = _minus(revenue, found.get("operating_cost"))
    equity, equity_before = found.get("equity_parent"), before.get("equity_parent")
    mean = None if equity is None or equity_before is None else (equity + equity_before) / 2
    for item, ratio in (
        ("gross_margin", _over(gross, revenue)),
        ("net_margin", _over(found.get("net_profit"), revenue)),
        ("roe", _over(profit, mean)),
    ):
        if item in found or ratio is not None:
            found[item] = ratio


def _minus(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _over(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None or base <= 0 else value / base
