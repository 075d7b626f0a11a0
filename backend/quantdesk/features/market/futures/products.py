"""Products, contracts and main series of futures from the store. Blocking; call it in a thread."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.resample import resample
from quantdesk.core.bars.sessions import sessions_of
from quantdesk.core.bars.thin import bucket_ends
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.futures.continuous import BackAdjustment, Continuous, NoRollFigures, RollRule, continuous, splice
from quantdesk.core.futures.expiry import delivery_month, last_trading_day
from quantdesk.core.instruments.pinyin import initials
from quantdesk.core.instruments.symbol import product_of
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.derivative_rows import ContractRow
from quantdesk.core.sources.records import FuturesContract
from quantdesk.features.market.errors import BarsNotStored, NoMainSeries, UnknownProduct
from quantdesk.features.market.futures.schemas import (
    ContinuousSeries,
    FuturesContractItem,
    FuturesContractList,
    FuturesProduct,
    FuturesProductList,
    RollItem,
)
from quantdesk.features.market.history import History, coverage_of, history, is_intraday
from quantdesk.features.market.series import SeriesQuery, columns, days_between
from quantdesk.ports.bar_store import BarStore, Coverage

_RECENT = 15
"""Days before a contract's last bar that are read for the figures of its last two."""


@dataclass(frozen=True, slots=True)
class ContinuousQuery:
    product: str
    """As in the rulebook, e.g. rb.SHFE."""
    rule: RollRule
    back_adjust: BackAdjustment
    series: SeriesQuery

    def etag(self, store: BarStore, contracts: Mapping[str, Coverage]) -> str:
        """Give the ETag of the answer: of the query and of all stored bars that go into it."""
        daily = [f"{name} {one.etag}" for name, one in sorted(contracts.items())]
        finer: list[str] = []
        if is_intraday(self.series.interval):
            for name in sorted(contracts):
                with contextlib.suppress(BarsNotStored):
                    finer.append(coverage_of(store, name, self.series.interval).etag)
        text = "\n".join((repr(self), *daily, *finer))
        return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def product_named(text: str) -> str:
    """Give the product of `rb`, `RB` or `rb.SHFE`, e.g. rb.SHFE. Raise UnknownProduct."""
    wanted = text.strip().upper()
    for key in _products():
        if wanted in (key.upper(), key.partition(".")[0].upper()):
            return key
    raise UnknownProduct(f"there is no futures product {text[:40]!r} here; write one such as rb or rb.SHFE")


def products(store: BarStore) -> FuturesProductList:
    """Give all products of the rulebook, those with stored bars first."""
    stored = _contracts_by_product(store)
    items = [_product(store, key, stored.get(key, {})) for key in _products()]
    return FuturesProductList(items=sorted(items, key=lambda one: not (one.contracts or one.main_stored)))


def contracts_of(store: BarStore, product: str) -> dict[str, Coverage]:
    """Give the coverage of the product's stored contracts."""
    return _contracts_by_product(store).get(product, {})


def contract_list(
    store: BarStore, product: str, records: list[FuturesContract], calendar: TradingCalendar | None
) -> FuturesContractList:
    """Give the product's stored contracts with the figures of their last day."""
    covered = contracts_of(store, product)
    known = {one.symbol: one.last_trade_day for one in records if one.last_trade_day is not None}
    newest = max((one.last for one in covered.values()), default=None)
    items = [
        _contract(store, coverage, active=coverage.last == newest, known=known.get(name), calendar=calendar)
        for name, coverage in sorted(covered.items(), key=lambda entry: delivery_month(entry[0]))
    ]
    traded = [one for one in items if one.active]
    main = max(traded, key=lambda one: one.open_interest or 0.0, default=None)
    if main is not None and main.open_interest:
        items = [one.model_copy(update={"main": one.symbol == main.symbol}) for one in items]
    return FuturesContractList(product=_product(store, product, covered), items=items)


def continuous_series(store: BarStore, contracts: Mapping[str, Coverage], query: ContinuousQuery) -> ContinuousSeries:
    """Splice the product's main series. Raise BarsNotStored, NoMainSeries."""
    wanted = query.series
    bars = {name: one for name in contracts if (one := store.read(name, "1d", as_of=wanted.known_at)) is not None}
    if not bars:
        raise BarsNotStored(f"no daily bars of single contracts of {query.product} are stored", symbol=query.product)
    try:
        main = continuous(bars, query.product, rule=query.rule, adjust=query.back_adjust, until=wanted.as_of)
    except NoRollFigures as error:
        raise NoMainSeries(str(error), symbol=query.product) from error
    found = _history(store, main, query)
    newest = max(contracts.values(), key=lambda one: one.updated_at)
    named = dict(zip(main.bars.time.tolist(), main.contracts, strict=True))
    rows = days_between(found, wanted.start, wanted.end)
    ends = bucket_ends(rows.stop - rows.start, wanted.max_points)
    return ContinuousSeries(
        product=query.product,
        rule=query.rule,
        back_adjust=query.back_adjust,
        bars=columns(found, newest, wanted),
        contracts=[named[day] for day in found.days[rows][ends].tolist()],
        rolls=[
            RollItem(
                date=roll.day,
                decided=roll.decided,
                old=roll.old,
                new=roll.new,
                old_close=roll.old_close,
                new_close=roll.new_close,
                forced=roll.forced,
            )
            for roll in main.rolls
        ],
    )


