"""What a check says of a bar: one thing that is wrong or odd, with its figures and its words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["error", "warning", "info"]
"""error: no such bar can be. warning: it may be true, a person should look. info: worth knowing."""

Kind = Literal[
    "not_trading_day",
    "missing_day",
    "absent_day",
    "duplicate_day",
    "unsorted",
    "future_date",
    "too_early",
    "outside_listing",
    "stale_end",
    "outside_session",
    "missing_bars",
    "not_finite",
    "not_positive",
    "ohlc_order",
    "negative",
    "amount_without_volume",
    "volume_without_amount",
    "unit_change",
    "average_outside",
    "suspended_traded",
    "suspended_moved",
    "no_volume",
    "st_flip",
    "beyond_limit",
    "preclose_gap",
    "ex_right_mismatch",
    "ex_right_unknown",
    "jump",
    "spike",
    "roll_gap",
    "off_tick",
    "looks_adjusted",
    "repeated_bar",
    "flat_line",
    "volume_outlier",
    "cross_source",
    "cross_missing",
    "cross_absent",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class KindWords:
    severity: Severity
    zh: str
    en: str
    """Its name."""
    told_zh: str
    told_en: str
    """A sentence with {field}, {value}, {expected}, {count}."""


TABLE: dict[Kind, KindWords] = {
    "not_trading_day": KindWords(
        "error",
        "非交易日有 K 线",
        "bar on a closed day",
        "交易日历中这一天休市",
        "the calendar says closed on this day",
    ),
    "missing_day": KindWords(
        "warning",
        "缺交易日",
        "missing trading day",
        "从这一天起连续缺 {count} 个交易日",
        "{count} trading days in a row are missing from this day on",
    ),
    "absent_day": KindWords(
        "info",
        "没有 K 线的交易日",
        "trading day without a bar",
        "从这一天起连续 {count} 个交易日没有 K 线，可能是停牌",
        "{count} trading days in a row without a bar from this day on, perhaps a suspension",
    ),
    "duplicate_day": KindWords("error", "日期重复", "day twice", "同一时间有两根 K 线", "two bars of the same time"),
    "unsorted": KindWords(
        "error", "顺序颠倒", "out of order", "这根 K 线排在更晚的 K 线之后", "this bar stands after a later one"
    ),
    "future_date": KindWords("error", "未来的日期", "future date", "晚于 {expected}", "later than {expected}"),
    "too_early": KindWords(
        "error",
        "日期过早",
        "too early",
        "早于 {expected}，当时还没有这个市场",
        "before {expected}, when there was no market",
    ),
    "outside_listing": KindWords(
        "error",
        "不在上市期间",
        "outside its listing",
        "上市或退市日期是 {expected}",
        "it was listed, or delisted, on {expected}",
    ),
    "stale_end": KindWords(
        "warning",
        "数据过期",
        "stale",
        "最后一根 K 线落后 {count} 个交易日，应到 {expected}",
        "the last bar is {count} trading days behind; it should reach {expected}",
    ),
    "outside_session": KindWords(
        "error", "非交易时段", "outside the sessions", "这一时刻不在交易时段内", "this time lies in no trading session"
    ),
    "missing_bars": KindWords(
        "warning", "缺分钟线", "missing bars", "从这里起缺 {count} 根", "{count} bars are missing from here on"
    ),
    "not_finite": KindWords("error", "不是数", "not a number", "{field}不是有限的数", "{field} is no finite number"),
    "not_positive": KindWords(
        "error", "价格为零或负", "zero or negative price", "{field}为 {value}", "{field} is {value}"
    ),
    "ohlc_order": KindWords(
        "error",
        "高低价矛盾",
        "high and low disagree",
        "{field}为 {value}，应到 {expected}",
        "{field} is {value}, it must reach {expected}",
    ),
    "negative": KindWords("error", "负的量额", "negative volume or amount", "{field}为 {value}", "{field} is {value}"),
    "amount_without_volume": KindWords(
        "warning",
        "有额无量",
        "amount without volume",
        "成交额 {value}，成交量为 0",
        "turnover is {value}, volume is 0",
    ),
    "volume_without_amount": KindWords(
        "warning",
        "有量无额",
        "volume without amount",
        "成交量 {value}，成交额为 0",
        "volume is {value}, turnover is 0",
    ),
    "unit_change": KindWords(
        "error",
        "成交量单位不符",
        "volume in another unit",
        "成交额除以成交量得均价 {value}，与收盘价 {expected} 相差约 100 倍（{count} 行）：成交量可能以手为单位",
        "turnover over volume gives {value} at a close of {expected}, a factor of 100 in {count} rows: "
        "the volume may be in lots",
    ),
    "average_outside": KindWords(
        "warning",
        "均价越界",
        "average price outside",
        "成交额除以成交量得均价 {value}，越过当日最低或最高价 {expected}",
        "turnover over volume gives {value}, beyond the day's low or high {expected}",
    ),
    "suspended_traded": KindWords(
        "error",
        "停牌日有成交",
        "trades on a suspended day",
        "停牌，成交量却是 {value}",
        "suspended, yet volume is {value}",
    ),
    "suspended_moved": KindWords(
        "error",
        "停牌日价格变动",
        "price moves on a suspended day",
        "停牌，{field}却是 {value}，前收盘 {expected}",
        "suspended, yet {field} is {value} and the previous close {expected}",
    ),
    "no_volume": KindWords(
        "warning",
        "无成交未标停牌",
        "no trade, not marked suspended",
        "成交量为 0，没有标为停牌",
        "volume is 0 and the day is not marked as suspended",
    ),
    "st_flip": KindWords(
        "warning",
        "ST 标记跳变",
        "ST mark flips",
        "ST 标记只变了 {count} 天",
        "the ST mark changes for {count} days only",
    ),
    "beyond_limit": KindWords(
        "error",
        "超出涨跌停",
        "beyond the price limit",
        "{field}为 {value}，涨跌停价为 {expected}",
        "{field} is {value}, the limit is {expected}",
    ),
    "preclose_gap": KindWords(
        "warning",
        "前收盘不符",
        "previous close does not fit",
        "前收盘 {value}，上一收盘 {expected}，没有除权除息可以解释",
        "previous close is {value}, the last close {expected}; no corporate action explains it",
    ),
    "ex_right_mismatch": KindWords(
        "error",
        "除权价不符",
        "ex-right price does not fit",
        "前收盘 {value}，按除权除息应为 {expected}",
        "previous close is {value}; the corporate action gives {expected}",
    ),
    "ex_right_unknown": KindWords(
        "info",
        "缺除权除息记录",
        "action not known",
        "前收盘 {value}，上一收盘 {expected}：像是除权除息，但没有这条记录",
        "previous close is {value}, the last close {expected}: it looks like an ex-right day, but no action is stored",
    ),
    "jump": KindWords(
        "warning",
        "价格跳变",
        "price jump",
        "{field}为 {value}，上一收盘 {expected}，远超平常的波动或涨跌停",
        "{field} is {value} after {expected}: far beyond its usual moves or its price limit",
    ),
    "spike": KindWords(
        "error",
        "价格毛刺",
        "price spike",
        "{field}为 {value}，前后都在 {expected} 附近",
        "{field} is {value}, before and after it is about {expected}",
    ),
    "roll_gap": KindWords(
        "info",
        "换月跳空",
        "gap of a contract roll",
        "开盘 {value}，上一收盘 {expected}：可能是主力合约换月",
        "opens at {value} after {expected}: perhaps the main contract rolled",
    ),
    "off_tick": KindWords(
        "warning",
        "不在最小变动价位上",
        "off the price tick",
        "{field}为 {value}，不是 {expected} 的整数倍",
        "{field} is {value}, no multiple of {expected}",
    ),
    "looks_adjusted": KindWords(
        "warning",
        "疑似复权数据",
        "looks adjusted",
        "{count} 行价格为负、不在最小变动价位上，或与成交均价对不上，像是复权价；请存未复权的价格",
        "prices of {count} rows are negative, off the tick or far from turnover over volume, as adjusted ones are; "
        "store raw prices",
    ),
    "repeated_bar": KindWords(
        "warning",
        "与前一根相同",
        "same as the bar before",
        "价格、成交量、成交额与前一根完全相同",
        "prices, volume and turnover are those of the bar before",
    ),
    "flat_line": KindWords(
        "warning",
        "价格不动",
        "flat line",
        "从这里起 {count} 根价格都是 {value}，却有成交",
        "{count} bars from here on stand at {value}, with volume",
    ),
    "volume_outlier": KindWords(
        "info",
        "成交量异常",
        "odd volume",
        "成交量 {value}，前后通常是 {expected}",
        "volume is {value}, around it {expected} is usual",
    ),
    "cross_source": KindWords(
        "warning",
        "两个来源不一致",
        "sources differ",
        "{field}为 {value}，另一来源为 {expected}",
        "{field} is {value}, the other source says {expected}",
    ),
    "cross_missing": KindWords(
        "info", "另一来源没有", "missing in the other source", "另一来源没有这一天", "the other source lacks this day"
    ),
    "cross_absent": KindWords(
        "info",
        "只有另一来源有",
        "only the other source has it",
        "另一来源有这一天，收盘 {expected}",
        "the other source has this day, it closed at {expected}",
    ),
}

_FIELD_ZH = {
    "open": "开盘价",
    "high": "最高价",
    "low": "最低价",
    "close": "收盘价",
    "preclose": "前收盘价",
    "volume": "成交量",
    "amount": "成交额",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or odd with a symbol's bars."""

    symbol: str
    date: dt.date
    """Of bars within the day: the day in Shanghai (coins: UTC)."""
    kind: Kind
    severity: Severity
    field: str = ""
    value: float | None = None
    expected: float | str | None = None
    """What it should be, or what it is held against; a text for dates."""
    count: int = 1
    """Bars or days in a row that it speaks of."""
    at: dt.datetime | None = None
    """UTC instant of a bar within the day."""

    @property
    def zh(self) -> str:
        return self._told(TABLE[self.kind].told_zh, _FIELD_ZH.get(self.field, self.field))

    @property
    def en(self) -> str:
        return self._told(TABLE[self.kind].told_en, self.field)

    def _told(self, sentence: str, field: str) -> str:
        return sentence.format(
            field=field, value=_written(self.value), expected=_written(self.expected), count=f"{self.count:,}"
        )


def _written(value: float | str | None) -> str:
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:.8g}"
