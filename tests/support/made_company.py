"""A company's tables made by hand, for tests and for a look at the stock page. No figure of it is a real one.

    python -m tests.support.made_company 600519.SH

stores them in the data of QD_HOME, with bars to go with them. The company loses money in 2020, restates a year, pays
a dividend each year with profit, and was called ST for a while.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import sys
from decimal import Decimal
from typing import Any

import numpy as np

from quantdesk.core.instruments.symbol import kind_of
from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import StatementItem, ValuationDay
from quantdesk.core.sources.tables import Dividend, NameRecord
from quantdesk.core.tables.specs import TableName
from quantdesk.features.datasets import service as datasets
from quantdesk.features.market import service as market
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.made_bars import random_walk

FIRST_YEAR, LAST_YEAR = 2015, 2025
LOSS_YEAR = 2020
ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
TOLD = ((4, 27), (8, 28), (10, 29), (3, 30))
SHARES = 1.2e9


def tables(symbol: str) -> dict[TableName, list[Any]]:
    """Give the rows of the company's four tables."""
    return {
        "statements": statements(symbol),
        "valuation": valuation(symbol),
        "dividends": dividends(symbol),
        "names": [
            NameRecord(symbol, "样本股份", 0, dt.date(FIRST_YEAR, 1, 5)),
            NameRecord(symbol, "*ST样本", 1, dt.date(LOSS_YEAR + 1, 5, 6)),
            NameRecord(symbol, "样本股份", 2, dt.date(LOSS_YEAR + 2, 5, 9)),
        ],
    }


def revenue_of(year: int) -> float:
    return 4e9 * 1.12 ** (year - FIRST_YEAR) * (0.6 if year == LOSS_YEAR else 1)


def profit_of(year: int) -> float:
    return -3e8 if year == LOSS_YEAR else revenue_of(year) * 0.18


def statements(symbol: str) -> list[StatementItem]:
    rows: list[StatementItem] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for quarter, (end, told) in enumerate(zip(ENDS, TOLD, strict=True)):
            report = dt.date(year, *end)
            announced = dt.date(year + (quarter == 3), *told)
            values = figures(year, quarter)
            rows += [_item(symbol, report, announced, item, value) for item, value in values.items()]
            if (year, quarter) == (LOSS_YEAR, 3):
                restated = announced.replace(year=announced.year + 1)
                rows.append(_item(symbol, report, restated, "net_profit_parent", profit_of(year) * 1.1))
    return rows


def figures(year: int, quarter: int) -> dict[str, float | None]:
    share = (0.22, 0.46, 0.71, 1.0)[quarter]
    revenue, profit = revenue_of(year) * share, profit_of(year) * share
    equity = 6e9 * 1.08 ** (year - FIRST_YEAR) + profit
    return {
        "revenue": revenue,
        "operating_cost": revenue * 0.55,
        "rd_expense": revenue * 0.06,
        "selling_expense": revenue * 0.08,
        "admin_expense": revenue * 0.05,
        "operating_profit": profit * 1.2,
        "net_profit": profit * 1.02,
        "net_profit_parent": profit,
        "net_profit_deducted": profit * 0.93,
        "eps_basic": profit / SHARES,
        "total_assets": equity * 1.7,
        "cash": equity * 0.4,
        "inventory": equity * 0.2,
        "goodwill": None,
        "total_liabilities": equity * 0.7,
        "equity_parent": equity,
        "operating_cash_flow": profit * 1.1,
        "capex": revenue * 0.07,
        "cash_end": equity * 0.4,
        "roe": profit / equity,
        "gross_margin": 0.45,
        "debt_ratio": 0.7 / 1.7,
        "bps": equity / SHARES,
    }


def valuation(symbol: str) -> list[ValuationDay]:
    rows: list[ValuationDay] = []
    for at, day in enumerate(_weekdays(dt.date(FIRST_YEAR + 1, 4, 1), dt.date(LAST_YEAR, 12, 31))):
        known = day.year - 1 - (day.month < 4)
        profit, revenue = profit_of(known), revenue_of(known)
        value = abs(profit_of(known if known != LOSS_YEAR else LOSS_YEAR - 1)) * (24 + 9 * math.sin(at / 190))
        close = value / SHARES
        multiples = (value / profit, value / profit, value / figures(known, 3)["equity_parent"], value / revenue)  # type: ignore[operator]
        pe, static, pb, ps = (round(one, 4) for one in multiples)
        rows.append(
            ValuationDay(
                symbol, day, round(close, 2), value, value * 0.8, SHARES, SHARES * 0.8, pe, static, pb, ps, None, None
            )
        )
    return rows


def dividends(symbol: str) -> list[Dividend]:
    rows: list[Dividend] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        cash = (
            Decimal(0)
            if profit_of(year) < 0
            else Decimal(round(profit_of(year) * 0.3 / SHARES, 3)).quantize(Decimal("0.001"))
        )
        told, ex = dt.date(year + 1, 3, 30), dt.date(year + 1, 6, 20)
        done = year < LAST_YEAR and cash > 0
        progress = "不分配" if not cash else "实施分配" if done else "股东大会决议通过"
        bonus = Decimal("0.2") if year == FIRST_YEAR + 1 else Decimal(0)
        record = ex - dt.timedelta(days=1) if done else None
        plan = Dividend(
            symbol, dt.date(year, 12, 31), progress, cash, bonus, Decimal(0), told, record, ex if done else None
        )
        rows.append(plan)
    return rows


async def store(context: Context, symbol: str) -> None:
    """Store the company's tables, as a source called `made` would have told them."""
    async with context.database.unit() as uow:
        for table, rows in tables(symbol).items():
            await datasets.store(
                uow, context, table, symbol, rows, source="made", parser=f"made.{table}/1", fetched_at=clock.utcnow()
            )


async def _main(symbol: str) -> None:
    from quantdesk.bootstrap import build_context
    from quantdesk.settings import load_settings

    context = build_context(load_settings())
    await store(context, symbol)
    bars = random_walk(symbol, 2600, seed=7, start="2016-01-04")
    flagged = (bars.time >= np.datetime64("2021-05-06")) & (bars.time < np.datetime64("2022-05-09"))
    bars.is_st[:] = flagged
    context.bars.merge([bars], source="made", now=clock.utcnow())
    async with context.database.unit() as uow:
        info = InstrumentInfo(symbol, "样本股份", kind_of(symbol), "main", dt.date(FIRST_YEAR, 1, 5), None)
        await market.register(uow, [info], "made")
    await context.close()


def _item(symbol: str, report: dt.date, announced: dt.date, item: str, value: float | None) -> StatementItem:
    return StatementItem(symbol, ITEMS[item].statement, report, announced, item, value)


def _weekdays(first: dt.date, last: dt.date) -> list[dt.date]:
    days = (first + dt.timedelta(days=at) for at in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
