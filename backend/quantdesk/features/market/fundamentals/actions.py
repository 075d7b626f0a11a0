"""Corporate actions out of dividend plans, without making what is known poorer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from quantdesk.core.instruments.actions import CorporateAction, CorporateActionError
from quantdesk.core.sources.tables import Dividend
from quantdesk.features.market import repository
from quantdesk.features.market.corporate_actions import ActionReceipt, actions_of, store_actions
from quantdesk.kit.uow import UnitOfWork

IMPORTED = "import"
"""The source of actions that came out of a file of the user's."""


async def store_dividends(
    uow: UnitOfWork, plans: Iterable[Dividend], source: str, on_log: Callable[[str], None] = lambda _: None
) -> ActionReceipt:
    """Store the corporate actions that the plans have become.

    An action that was imported from a file stays as it is: its owner chose it, and it may know more. Of one that
    was fetched before, the amounts are replaced, and what a plan does not tell (rights, a split, the day of payment,
    the listing of the new shares) is kept.
    """
    told = _actions(plans, on_log)
    symbols = {action.symbol for action in told}
    sources = {(row.symbol, row.ex_date): row.source for row in await repository.actions(uow.session, symbols)}
    known = {
        (one.symbol, one.ex_date): one
        for mine in (await actions_of(uow, symbols)).values()
        for one in mine
        if one.listing is None
    }
    wanted = [
        _completed(action, known.get((action.symbol, action.ex_date)))
        for action in told
        if sources.get((action.symbol, action.ex_date)) != IMPORTED
    ]
    return await store_actions(uow, wanted, source)


def _actions(plans: Iterable[Dividend], on_log: Callable[[str], None]) -> list[CorporateAction]:
    found: list[CorporateAction] = []
    for plan in plans:
        try:
            action = plan.action()
        except CorporateActionError as error:
            on_log(f"the dividend of {plan.symbol} for {plan.report_date} is left out of the actions: {error}")
            continue
        if action is not None:
            found.append(action)
    return found


def _completed(told: CorporateAction, known: CorporateAction | None) -> CorporateAction:
    if known is None:
        return told
    return replace(
        told,
        split=known.split,
        rights=known.rights,
        rights_price=known.rights_price,
        announced=told.announced or known.announced,
        record_date=told.record_date or known.record_date,
        pay_date=known.pay_date,
        list_date=known.list_date,
    )