def _history(store: BarStore, main: Continuous, query: ContinuousQuery) -> History:
    interval = query.series.interval
    if interval == "1d":
        return History(main.bars, main.bars.time, "none")
    if interval in ("1w", "1M"):
        bars = resample(main.bars, interval)
        return History(bars, bars.time, "none")
    pieces = {}
    for name in dict.fromkeys(main.contracts):
        try:
            coverage = coverage_of(store, name, interval)
        except BarsNotStored:
            continue
        one = history(store, coverage, interval, known_at=query.series.known_at)
        pieces[name] = (one.bars, one.days)
    found = splice(pieces, main, query.back_adjust, query.product)
    if found is None:
        raise BarsNotStored(
            f"no {interval} bars of the main contracts of {query.product} are stored", symbol=query.product
        )
    return History(found[0], found[1], "none")


def _contract(
    store: BarStore, coverage: Coverage, *, active: bool, known: dt.date | None, calendar: TradingCalendar | None
) -> FuturesContractItem:
    recent = store.read(coverage.symbol, "1d", coverage.last - dt.timedelta(days=_RECENT))
    if recent is None or not len(recent):
        raise BarsNotStored(f"no bars of {coverage.symbol} are stored", symbol=coverage.symbol)
    settled, held = _last_two(recent.settle), _last_two(recent.open_interest)
    base = settled[0] if settled[0] is not None else coverage.latest.previous_close
    rule = _row(product_key(coverage.symbol)).last_day
    ends = known or last_trading_day(coverage.symbol, rule, calendar)
    return FuturesContractItem(
        symbol=coverage.symbol,
        active=active,
        main=False,
        date=coverage.last,
        close=coverage.latest.close,
        change=coverage.latest.close / base - 1 if base else None,
        volume=float(recent.volume[-1]),
        open_interest=held[1],
        open_interest_change=held[1] - held[0] if held[0] is not None and held[1] is not None else None,
        settle=settled[1],
        last_trade_day=ends,
        last_trade_day_known=known is not None,
        days_left=max((ends - coverage.last).days, 0),
        first_date=coverage.first,
        bars=coverage.rows,
    )


def product_key(symbol: str) -> str:
    """Give rb.SHFE of rb2410.SHFE."""
    return f"{product_of(symbol)}.{symbol.partition('.')[2]}"


def _last_two(values: FloatArray | None) -> tuple[float | None, float | None]:
    """Give the last figure but one and the last, None where they are not known."""
    both = [np.nan, np.nan, *(() if values is None else values[-2:])][-2:]
    before, last = (None if np.isnan(one) else float(one) for one in both)
    return before, last


def _product(store: BarStore, key: str, contracts: Mapping[str, Coverage]) -> FuturesProduct:
    row, subject = _row(key), rulebook().subject(key)
    main = store.coverage(key, "1d")
    newest = [one.last for one in (*contracts.values(), *([main] if main else []))]
    return FuturesProduct(
        symbol=key,
        product=key.partition(".")[0],
        exchange=key.partition(".")[2],
        name=row.name,
        pinyin=initials(row.name.zh),
        multiplier=row.multiplier,
        price_tick=float(row.tick),
        night=sessions_of(subject, max(newest, default=dt.date(2025, 1, 2))).night > 0,
        contracts=len(contracts),
        main_stored=main is not None,
        last_date=max(newest, default=None),
    )


def _contracts_by_product(store: BarStore) -> dict[str, dict[str, Coverage]]:
    found: dict[str, dict[str, Coverage]] = {}
    for coverage in store.list_coverage("1d"):
        symbol = coverage.symbol
        if product_of(symbol) is not None and symbol != (key := product_key(symbol)):
            found.setdefault(key, {})[symbol] = coverage
    return found


@cache
def _products() -> dict[str, ContractRow]:
    """Give each product's newest terms, in the rulebook's order."""
    book = rulebook()
    keys = dict.fromkeys(key for row in book.tables.contract for key in row.products)
    return {key: row for key in keys if (row := book.contract(book.subject(key))) is not None}


def _row(key: str) -> ContractRow:
    return _products()[key]
