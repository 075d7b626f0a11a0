"""Corporate actions as they are stored: one row a symbol and ex-date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

from quantdesk.core.instruments.actions import CorporateAction, by_ex_date
from quantdesk.features.market import repository
from quantdesk.features.market.schemas import CorporateActionItem
from quantdesk.features.market.tables import CorporateActionRow
from quantdesk.kit import clock
from quantdesk.kit.uow import UnitOfWork

_FIELDS = tuple(field.name for field in fields(CorporateAction) if field.name != "listing")


@dataclass(frozen=True, slots=True)
class ActionReceipt:
    """What a write of corporate actions changed, in ex-dates."""

    inserted: int
    updated: int
    unchanged: int


async def actions_of(
    uow: UnitOfWork, symbols: Iterable[str], start: dt.date | None = None, end: dt.date | None = None
) -> dict[str, list[CorporateAction]]:
    """Give the stored actions with an ex-date from `start` to `end` (included), oldest first, by symbol.

    Known days of listing and delisting are among them. Symbols without any have no entry.
    """
    wanted = set(symbols)
    found: dict[str, list[CorporateAction]] = {}
    for row in await repository.actions(uow.session, wanted, start, end):
        found.setdefault(row.symbol, []).append(_action(row))
    for symbol, listed, delisted in await repository.listing_days(uow.session, wanted):
        events: tuple[tuple[dt.date | None, Literal["listed", "delisted"]], ...]
        events = ((listed, "listed"), (delisted, "delisted"))
        for day, event in events:
            if day is not None and (start is None or day >= start) and (end is None or day <= end):
                found.setdefault(symbol, []).append(CorporateAction(symbol, day, listing=event))
    return {symbol: sorted(mine, key=lambda action: action.ex_date) for symbol, mine in found.items()}


async def store_actions(
    uow: UnitOfWork, actions: Iterable[CorporateAction], source: str, *, dry_run: bool = False
) -> ActionReceipt:
    """Store actions, those of one symbol and ex-date as one; the same ones again change nothing.

    What is stored of a symbol and ex-date is replaced: a file that corrects an earlier one wins.
    """
    wanted = {(one.symbol, one.ex_date): one for each in by_ex_date(actions).values() for one in each}
    stored = {
        (row.symbol, row.ex_date): _action(row)
        for row in await repository.actions(uow.session, {symbol for symbol, _ in wanted})
    }
    changed = [key for key, action in wanted.items() if stored.get(key) != action]
    if not dry_run:
        told = {"source": source, "updated_at": clock.utcnow()}
        rows = [{name: getattr(wanted[key], name) for name in _FIELDS} | told for key in sorted(changed)]
        await repository.put_actions(uow.session, rows)
    inserted = sum(key not in stored for key in changed)
    return ActionReceipt(inserted, len(changed) - inserted, len(wanted) - len(changed))


async def list_actions(uow: UnitOfWork, symbol: str) -> list[CorporateActionItem]:
    """Give what is stored of a symbol, newest first, for the page."""
    rows = await repository.actions(uow.session, [symbol])
    return [_item(row) for row in reversed(rows)]


def _action(row: CorporateActionRow) -> CorporateAction:
    return CorporateAction(**{name: getattr(row, name) for name in _FIELDS})


def _item(row: CorporateActionRow) -> CorporateActionItem:
    action = _action(row)
    zh, en = action.words()
    amounts = {
        name: None if (amount := getattr(action, name)) is None else format(amount.normalize(), "f")
        for name in ("cash", "bonus", "conversion", "split", "rights", "rights_price")
    }
    return CorporateActionItem(
        kinds=list(action.kinds),
        words_zh=zh,
        words_en=en,
        **amounts,
        ex_date=row.ex_date,
        announced=row.announced,
        record_date=row.record_date,
        pay_date=row.pay_date,
        list_date=row.list_date,
        source=row.source,
    )
