"""Prices of the simulated market, drawn day by day for all companies at once, in whole cents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quantdesk.adapters.data_source.demo_universe import Universe
from quantdesk.core.bars.frame import FloatArray

Cents = NDArray[np.int64]

CHINEXT_REFORM = dt.date(2020, 8, 24)
"""From this day ChiNext moves by 20 % a day, also under ST."""
NO_LIMIT_DAYS = {"main": 5, "chinext": 5, "star": 5, "bse": 1}
"""First days of a new listing without a price limit. (Simplified: the real rule changed over the years.)"""

_VOLATILITY = {"main": 0.021, "chinext": 0.027, "star": 0.029, "bse": 0.031}
"""Daily standard deviation of what is a company's own."""
_MARKET_VOLATILITY = 0.0125
_INDUSTRY_VOLATILITY = 0.006
_MARKET_DRIFT = 0.00035
_PULL = 0.0008
"""Share of the way back to a company's usual price level that is made up in a day."""


@dataclass(slots=True, eq=False)
class Prices:
    """What was drawn. T x N; prices in cents, volume in shares, amount in yuan."""

    shape: tuple[int, int]
    open: Cents = field(init=False)
    high: Cents = field(init=False)
    low: Cents = field(init=False)
    close: Cents = field(init=False)
    preclose: Cents = field(init=False)
    volume: FloatArray = field(init=False)
    amount: FloatArray = field(init=False)
    capital: FloatArray = field(init=False)
    """Market value in yuan before the day: last close x shares."""
    cash: Cents = field(init=False)
    """Dividend a share of this ex-right day."""
    bonus: NDArray[np.int64] = field(init=False)
    """Bonus shares for ten held, likewise."""

    def __post_init__(self) -> None:
        for name in ("open", "high", "low", "close", "preclose", "cash", "bonus"):
            setattr(self, name, np.zeros(self.shape, dtype=np.int64))
        for name in ("volume", "amount", "capital"):
            setattr(self, name, np.zeros(self.shape))


def limit_per_mille(universe: Universe) -> Cents:
    """Give each day's price limit, T x N, in thousandths of the previous close.

    Main board 10 %, under ST 5 %; ChiNext the same until CHINEXT_REFORM and 20 % since; STAR 20 %; BSE 30 %.
    """
    boards = np.array(universe.boards)
    main = np.where(universe.st, 50, 100)
    after_reform = (universe.days >= np.datetime64(CHINEXT_REFORM))[:, None]
    limits = np.where((boards == "chinext") & after_reform, 200, main)
    limits = np.where(boards == "star", 200, limits)
    return np.where(boards == "bse", 300, limits)


def price_limits(preclose: Cents, per_mille: Cents) -> tuple[Cents, Cents]:
    """Give (limit_down, limit_up) in cents, rounded half up as the exchanges do."""
    return (preclose * (1000 - per_mille) + 500) // 1000, (preclose * (1000 + per_mille) + 500) // 1000


