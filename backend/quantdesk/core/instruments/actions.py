"""Corporate actions (除权除息), and the ex-right reference price they give, exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from quantdesk.core.instruments.symbol import split as split_symbol

ActionKind = Literal["cash_dividend", "bonus_share", "conversion", "rights_issue", "split"]

KIND_WORDS: dict[ActionKind, tuple[str, str]] = {
    "cash_dividend": ("派息", "cash dividend"),
    "bonus_share": ("送股", "bonus shares"),
    "conversion": ("转增", "conversion of reserves"),
    "rights_issue": ("配股", "rights issue"),
    "split": ("拆分合并", "split or merger"),
}
"""(Chinese, English) of each kind."""

DECIMALS = 8
"""Of an amount a share: what the simulator's integers hold."""
_LARGEST = Decimal(10_000)
_ZERO, _ONE = Decimal(0), Decimal(1)


class CorporateActionError(ValueError):
    """A corporate action that cannot be. `field` names the value at fault; the message says what to write.

    `code` is one of amount_range, amount_decimals, rights_price, rights, nothing, date_order.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """What one share of a symbol gets on an ex-right day. Amounts are a share, in the quote's currency.

    Raise CorporateActionError for an action without content, a negative, unbounded or too finely divided amount,
    rights without their price (or a price without rights), and dates out of order.
    """

    symbol: str
    ex_date: dt.date
    """The first day on which the price is without the right; who holds at the close before has it."""
    cash: Decimal = _ZERO
    """Before tax."""
    bonus: Decimal = _ZERO
    """送股: new shares out of profit; taxed as a dividend at their par value."""
    conversion: Decimal = _ZERO
    """转增: new shares out of the capital reserve; not taxed."""
    split: Decimal = _ONE
    """Shares that one share becomes; below 1 for a merger of shares."""
    rights: Decimal = _ZERO
    """配股: new shares that the holder may buy at `rights_price`."""
    rights_price: Decimal | None = None
    announced: dt.date | None = None
    record_date: dt.date | None = None
    """Of a B share after the ex-date."""
    pay_date: dt.date | None = None
    """Of the cash."""
    list_date: dt.date | None = None
    """From when the new shares may be sold."""
    listing: Literal["listed", "delisted"] | None = None
    """The symbol's own first day of trading, or the first day on which it is no longer listed: an event without
    amounts, which the simulator needs as it needs the others."""

    def __post_init__(self) -> None:
        split_symbol(self.symbol)
        for name in ("cash", "bonus", "conversion", "split", "rights", "rights_price"):
            amount = getattr(self, name)
            if amount is not None:
                _check_amount(name, amount)
        if self.split == 0:
            raise CorporateActionError(
                "amount_range", "split", "split is 0; give the shares that one share becomes, 1 for no split"
            )
        if self.rights and not self.rights_price:
            raise CorporateActionError(
                "rights_price", "rights_price", f"rights of {self.rights} a share need a rights_price above 0"
            )
        if self.rights_price is not None and not self.rights:
            raise CorporateActionError("rights", "rights", f"rights_price {self.rights_price} stands without rights")
        if self.listing is not None and self.kinds:
            raise CorporateActionError(
                "listing", "listing", f"{self.listing} stands alone; give what is paid on that day an action of its own"
            )
        if not self.kinds and self.listing is None:
            raise CorporateActionError(
                "nothing", "cash", "nothing is paid, given, offered or split; leave such a row out"
            )
        if self.announced is not None and self.announced > self.ex_date:
            raise CorporateActionError(
                "date_order", "announced", f"announced {self.announced} is after the ex_date {self.ex_date}"
            )
        for name in ("pay_date", "list_date"):
            day = getattr(self, name)
            if day is not None and day < self.ex_date:
                raise CorporateActionError("date_order", name, f"{name} {day} is before the ex_date {self.ex_date}")

    @property
    def kinds(self) -> tuple[ActionKind, ...]:
        """What it consists of, cash first."""
        parts: tuple[tuple[ActionKind, bool], ...] = (
            ("cash_dividend", self.cash != 0),
            ("bonus_share", self.bonus != 0),
            ("conversion", self.conversion != 0),
            ("rights_issue", self.rights != 0),
            ("split", self.split != 1),
        )
        return tuple(kind for kind, there in parts if there)

    def words(self) -> tuple[str, str]:
        """Say in Chinese and English what ten shares get, e.g. 10送3派1.5 (元)."""
        zh, en = "", []
        for label_zh, label_en, amount in (
            ("送", "bonus shares", self.bonus),
            ("转", "shares of the reserves", self.conversion),
            ("派", "in cash before tax", self.cash),
        ):
            if amount:
                zh += f"{label_zh}{_plain(amount * 10)}"
                en.append(f"{_plain(amount * 10)} {label_en}")
        if self.rights and self.rights_price:
            zh += f"配{_plain(self.rights * 10)}(配股价{_plain(self.rights_price)})"
            en.append(f"rights to {_plain(self.rights * 10)} shares at {_plain(self.rights_price)}")
        if self.split != 1:
            zh += f"拆为{_plain(self.split * 10)}"
            en.append(f"split into {_plain(self.split * 10)}")
        return f"10{zh}", f"for 10 shares: {', '.join(en)}"


def ex_right_price(preclose: Decimal, action: CorporateAction, tick: Decimal) -> Decimal:
    """Give the ex-right reference price (除权除息参考价), which stands as the previous close of the ex-date.

    (last close - cash + rights price x rights) / (split + bonus + conversion + rights), rounded half up to the tick:
    the chapters on ex-right prices (除权与除息) of the SSE and SZSE Trading Rules. `preclose` is the close of the
    last traded day before, however long ago.

    The numbers are those that the exchange takes: of a rights issue the ratio of the share change; of a dividend that
    not all shares get (shares bought back, payments to some holders only) the amount spread over all shares.
    A relisting after a restructuring has no reference price by this formula. Raise ValueError for prices that are
    not positive, and where the cash is so much that less than a tick is left.
    """
    if tick <= 0 or preclose <= 0:
        raise ValueError(f"last close {preclose} and tick {tick} must both be above 0")
    paid_in = Fraction(action.rights_price or 0) * Fraction(action.rights)
    shares = sum((Fraction(n) for n in (action.bonus, action.conversion, action.rights)), Fraction(action.split))
    price = (Fraction(preclose) - Fraction(action.cash) + paid_in) / shares
    ticks = (2 * price / Fraction(tick) + 1) // 2
    if ticks < 1:
        raise ValueError(
            f"{action.symbol} {action.ex_date}: less than a tick is left of {preclose} after {action.cash} in cash; "
            "check the amount, which is a share"
        )
    return ticks * tick


def combined(actions: Sequence[CorporateAction]) -> CorporateAction:
    """Give what several actions of one symbol and ex-date come to. Raise ValueError when they are of different days.

    Amounts add up. Rights at two prices become rights at their average, which costs the same. A date that they
    tell differently becomes the later one (`announced`: the earlier).
    """
    if not actions:
        raise ValueError("no corporate action to combine")
    first = actions[0]
    for action in actions[1:]:
        first = _joined(first, action)
    return first


def by_ex_date(actions: Iterable[CorporateAction]) -> dict[str, list[CorporateAction]]:
    """Give one action a symbol and ex-date, oldest first, by symbol."""
    groups: dict[tuple[str, dt.date], list[CorporateAction]] = {}
    for action in actions:
        groups.setdefault((action.symbol, action.ex_date), []).append(action)
    found: dict[str, list[CorporateAction]] = {}
    for symbol, ex_date in sorted(groups):
        found.setdefault(symbol, []).append(combined(groups[symbol, ex_date]))
    return found


def _joined(a: CorporateAction, b: CorporateAction) -> CorporateAction:
    if (a.symbol, a.ex_date) != (b.symbol, b.ex_date):
        raise ValueError(f"{a.symbol} {a.ex_date} and {b.symbol} {b.ex_date} are not one day of one symbol")
    if a.split != 1 and b.split != 1:
        raise ValueError(f"{a.symbol} {a.ex_date} has two splits, {a.split} and {b.split}; give one")
    rights = a.rights + b.rights
    cost = a.rights * (a.rights_price or 0) + b.rights * (b.rights_price or 0)
    prices = {action.rights_price for action in (a, b) if action.rights}
    rights_price = prices.pop() if len(prices) == 1 else None
    if rights and rights_price is None:
        rights_price = (cost / rights).quantize(Decimal(1).scaleb(-DECIMALS))
    return replace(
        a,
        cash=a.cash + b.cash,
        bonus=a.bonus + b.bonus,
        conversion=a.conversion + b.conversion,
        split=a.split * b.split,
        rights=rights,
        rights_price=rights_price,
        announced=min((day for day in (a.announced, b.announced) if day), default=None),
        record_date=_later(a.record_date, b.record_date),
        pay_date=_later(a.pay_date, b.pay_date),
        list_date=_later(a.list_date, b.list_date),
    )


def _later(a: dt.date | None, b: dt.date | None) -> dt.date | None:
    return max((day for day in (a, b) if day), default=None)


def _check_amount(name: str, amount: Decimal) -> None:
    if not amount.is_finite() or amount < 0 or amount > _LARGEST:
        raise CorporateActionError(
            "amount_range", name, f"{name} {amount} is not from 0 to {_LARGEST}; it is the amount a share"
        )
    if amount != round(amount, DECIMALS):
        raise CorporateActionError(
            "amount_decimals", name, f"{name} {amount} has more than {DECIMALS} decimals a share; round it"
        )


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
