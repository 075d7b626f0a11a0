"""What the sources of financial reports have in common: days, figures, and whether they can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from quantdesk.adapters.data_source.reading import Reader, day_of
from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import Statement, StatementItem

_LARGEST = 1e16
"""Yuan: a hundred times the largest bank's assets."""
Key = tuple[dt.date, dt.date]
"""The report's period, and the day on which its figures became public."""
Sheet = dict[str, float | None]
Sheets = dict[Statement, dict[Key, Sheet]]


class Reports:
    """Gathers the sheets of one company and checks them against each other."""

    def __init__(self, reader: Reader, symbol: str) -> None:
        self._reader = reader
        self._symbol = symbol
        self._sheets: Sheets = {}

    def add(self, statement: Statement, report: Any, announced: Sequence[Any], figures: Mapping[str, Any]) -> None:
        """Add a sheet, with its ratios in per cent. `announced`: the day of its publication, and of a correction.

        The figures count from the last of these days. Left out are sheets without the first, for nobody can say when
        they were known, and those that end within a quarter, as prospectuses have them. Raise SourceError.
        """
        period, days = day_of(report), [day for value in announced if (day := day_of(value)) is not None]
        if period is None or (period + dt.timedelta(days=1)).day != 1:
            raise self._error("invalid", f"{report!r} is the end of no month")
        if period.month % 3 or day_of(announced[0]) is None:
            return
        public = max(days)
        if min(days) < period:
            raise self._error("invalid", f"the report of {period} was announced on {min(days)}, before its end")
        sheets = self._sheets.setdefault(statement, {})
        if (period, public) in sheets:
            raise self._error("out_of_order", f"the {statement} of {period} comes twice")
        sheets[period, public] = {name: self._figure(name, value) for name, value in figures.items()}

    def items(self) -> list[StatementItem]:
        """Give all figures, oldest report first. Raise SourceError unless they are in agreement."""
        self._compare()
        found = [
            StatementItem(self._symbol, statement, period, public, name, value)
            for statement, sheets in self._sheets.items()
            for (period, public), sheet in sheets.items()
            for name, value in sheet.items()
            if value is not None
        ]
        if not found:
            raise self._error("empty", "no report with a day of announcement")
        order = {name: place for place, name in enumerate(ITEMS)}
        return sorted(found, key=lambda one: (one.report_date, order[one.item], one.announced))

    def _figure(self, name: str, value: Any) -> float | None:
        number = self._reader.number(value)
        if number is None:
            return None
        if abs(number) > _LARGEST:
            raise self._error("units", f"{name} of {number:.3g} cannot be")
        return number / 100 if ITEMS[name].unit == "fraction" else number

    def _compare(self) -> None:
        """See whether the sheets are in one unit, as far as they tell: by the median, as a slip is no change."""
        balance, income, indicators = (self._latest(name) for name in ("balance", "income", "indicators"))
        sums = [
            (assets, _sum(sheet, "total_liabilities", "total_equity"))
            for sheet in balance.values()
            if (assets := sheet.get("total_assets"))
        ]
        self._near("assets over liabilities and equity", sums, 0.9, 1.1)
        shares = {period: sheet.get("share_capital") for period, sheet in balance.items()}
        earned = [
            (sheet.get("net_profit_parent"), _times(sheet.get("eps_basic"), shares.get(period)))
            for period, sheet in income.items()
        ]
        # Shares of 0.02 to 10 yuan, where nearly all have 1; and shares issued within the year.
        self._near("profit over earnings per share × share capital", earned, 1 / 120, 120)
        owned = [
            (sheet.get("equity_parent"), _times(indicators.get(period, {}).get("bps"), sheet.get("share_capital")))
            for period, sheet in balance.items()
        ]
        self._near("equity over book value per share × share capital", owned, 1 / 120, 120)
        ratios = [
            (indicators.get(period, {}).get("debt_ratio"), _over(sheet, "total_liabilities", "total_assets"))
            for period, sheet in balance.items()
        ]
        self._near("the ratio of debt over that of the balance sheet", ratios, 0.5, 2)

    def _latest(self, statement: Statement) -> dict[dt.date, Sheet]:
        return {period: sheet for (period, _), sheet in sorted(self._sheets.get(statement, {}).items(), key=_by_days)}

    def _near(self, what: str, pairs: Sequence[tuple[float | None, float | None]], low: float, high: float) -> None:
        found = sorted(one / other for one, other in pairs if one and other)
        if found and not low < (middle := found[len(found) // 2]) < high:
            raise self._error("units", f"{what} is {middle:.3g}; the units changed")

    def _error(self, kind: Any, message: str) -> Exception:
        return self._reader.error(kind, f"{self._symbol}: {message}")


def _by_days(pair: tuple[Key, Sheet]) -> Key:
    return pair[0]


def _sum(sheet: Sheet, one: str, other: str) -> float | None:
    first, second = sheet.get(one), sheet.get(other)
    return None if first is None or second is None else first + second


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _over(sheet: Sheet, one: str, other: str) -> float | None:
    first, second = sheet.get(one), sheet.get(other)
    return None if first is None or not second else first / second
