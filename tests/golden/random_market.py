"""Random markets: walks over several boards that lock, are suspended, go ex right, are listed late and trade thinly."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction

DAYS = 40
DATES = np.busday_offset("2023-08-07", np.arange(DAYS))
"""Over the change of the stamp duty on 2023-08-28."""
BOARDS = {"600001.SH": 0.1, "000002.SZ": 0.1, "300003.SZ": 0.2, "688004.SH": 0.2, "832005.BJ": 0.3, "600006.SH": 0.05}
"""Price limit by symbol; the last one is under risk warning."""
ALWAYS = "600001.SH"
"""Trades every day, so that every day is a day of the run."""

Actions = dict[str, list[CorporateAction]]


def random_market(seed: int) -> tuple[dict[str, Bars], Actions]:
    """Give bars and known corporate actions by symbol; some ex-right days are known by the previous close alone."""
    random = np.random.default_rng(seed)
    market: dict[str, Bars] = {}
    actions: Actions = {}
    for symbol, bound in BOARDS.items():
        days = np.arange(DAYS)
        if symbol != ALWAYS:
            days = days[random.random(DAYS) > 0.06]
            days = days[days >= random.integers(0, 6)]
        rows = []
        last = float(np.round(random.uniform(3, 60), 2))
        known: list[CorporateAction] = []
        for at, day in enumerate(days):
            suspended = symbol != ALWAYS and at > 0 and random.random() < 0.05
            base = last
            if at and not suspended and random.random() < 0.06:
                base = _ex_right(random, symbol, last, DATES[day].item(), known)
            prices, volume = _bar(random, base, bound, suspended)
            rows.append(
                (*prices, volume, volume * sum(prices) / 4 if random.random() < 0.7 else np.nan, base, suspended)
            )
            last = prices[3]
        table = np.array(rows).T
        is_st = np.full(len(days), bound == 0.05)
        market[symbol] = Bars(symbol, "1d", DATES[days], *table[:7], table[7] > 0, is_st)
        actions[symbol] = known
    return market, actions


def _ex_right(
    random: np.random.Generator, symbol: str, last: float, day: object, known: list[CorporateAction]
) -> float:
    """Draw what the ex-right previous close is, and note the action where it is told."""
    kind = random.integers(0, 5)
    cash = Decimal(int(random.integers(1, 30))) / 100
    if kind == 0 and float(cash) < last / 2:
        known.append(CorporateAction(symbol=symbol, ex_date=day, cash=cash))
        return round(last - float(cash), 2)
    if kind == 1:
        known.append(CorporateAction(symbol=symbol, ex_date=day, bonus=Decimal("0.3"), conversion=Decimal("0.45")))
        return round(last / 1.75, 2)
    if kind == 2:
        price = Decimal(str(round(last * 0.7, 2)))
        known.append(CorporateAction(symbol=symbol, ex_date=day, rights=Decimal("0.3"), rights_price=price))
        return round((last + 0.3 * float(price)) / 1.3, 2)
    return round(last * (0.96 if kind == 3 else 0.61), 2)


def _bar(random: np.random.Generator, base: float, bound: float, suspended: bool) -> tuple[list[float], float]:
    fen = round(base * 100)
    top, bottom = (((fen * (100 + way * round(bound * 100))) * 2 + 100) // 200 / 100 for way in (1, -1))
    kind = random.random()
    if suspended:
        return [base] * 4, 0.0
    volume = float(random.integers(0, 3_000) if random.random() < 0.2 else random.integers(3_000, 3_000_000))
    if kind < 0.16:
        return [top if kind < 0.08 else bottom] * 4, volume
    drawn = np.clip(np.round(base * (1 + random.normal(0, bound / 2.5, 4)), 2), bottom, top).tolist()
    return [drawn[0], max(drawn), min(drawn), drawn[1]], volume
