"""The unit of volume and turnover: what a header says, what a kind of file uses, and what the numbers prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quantdesk.core.instruments.symbol import kind_of
from quantdesk.features.data.importer.columns import unit_in_header
from quantdesk.features.data.importer.rows import Rows
from quantdesk.features.data.schemas import BarField, Layout, VolumeUnit

SHARES_A_LOT = 100
_SAMPLE = 5_000
_AMOUNT_UNITS = {"千元": 1e3, "万元": 1e4, "百万元": 1e6, "亿元": 1e8}


@dataclass(frozen=True, slots=True)
class Units:
    volume: VolumeUnit
    amount: float
    """Yuan in one unit of the file's turnover."""
    why_zh: str
    why_en: str

    @property
    def volume_factor(self) -> float:
        """Shares in one unit of the file's volume."""
        return float(SHARES_A_LOT if self.volume == "lot" else 1)


def guess_units(
    rows: Rows, symbols: list[str], mapping: Mapping[BarField, str], layout: Layout, chosen: VolumeUnit | None
) -> Units:
    """Decide the units: the user's word, else what the numbers prove, the header says, the source is known to use."""
    amount = _AMOUNT_UNITS.get(unit_in_header(mapping.get("amount", "")), 1.0)
    if layout == "tushare":
        amount = _AMOUNT_UNITS["千元"]
    if symbols and all(kind_of(symbol) == "future" for symbol in symbols):
        return Units("share", amount, "期货的成交量以张（手）计，原样导入", "volume of futures counts contracts")
    if chosen is not None:
        return Units(chosen, amount, "由您指定", "as you said")
    shares = shares_a_unit(rows, symbols, amount)
    if shares is not None and 0.5 < shares < 2:
        return Units("share", amount, "成交额 ÷ 成交量 ≈ 价格", "turnover / volume is about the price")
    if shares is not None and 50 < shares < 200:
        return Units("lot", amount, "成交额 ÷ 成交量 ≈ 价格 × 100", "turnover / volume is about 100 × the price")
    header = unit_in_header(mapping.get("volume", ""))
    if header in ("手", "lot", "lots"):
        return Units("lot", amount, "列名写明单位为手", "the column's name says lots")
    if header in ("股", "份", "share", "shares"):
        return Units("share", amount, "列名写明单位为股", "the column's name says shares")
    if layout in ("akshare", "tushare"):
        return Units(
            "lot", amount, "akshare（东方财富）和 tushare 的成交量以手计", "akshare (Eastmoney) and tushare count lots"
        )
    if layout == "tdx" and symbols and all(kind_of(symbol) == "index" for symbol in symbols):
        return Units("lot", amount, "通达信指数文件的成交量以手计", "通达信 counts lots in files of indices")
    return Units("share", amount, "没有相反的依据，按股计", "nothing says otherwise: shares")


def shares_a_unit(rows: Rows, symbols: list[str], amount: float) -> float | None:
    """Give the median of turnover / (volume × close) over the first traded rows; None without turnover.

    It is near 1 when volume is in shares and near 100 when it is in lots. An index tells nothing, nor does a future.
    """
    traded = np.array([kind_of(symbol) not in ("index", "future") for symbol in symbols], np.bool_)
    if not len(rows) or not traded.any():
        return None
    usable = traded[rows.symbol] & (rows.volume > 0) & (rows.amount > 0) & (rows.close > 0)
    first = np.flatnonzero(usable)[:_SAMPLE]
    if not len(first):
        return None
    return float(np.median(rows.amount[first] * amount / (rows.volume[first] * rows.close[first])))
