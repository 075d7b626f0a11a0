"""Stored bars as the columns of a table: cut, adjusted, resampled; names and types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from quantdesk.core.bars.adjust import Adjustment, adjusting_factor
from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray, Interval, TimeArray
from quantdesk.core.bars.resample import resample
from quantdesk.features.exports.engine.plan import Plan, stored_interval
from quantdesk.features.exports.schemas import Column, Language
from quantdesk.ports.bar_store import BarStore

BATCH_ROWS = 65_536
PRICES: tuple[Column, ...] = ("open", "high", "low", "close", "preclose", "vwap")
_ADJUSTED = ("open", "high", "low", "close", "preclose")
_SHANGHAI = np.timedelta64(8, "h")
_DAILY: tuple[Interval, ...] = ("1d", "1w", "1M")
HEADERS: dict[Column, tuple[str, str]] = {
    "symbol": ("代码", "symbol"),
    "name": ("名称", "name"),
    "date": ("日期", "date"),
    "open": ("开盘", "open"),
    "high": ("最高", "high"),
    "low": ("最低", "low"),
    "close": ("收盘", "close"),
    "preclose": ("前收盘", "preclose"),
    "change": ("涨跌幅", "change"),
    "volume": ("成交量(股)", "volume"),
    "amount": ("成交额(元)", "amount"),
    "vwap": ("均价", "vwap"),
    "factor": ("复权因子", "factor"),
    "trading": ("交易状态", "tradestatus"),
    "is_st": ("是否ST", "isST"),
}
"""(Chinese, English). Raw exports carry the names that the import knows, so that a file can be read back."""
_MARKS: dict[Adjustment, tuple[str, str]] = {"none": ("", ""), "qfq": ("(前复权)", "_qfq"), "hfq": ("(后复权)", "_hfq")}
"""Behind the names of adjusted prices, so that nobody, our own import included, takes them for raw ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Bars of one symbol as they are written."""

    raw: Bars
    """Raw prices; of weeks and months: already adjusted, and `factor` is 1."""
    factor: FloatArray
    """What prices are still to be multiplied by."""
    told: FloatArray
    """The factor as it is told in the column of this name."""

    def __len__(self) -> int:
        return len(self.raw)

    def take(self, index: slice | BoolArray) -> Slice:
        """Give the rows selected."""
        return Slice(self.raw.take(index), self.factor[index], self.told[index])

    def within(self, calendar: TimeArray) -> Slice:
        """Give the rows whose day is in the calendar."""
        return self.take(np.isin(self.raw.time, calendar))

    @property
    def adjusted(self) -> Bars:
        return replace(self.raw, **{name: getattr(self.raw, name) * self.factor for name in _ADJUSTED})


def headers(columns: Sequence[Column], language: Language, adjustment: Adjustment) -> list[str]:
    """Give the column names of a file."""
    at = 0 if language == "zh" else 1
    return [HEADERS[name][at] + (_MARKS[adjustment][at] if name in PRICES else "") for name in columns]


def read_slice(store: BarStore, plan: Plan, symbol: str) -> Slice | None:
    """Read the bars of a symbol that the plan asks for; None when there are none. Blocking.

    The factors are those of the whole stored history, so that a day's price does not hang on the range asked for.
    """
    request = plan.request
    bars = store.read(symbol, stored_interval(request.interval))
    if bars is None:
        return None
    factor = _factor(store, bars, plan)
    if request.interval in ("1w", "1M"):
        whole = Slice(bars, factor, factor)
        made = resample(whole.adjusted, "1w" if request.interval == "1w" else "1M")
        told = factor[np.searchsorted(bars.time, made.time)]
        whole = Slice(made, np.ones(len(made)), told)
    else:
        whole = Slice(bars, factor, factor)
    days = local_time(whole.raw).astype("datetime64[D]")
    lo = 0 if request.start is None else int(np.searchsorted(days, np.datetime64(request.start), "left"))
    hi = len(days) if request.end is None else int(np.searchsorted(days, np.datetime64(request.end), "right"))
    if lo >= hi:
        return None
    return whole.take(slice(lo, hi))


def local_time(bars: Bars) -> TimeArray:
    """Give trading dates, or of bars within the day the instants by Beijing's clock."""
    return bars.time if bars.interval in _DAILY else bars.time + _SHANGHAI


