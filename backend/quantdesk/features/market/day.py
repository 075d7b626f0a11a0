"""The market on any stored day: breadth, limits, streaks, movers. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from quantdesk.core.market import breadth
from quantdesk.core.market.limits import LimitDays, limit_days, streaks
from quantdesk.core.market.window import Window
from quantdesk.core.rules.book import rulebook
from quantdesk.core.sources.records import LimitUp
from quantdesk.features.market.day_schemas import (
    AboveAverage,
    ChangeBin,
    Figure,
    IndexCard,
    LadderRung,
    LimitUpShare,
    LimitUpSummary,
    MarketBreadth,
    MarketDay,
    MarketHistory,
    MarketName,
    MarketShare,
    Movers,
    YearExtremes,
)
from quantdesk.features.market.errors import MarketDayNotStored
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.features.market.window import window_cache
from quantdesk.ports.bar_store import BarStore, Coverage

HISTORY = 60
MOVERS = 20
_RUNG = 60
"""Shares of one streak that are named."""
_MANY = 30
"""So few real shares are no market while there is a simulated one."""
_INDICES = (
    "000001.SH",
    "399001.SZ",
    "399006.SZ",
    "000300.SH",
    "000905.SH",
    "000852.SH",
    "000016.SH",
    "000688.SH",
    "899050.BJ",
)


@dataclass(frozen=True)
class Market:
    """A market's stored shares and indices, and the day that is asked for."""

    name: MarketName
    names: list[MarketName]
    rows: Mapping[str, InstrumentRow]
    shares: list[Coverage]
    indices: list[Coverage]
    newest: dt.date
    wanted: dt.date

    @cached_property
    def content(self) -> str:
        """Give what changes whenever the bars do."""
        digest = sha256("".join(item.etag for item in (*self.shares, *self.indices)).encode())
        return f"{self.name} {digest.hexdigest()} {self.wanted}"

    def window(self, store: BarStore) -> tuple[Window, int]:
        """Give the shares' bars, and the place of the day. Raise MarketDayNotStored."""
        window = window_cache(store).window(store, self.name, self.shares, self.wanted, self.newest)
        day = window.day_index(np.datetime64(self.wanted))
        if day < 0:
            raise MarketDayNotStored(f"no shares are stored for {self.wanted} or the year before it", field="date")
        return window, day


def find_market(
    store: BarStore, rows: Mapping[str, InstrumentRow], name: MarketName | None, day: dt.date | None
) -> Market:
    """Find the market: the one named, else the real one, or the simulated one where hardly any real shares are stored.

    Without a day its newest: that on which most shares' bars end. Raise MarketDayNotStored.
    """
    covered = [item for item in store.list_coverage("1d") if item.symbol in rows]
    of: dict[MarketName, list[Coverage]] = {"cn": [], "demo": []}
    for item in covered:
        of["demo" if rows[item.symbol].simulated else "cn"].append(item)
    shares = {market: [item for item in found if rows[item.symbol].kind == "stock"] for market, found in of.items()}
    names: list[MarketName] = [market for market in shares if shares[market]]
    if name is None:
        name = "demo" if shares["demo"] and len(shares["cn"]) < _MANY else "cn"
    if not shares[name]:
        raise MarketDayNotStored("no shares are stored; make the demo market, import files or refresh", field="market")
    newest = max(Counter(item.last for item in shares[name]).items(), key=lambda entry: (entry[1], entry[0]))[0]
    wanted, first = min(day or newest, newest), min(item.first for item in shares[name])
    if wanted < first:
        raise MarketDayNotStored(f"the first stored day is {first}; choose it or a later one", field="date")
    return Market(
        name=name,
        names=names,
        rows=rows,
        shares=shares[name],
        indices=[item for item in of[name] if rows[item.symbol].kind == "index"],
        newest=newest,
        wanted=wanted,
    )


def market_day(store: BarStore, market: Market, pool: Sequence[LimitUp], industries: Mapping[str, str]) -> MarketDay:
    """Sum up the day. `pool` are stored rows of the limit-up pool, `industries` the industry's name of a symbol."""
    window, day = market.window(store)
    first = max(day + 1 - HISTORY, 0)
    limits = limit_days(window, rulebook(), _listed(market), day, HISTORY)
    change = window.change[:, day]
    past = window.change[:, first : day + 1]
    time: list[dt.date] = window.time.tolist()
    pooled = {row.symbol: row for row in pool if row.day == time[day]}
    gone = [market.rows[symbol].delist_date for symbol in window.symbols]
    delisted = np.array([left is not None and left <= time[day] for left in gone], dtype=np.bool_)
    counts = breadth.counts(window, day, delisted)
    return MarketDay(
        market=market.name,
        markets=market.names,
        date=time[day],
        previous=time[day - 1] if day else None,
        next=time[day + 1] if day + 1 < len(time) and time[day + 1] <= market.newest else None,
        first=min(item.first for item in market.shares),
        last=market.newest,
        shares=int(window.stored[:, day].sum()),
        updated_at=max(item.updated_at for item in market.shares),
        indices=_cards(store, market, time[day]),
        breadth=MarketBreadth(
            advancing=counts.advancing,
            declining=counts.declining,
            unchanged=counts.unchanged,
            suspended=counts.suspended,
            missing=counts.missing,
            limit_up=int(limits.up[:, -1].sum()),
            limit_down=int(limits.down[:, -1].sum()),
            broken=int((limits.touched[:, -1] & ~limits.up[:, -1]).sum()),
        ),
        histogram=[ChangeBin(low=bin.low, high=bin.high, count=bin.count) for bin in breadth.histogram(change)],
        above=[AboveAverage(days=one.days, above=one.above, of=one.of) for one in breadth.above_averages(window, day)],
        extremes=_extremes(window, day),
        history=MarketHistory(
            date=time[first : day + 1],
            advancing=breadth.per_day(past > 0),
            declining=breadth.per_day(past < 0),
            limit_up=breadth.per_day(limits.up),
            limit_down=breadth.per_day(limits.down),
            amount=breadth.turnover(window, first, day),
        ),
        limit_up=_limit_ups(market, window, day, limits, pooled, industries),
        movers=_movers(market, window, day),
    )


