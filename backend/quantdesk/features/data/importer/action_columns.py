"""Columns of a file of corporate actions: names in use, and in what unit each source writes the amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

AmountField = Literal["cash", "bonus", "conversion", "split", "rights", "rights_price"]
DayField = Literal["ex_date", "announced", "record_date", "pay_date", "list_date"]

_ONE, _TEN = Decimal(1), Decimal("0.1")
_AMOUNTS: dict[str, tuple[AmountField, Decimal]] = {
    # A share.
    **dict.fromkeys(("cash", "cash_per_share", "cash_div_tax", "每股派息", "每股分红", "每股股利"), ("cash", _ONE)),
    **dict.fromkeys(("bonus", "bonus_per_share", "stk_bo_rate", "每股送股"), ("bonus", _ONE)),
    **dict.fromkeys(("conversion", "conversion_per_share", "stk_co_rate", "每股转增"), ("conversion", _ONE)),
    **dict.fromkeys(("rights", "rights_per_share", "每股配股"), ("rights", _ONE)),
    **dict.fromkeys(("rights_price", "配股价", "配股价格"), ("rights_price", _ONE)),
    **dict.fromkeys(("split", "split_factor", "拆分", "折算比例"), ("split", _ONE)),
    # Ten shares, as plans are worded in Chinese: 10送3派1.5.
    **dict.fromkeys(("cash_per_10", "派息", "派现", "每10股派息", "每10股派现", "每十股派息"), ("cash", _TEN)),
    **dict.fromkeys(("bonus_per_10", "送股", "每10股送股", "每十股送股"), ("bonus", _TEN)),
    **dict.fromkeys(("conversion_per_10", "转增", "转股", "每10股转增", "每十股转增"), ("conversion", _TEN)),
    **dict.fromkeys(("rights_per_10", "配股", "每10股配股", "每十股配股"), ("rights", _TEN)),
}
_SCALED: dict[str, tuple[AmountField, Decimal]] = {
    # Hikyuu's table of rights: whole numbers for ten shares, shares x 10,000 and yuan x 1,000.
    "countasgift": ("bonus", Decimal("0.00001")),
    "countofincreasement": ("conversion", Decimal("0.00001")),
    "countforsell": ("rights", Decimal("0.00001")),
    "priceforsell": ("rights_price", Decimal("0.001")),
    "bonus": ("cash", Decimal("0.0001")),
}
_DAYS: dict[str, DayField] = {
    **dict.fromkeys(("ex_date", "exdate", "ex_dividend_date", "除权除息日", "除权日", "除息日"), "ex_date"),
    **dict.fromkeys(("announced", "ann_date", "announce_date", "公告日", "公告日期"), "announced"),
    **dict.fromkeys(("record_date", "股权登记日", "登记日"), "record_date"),
    **dict.fromkeys(("pay_date", "派息日", "红利发放日"), "pay_date"),
    **dict.fromkeys(("list_date", "div_listdate", "红股上市日", "新增股份上市日"), "list_date"),
}
_SYMBOLS = (
    *("symbol", "code", "ticker", "ts_code", "stock_code", "instrument"),
    *("代码", "股票代码", "证券代码", "基金代码"),
)


@dataclass(frozen=True, slots=True)
class ActionColumns:
    """Which column of the file is what, by field."""

    days: dict[DayField, str]
    amounts: dict[AmountField, tuple[str, Decimal]]
    """Column, and the amount a share that one unit of it is."""
    symbol: str | None

    @property
    def columns(self) -> dict[str, str]:
        """Field → column, of all that is read."""
        found: dict[str, str] = dict(self.days.items())
        found |= {field: column for field, (column, _) in self.amounts.items()}
        return found if self.symbol is None else found | {"symbol": self.symbol}


def recognise(names: Sequence[str]) -> ActionColumns | None:
    """Tell the columns of a file of corporate actions; None for any other file.

    It has an ex-date and an amount. The first column of a meaning counts; unknown ones are ignored.
    """
    bare = {name.strip().lower(): name for name in reversed(names)}
    symbol = next((bare[name] for name in _SYMBOLS if name in bare), None)
    if {"countasgift", "countofincreasement", "date"} <= bare.keys():
        scaled = {field: (bare[name], unit) for name, (field, unit) in _SCALED.items() if name in bare}
        return ActionColumns({"ex_date": bare["date"]}, scaled, symbol)
    days = {field: bare[name] for name, field in reversed(_DAYS.items()) if name in bare}
    amounts = {field: (bare[name], unit) for name, (field, unit) in reversed(_AMOUNTS.items()) if name in bare}
    if "ex_date" not in days or not amounts.keys() - {"rights_price"}:
        return None
    return ActionColumns(days, amounts, symbol)