def draw(universe: Universe, seed: int) -> Prices:
    """Draw all bars.

    A log return is market + industry + own, each with volatility that clusters (GARCH(1,1)) and fat tails
    (Student t, 4 degrees of freedom). What a price limit cuts off moves half-way into the next day, so that
    limit days come in rows as they do in life.
    """
    rng = np.random.default_rng([seed, 2])
    days, companies = universe.suspended.shape
    boards = np.array(universe.boards)
    market = _clustered(rng, days, 1) * _MARKET_VOLATILITY + _MARKET_DRIFT
    industry = _clustered(rng, days, int(universe.industry.max()) + 1) * _INDUSTRY_VOLATILITY
    beta = rng.uniform(0.6, 1.4, companies)
    own_volatility = np.array([_VOLATILITY[b] for b in boards]) * rng.uniform(0.75, 1.3, companies)
    own = _clustered(rng, days, companies) * own_volatility
    common = beta * market + industry[:, universe.industry]
    deviation = np.sqrt(own_volatility**2 + (beta * _MARKET_VOLATILITY) ** 2)
    doomed = universe.st & (universe.last < days - 1)
    planned = common + own - deviation**2 / 2 - 0.002 * doomed

    usual = np.log(rng.lognormal(np.log(1400), 0.7, companies))
    close = np.rint(np.exp(usual)).astype(np.int64)
    shares = np.rint(rng.lognormal(np.log(6e8), 0.9, companies) / 1e4) * 1e4
    shares[boards == "bse"] /= 8
    turnover = rng.lognormal(np.log(0.012), 0.5, companies)
    interest = np.zeros(companies)  # log of today's turnover against the usual
    carried = np.zeros(companies)
    cash_due, bonus_due = np.zeros(companies), np.zeros(companies, dtype=np.int64)

    prices = Prices((days, companies))
    per_mille = limit_per_mille(universe)
    listed, new = universe.listed, universe.new()
    free_days = np.array([NO_LIMIT_DAYS[b] for b in boards])
    gaps, ups, downs, interests = (rng.standard_normal((days, companies)) for _ in range(4))
    chances = rng.random((days, companies))
    pops = np.abs(rng.normal(0.45, 0.3, companies))

    for t in range(days):
        active = listed[t] & ~universe.suspended[t]
        prices.capital[t] = np.where(listed[t], close / 100 * shares, 0)

        # Ex-right: what falls due under a suspension waits for its end; companies under ST pay nothing.
        cash_due = np.where(universe.st[t], 0, np.maximum(cash_due, universe.cash_yield[t]))
        bonus_due = np.where(universe.st[t], 0, np.maximum(bonus_due, universe.bonus_tenths[t]))
        due = active & (t > universe.first) & (close > 200)
        cash = np.where(due, np.rint(close * cash_due), 0).astype(np.int64)
        bonus = np.where(due, bonus_due, 0)
        prices.cash[t], prices.bonus[t] = cash, bonus
        preclose = (2 * (close - cash) * 10 + 10 + bonus) // (2 * (10 + bonus))
        cash_due, bonus_due = (np.where(active, 0, d) for d in (cash_due, bonus_due))
        shares = shares * (10 + bonus) / 10

        debut = new & (t == universe.first)
        level = np.log(preclose)
        wish = planned[t] + carried + _PULL * (usual - level) + 0.004 * (preclose < 200) + pops * debut
        down, up = price_limits(preclose, per_mille[t])
        free = new & (t - universe.first < free_days)
        down, up = np.where(free, 1, np.maximum(down, 1)), np.where(free, preclose * 100, up)

        def settle(log_return: FloatArray, pre: Cents, lo: Cents, hi: Cents) -> Cents:
            return np.clip(np.rint(pre * np.exp(log_return)).astype(np.int64), lo, hi)

        today = settle(wish, preclose, down, up)
        opening = settle(0.35 * wish + 0.3 * deviation * gaps[t], preclose, down, up)
        above, below = (0.45 * deviation * np.abs(noise[t]) for noise in (ups, downs))
        higher, lower = np.maximum(opening, today), np.minimum(opening, today)
        highest, lowest = settle(above, higher, down, up), settle(-below, lower, down, up)
        # Far beyond the limit nobody sells (or buys): mostly one price all day.
        room = np.log(np.where(wish > 0, up, down) / preclose)
        one_price = ~free & (np.abs(wish) > 1.4 * np.abs(room)) & (chances[t] < 0.7)
        opening, highest, lowest = (np.where(one_price, today, x) for x in (opening, highest, lowest))
        excess = np.where(~free & (np.abs(wish) > np.abs(room)), wish - room, 0)
        carried = np.where(active, np.clip(0.5 * excess, -0.2, 0.2), carried)

        interest = 0.9 * interest + 0.22 * interests[t]
        heat = np.exp(interest + 0.25 * np.minimum(np.abs(wish) / deviation, 4) + 2.5 * debut)
        volume = np.rint(shares * np.minimum(turnover * heat, 0.6) / 100) * 100
        volume = np.where(active, np.maximum(np.where(one_price, volume // 1000 * 100, volume), 100), 0)
        average = (opening + highest + lowest + today) / 4

        prices.open[t] = np.where(active, opening, close)
        prices.high[t] = np.where(active, highest, close)
        prices.low[t] = np.where(active, lowest, close)
        prices.preclose[t] = np.where(active, preclose, close)
        prices.volume[t] = volume
        prices.amount[t] = np.rint(volume * average) / 100
        close = np.where(active, today, close)
        prices.close[t] = close
    return prices


def _clustered(rng: np.random.Generator, days: int, series: int) -> FloatArray:
    """Draw T x series shocks of unit variance whose size clusters: GARCH(1,1) over Student t (4)."""
    shocks = rng.standard_t(4, (days, series)) / np.sqrt(2)
    out: FloatArray = np.empty((days, series))
    variance = np.ones(series)
    for t in range(days):
        out[t] = np.sqrt(variance) * shocks[t]
        variance = np.minimum(0.04 + 0.07 * out[t] ** 2 + 0.89 * variance, 8)
    return out
