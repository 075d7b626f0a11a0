"""What the columns of a file mean: names in use, and guesses with their reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quantdesk.features.data.importer.errors import FileRefused
from quantdesk.features.data.schemas import REQUIRED_FIELDS, BarField, Layout

ALIASES: dict[BarField, tuple[str, ...]] = {
    "symbol": (
        *("symbol", "code", "ticker", "ts_code", "secucode", "stock_code", "instrument", "order_book_id"),
        *("代码", "股票代码", "证券代码", "基金代码", "指数代码"),
    ),
    "name": ("name", "stock_name", "名称", "股票名称", "证券名称", "股票简称", "证券简称", "简称"),
    "date": (
        *("date", "trade_date", "tradedate", "trading_date", "datetime", "time", "day", "timestamp"),
        *("日期", "交易日期", "交易日", "时间"),
    ),
    "open": ("open", "open_price", "openprice", "o", "开盘", "开盘价", "今开"),
    "high": ("high", "high_price", "highprice", "h", "最高", "最高价"),
    "low": ("low", "low_price", "lowprice", "l", "最低", "最低价"),
    "close": ("close", "close_price", "closeprice", "c", "收盘", "收盘价", "最新价"),
    "preclose": (
        *("preclose", "pre_close", "prev_close", "prevclose", "previous_close"),
        *("昨收", "昨收价", "前收盘", "前收盘价", "前收", "昨日收盘价"),
    ),
    "volume": ("volume", "vol", "v", "trade_volume", "成交量", "总手", "成交股数"),
    "amount": ("amount", "turnover_value", "value", "money", "total_turnover", "成交额", "成交金额"),
    "trading": ("tradestatus", "trade_status", "交易状态"),
    "is_st": ("isst", "is_st", "st", "是否st"),
    "open_interest": ("open_interest", "openinterest", "hold", "oi", "持仓量", "持仓"),
    "settle": ("settle", "settlement", "settle_price", "结算价", "结算"),
}
_FIELD_OF: dict[str, BarField] = {alias: field for field, names in ALIASES.items() for alias in names}
# The unit a header carries, e.g. 成交量(手), close (yuan), amount[元].
_UNIT = re.compile(r"[\s_]*[(（\[【](?P<unit>[^)）\]】]*)[)）\]】]\s*$")
_ADJUSTED = re.compile(r"(?i)adj|qfq|hfq|复权")


@dataclass(frozen=True, slots=True)
class Guess:
    field: BarField | None
    confidence: float
    why_zh: str
    why_en: str


def guess_column(name: str) -> Guess:
    """Tell what one column name stands for."""
    bare = name.strip().lower()
    if _ADJUSTED.search(bare):
        return Guess(
            None,
            0.9,
            "复权价格不导入：本系统存原始价格，自行复权",
            "adjusted prices are not imported: raw ones are stored",
        )
    if field := _FIELD_OF.get(bare):
        return Guess(field, 1.0, "列名是常用名称", "a usual name of this field")
    without_unit = _UNIT.sub("", bare)
    squeezed = re.sub(r"[\s_\-./]+", "_", without_unit)
    for candidate in (without_unit, squeezed, squeezed.replace("_", "")):
        if field := _FIELD_OF.get(candidate):
            return Guess(
                field,
                0.9,
                "去掉单位和分隔符后是常用名称",
                "a usual name once unit and separators are dropped",
            )
    return Guess(None, 0.0, "不认识的列名，不导入", "unknown name, not imported")


def guess_mapping(names: Sequence[str]) -> tuple[dict[BarField, str], list[Guess]]:
    """Give field → column, each field from its surest column (the first of equals), and the guess of each column."""
    guesses = [guess_column(name) for name in names]
    mapping: dict[BarField, str] = {}
    for index in sorted(range(len(names)), key=lambda at: -guesses[at].confidence):
        guess = guesses[index]
        if guess.field is None:
            continue
        if guess.field in mapping:
            taken = mapping[guess.field]
            guesses[index] = Guess(None, 0.5, f"「{taken}」列已用作此字段", f"column {taken!r} is taken for this field")
        else:
            mapping[guess.field] = names[index]
    return mapping, guesses


def check_mapping(mapping: Mapping[BarField, str], names: Sequence[str]) -> None:
    """Raise FileRefused when a mapped column is not in the file, used twice, or a required field has none."""
    for field, column in mapping.items():
        if column not in names:
            raise FileRefused("column_unknown", field=field, column=column, columns=", ".join(names))
    used = list(mapping.values())
    for column in used:
        if used.count(column) > 1:
            fields = ", ".join(field for field, name in mapping.items() if name == column)
            raise FileRefused("column_used_twice", column=column, fields=fields)
    if missing := missing_fields(mapping):
        raise FileRefused("columns_missing", fields=", ".join(missing), columns=", ".join(names))


def missing_fields(mapping: Mapping[BarField, str]) -> list[BarField]:
    """Give the required fields without a column."""
    return [field for field in REQUIRED_FIELDS if field not in mapping]


def guess_layout(names: Sequence[str]) -> Layout:
    """Tell whose download this looks like."""
    present = set(names)
    if {"code", "preclose", "tradestatus"} <= present:
        return "baostock"
    if {"日期", "开盘", "收盘", "最高", "最低", "成交量"} <= present:
        return "akshare"
    if {"ts_code", "trade_date", "vol", "amount"} <= present:
        return "tushare"
    return "generic"


def unit_in_header(name: str) -> str:
    """Give the unit written in a column name, e.g. 手 of 成交量(手), or nothing."""
    found = _UNIT.search(name.strip())
    if found:
        return found["unit"].strip().lower()
    return "手" if name.strip() == "总手" else ""