def _listed(market: Market) -> dict[str, dt.date]:
    """Give the first trading days: as known, else the first stored ones, but for what is stored from the start on."""
    start = min(item.first for item in market.shares)
    known = {item.symbol: market.rows[item.symbol].list_date for item in market.shares}
    later = {item.symbol: item.first for item in market.shares if item.first > start}
    return {symbol: day for symbol in known if (day := known[symbol] or later.get(symbol)) is not None}


def _extremes(window: Window, day: int) -> YearExtremes:
    found = breadth.extremes(window, day)
    return YearExtremes(highs=found.highs, lows=found.lows, of=found.of)


def _limit_ups(
    market: Market,
    window: Window,
    day: int,
    limits: LimitDays,
    pool: Mapping[str, LimitUp],
    industries: Mapping[str, str],
) -> LimitUpSummary:
    first = day + 1 - limits.up.shape[1]
    counted = streaks(limits.up, window.traded[:, first : day + 1])
    rungs = []
    for streak in sorted({int(count) for count in counted if count}, reverse=True):
        rows = np.flatnonzero(counted == streak)
        shown = rows[np.argsort(-np.nan_to_num(window.amount[rows, day]), kind="stable")][:_RUNG]
        shares = [_limit_up(_share(market, window, row, day), streak, pool, industries) for row in shown]
        rungs.append(LadderRung(streak=streak, count=len(rows), shares=shares))
    after = np.empty(0) if limits.up.shape[1] < 2 else window.change[limits.up[:, -2], day]
    after = after[np.isfinite(after)]
    return LimitUpSummary(rungs=rungs, day_after=float(after.mean()) if len(after) else None, pool_stored=bool(pool))


def _limit_up(
    share: MarketShare, streak: int, pool: Mapping[str, LimitUp], industries: Mapping[str, str]
) -> LimitUpShare:
    told = pool.get(share.symbol)
    return LimitUpShare(
        **share.model_dump(),
        streak=streak,
        industry=industries.get(share.symbol) or (told.industry if told else None),
        first_sealed=told.first_sealed if told else None,
        breaks=told.breaks if told else None,
        sealed_amount=told.sealed_amount if told else None,
    )


def _movers(market: Market, window: Window, day: int) -> Movers:
    change, amount = window.change[:, day], window.amount[:, day]
    by_change = np.argsort(np.where(np.isfinite(change), change, 0), kind="stable")
    by_amount = np.argsort(-np.nan_to_num(amount), kind="stable")

    def shares(rows: Sequence[int]) -> list[MarketShare]:
        return [_share(market, window, row, day) for row in rows]

    return Movers(
        gainers=shares([row for row in by_change[::-1][:MOVERS] if change[row] > 0]),
        losers=shares([row for row in by_change[:MOVERS] if change[row] < 0]),
        active=shares([row for row in by_amount[:MOVERS] if amount[row] > 0]),
    )


def _share(market: Market, window: Window, row: int, day: int) -> MarketShare:
    symbol = window.symbols[row]
    known = market.rows[symbol]
    return MarketShare(
        symbol=symbol,
        name=known.name,
        board=known.board,  # one of the schema's words, written by service.register
        close=_price(window.close[row, day]),
        change=_figure(window.change[row, day]),
        amount=_figure(window.amount[row, day]),
    )


def _cards(store: BarStore, market: Market, day: dt.date) -> list[IndexCard]:
    """Give the main indices; the simulated market has its own."""
    if market.name == "cn":
        chosen = [item for symbol in _INDICES for item in market.indices if item.symbol == symbol]
    else:
        chosen = market.indices
    chosen = [item for item in chosen if item.first <= day <= item.last]
    if not chosen:
        return []
    window = window_cache(store).window(store, f"{market.name} indices", chosen, day, market.newest)
    at = window.day_index(np.datetime64(day))
    cards = []
    for row, symbol in enumerate(window.symbols):
        if not window.stored[row, at]:
            continue
        closes = window.close[row, max(at + 1 - HISTORY, 0) : at + 1]
        cards.append(
            IndexCard(
                symbol=symbol,
                name=market.rows[symbol].name,
                close=_price(window.close[row, at]),
                change=_figure(window.change[row, at]),
                amount=_figure(window.amount[row, at]),
                closes=[_price(close) for close in closes[np.isfinite(closes)]],
            )
        )
    return cards


def _price(value: np.float32) -> float:
    return round(float(value), 3)


def _figure(value: np.float32) -> Figure:
    return round(float(value), 6) if np.isfinite(value) else None