def schema_of(columns: Sequence[Column], interval: Interval) -> pa.Schema:
    """Give the types of the columns."""
    types: dict[Column, pa.DataType] = {
        "symbol": pa.dictionary(pa.int32(), pa.string()),
        "name": pa.dictionary(pa.int32(), pa.string()),
        "date": pa.date32() if interval in _DAILY else pa.timestamp("s"),
        "trading": pa.bool_(),
        "is_st": pa.bool_(),
    }
    return pa.schema([(name, types.get(name, pa.float64())) for name in columns])


def batches(part: Slice, plan: Plan) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a symbol, at most BATCH_ROWS at once; what is unknown is null."""
    columns = plan.request.columns
    schema = schema_of(columns, plan.request.interval)
    for start in range(0, len(part), BATCH_ROWS):
        piece = part.take(slice(start, start + BATCH_ROWS))
        yield pa.RecordBatch.from_arrays([_array(name, piece, plan, schema) for name in columns], schema=schema)


def _array(name: Column, part: Slice, plan: Plan, schema: pa.Schema) -> pa.Array:
    bars = part.raw
    match name:
        case "symbol" | "name":
            text = bars.symbol if name == "symbol" else plan.names.get(bars.symbol, "")
            return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(bars), np.int32)), pa.array([text]))
        case "date":
            return pa.array(local_time(bars), type=schema.field("date").type)
        case "trading":
            return pa.array(~bars.suspended)
        case "is_st":
            return pa.array(bars.is_st)
        case "factor":
            values = part.told
        case "change":
            values = _ratio(bars.close, bars.preclose) - 1
        case "vwap":
            values = _ratio(bars.amount, bars.volume) * part.told
        case "volume" | "amount":
            values = getattr(bars, name)
        case _:
            values = getattr(bars, name) * part.factor
    return pa.array(values, type=pa.float64(), from_pandas=True)


def _factor(store: BarStore, bars: Bars, plan: Plan) -> FloatArray:
    """Give each bar's factor; of bars within the day the one of their day."""
    mode, as_of = plan.adjustment, plan.request.as_of
    if mode == "none" or bars.interval in _DAILY:
        return adjusting_factor(bars, mode, as_of)
    daily = store.read(bars.symbol, "1d")
    if daily is None or not len(daily):
        return np.ones(len(bars))
    of_days = adjusting_factor(daily, mode, as_of)
    at = np.searchsorted(daily.time, local_time(bars).astype("datetime64[D]"), "right") - 1
    factor: FloatArray = of_days[np.maximum(at, 0)]
    return factor


def _ratio(values: FloatArray, base: FloatArray) -> FloatArray:
    ratio = np.full(len(values), np.nan)
    np.divide(values, base, out=ratio, where=base > 0)
    return ratio


def describe(plan: Plan, now: dt.datetime) -> list[tuple[str, str]]:
    """Give what a reader of the file must know, in the language of its headers."""
    zh = plan.request.headers == "zh"
    basis: dict[Adjustment, tuple[str, str]] = {
        "none": ("不复权（原始价格）", "raw prices"),
        "qfq": ("前复权", "forward adjusted (qfq)"),
        "hfq": ("后复权，首个存储日的因子为 1", "backward adjusted (hfq), factor 1 on the first stored day"),
    }
    as_of = f" {plan.request.as_of}" if plan.adjustment == "qfq" and plan.request.as_of else ""
    told = [
        ("来源", "source", "QuantDesk", "QuantDesk"),
        ("导出时间 (UTC)", "exported at (UTC)", *[now.strftime("%Y-%m-%d %H:%M:%S")] * 2),
        ("周期", "interval", *[plan.request.interval] * 2),
        ("价格", "prices", *(words + as_of for words in basis[plan.adjustment])),
        ("成交量单位", "volume in", "股（期货为手）", "shares (futures: contracts)"),
        ("成交额单位", "turnover in", "元", "yuan"),
        ("标的数", "symbols", *[f"{len(plan.symbols):,}"] * 2),
    ]
    return [(key_zh if zh else key_en, value_zh if zh else value_en) for key_zh, key_en, value_zh, value_en in told]
