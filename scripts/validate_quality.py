"""Check the quality of the real market files: what the checks find on them, and what of that is true.

`python -m scripts.validate_quality [FOLDER]` reads A-shares, ETFs, futures and Bitcoin below the folder
(../shared/data) and prints every error and warning: facts about the files, which are really odd there, and false
alarms. Exit status 1 when one is neither in FACTS nor in ALARMS, or when more than 1 row in 10,000 raises a false one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from quantdesk.core.bars.frame import Bars, Interval
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.instruments.symbol import normalise
from quantdesk.core.quality.checks import SymbolReport, check
from quantdesk.core.quality.finding import Finding, Kind
from quantdesk.core.quality.market import Known, Market
from quantdesk.features.data.importer import ActionsReading, read_file
from quantdesk.features.data.schemas import FileOptions

Series = dict[str, Bars]
MOST_ALARMS = 1e-4
"""Of the rows."""
_LAST_ASHARE = dt.date(2025, 4, 7)
_ACTIONS = (dt.date(2010, 1, 1), dt.date(2011, 12, 31))
"""The days of which all corporate actions are in the file."""

_NO_TRADE = "on 2021-10-12 and 13 nothing was traded, and open, high and low are 0"


def _each(symbols: str, why: str) -> dict[str, str]:
    return dict.fromkeys(symbols.split(), why)


FACTS: dict[tuple[str, Kind], dict[str, str]] = {
    ("ashare", "suspended_moved"): {"601607.SH": "a previous close of 4.50 on a suspended day; the stock was at 14.73"},
    ("ashare", "preclose_gap"): {"600028.SH": "on 2013-05-21 the previous close is one tick above the last close"},
    ("ashare", "average_outside"): {
        "300999.SZ": "the turnover of 2020-11-09 and 2020-12-09 is that of the day before, to the yuan"
    },
    ("ashare", "stale_end"): _each(
        "600132.SH 600837.SH 603899.SH 688363.SH 002410.SZ 002603.SZ 002821.SZ 002841.SZ",
        "the series ends on 2024-08-20, the others on 2025-04-07",
    ),
    ("etf", "not_positive"): _each(
        "510050.SH 510880.SH", "additive front-adjustment takes old prices to zero and below"
    ),
    ("etf", "looks_adjusted"): _each(
        "510050.SH 510300.SH 510500.SH 510880.SH 512000.SH 512400.SH 512720.SH 512760.SH 512800.SH 513500.SH 516160.SH",
        "front-adjusted: turnover over volume gives raw prices, far from those of the file",
    ),
    ("etf", "unit_change"): {"*": "the volume of the whole file is in lots of 100"},
    ("etf", "missing_day"): {
        "510500.SH": "no bar on two trading days of April 2015, most likely a suspension",
        "159915.SZ": "no bar on 2021-02-08, most likely a suspension",
        "512760.SH": "no bar on 2020-09-09, most likely a suspension",
        "513500.SH": "no bar on 2022-03-29, most likely a suspension",
    },
    ("futures", "missing_day"): _each("JR.CZCE SF.CZCE fu.SHFE", "days without a trade are left out"),
    ("futures", "not_positive"): {"JR.CZCE": _NO_TRADE},
    ("futures", "no_volume"): {"JR.CZCE": _NO_TRADE},
    ("crypto", "missing_bars"): {"*": "128 hours in which the exchange stood still"},
    ("crypto", "no_volume"): {"*": "an hour at the edge of a standstill, without a trade"},
}
"""By file and kind, and symbol (* for all): what is really odd in the files."""

ALARMS: dict[tuple[str, str, Kind], str] = {
    ("000776.SZ", "2010-02-12", "beyond_limit"): "relisting: Guangfa Securities took over a listed shell; no limit",
    ("600372.SH", "2010-09-20", "beyond_limit"): "relisting: ST Changhe after its restructuring; no limit",
    (
        "511360.SH",
        "2020-10-15",
        "average_outside",
    ): "most likely block trades: in turnover, not in high and low",
    ("JR.CZCE", "2019-03-15", "spike"): "four contracts traded that day, at prices 14 % apart",
    ("BTC-USDT.BINANCE", "2018-10-15", "spike"): "a true move: the dollar coin it is quoted in lost its parity",
}
"""Findings of what is true, by symbol, date and kind: the price of finding what is not."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of bars, and what they are held against."""

    name: str
    series: Series
    market: Market
    known: Mapping[str, Known]

    def check(self, series: Series | None = None, *, most: int = 5_000) -> list[SymbolReport]:
        """Check these series, or those of the file, against the same market."""
        chosen = self.series if series is None else series
        return [check(bars, self.market, self.known.get(bars.symbol, Known()), most=most) for bars in chosen.values()]


def ashare(folder: Path) -> File:
    """Read the A-shares, and the corporate actions of 2010 and 2011."""
    frame = pd.read_parquet(folder / "ashare" / "daily.parquet")
    series = {
        one.symbol: one
        for one in (
            _bars(
                str(code),
                rows,
                suspended=rows.tradestatus.astype(int).to_numpy() == 0,
                is_st=rows["isST"].astype(int).to_numpy() == 1,
            )
            for code, rows in frame.groupby("code")
        )
    }
    path = folder / "reference" / "corporate_actions_1986_2011.parquet"
    reading = read_file(path, FileOptions(skip_bad_rows=True), today=dt.date.max)
    if not isinstance(reading, ActionsReading):
        raise ValueError(f"{path} holds no corporate actions")
    first, last = _ACTIONS
    actions: dict[str, list[CorporateAction]] = {}
    for action in reading.actions:
        if action.symbol in series and first <= action.ex_date <= last:
            actions.setdefault(action.symbol, []).append(action)
    known = {symbol: Known(actions=actions.get(symbol, ()), actions_from=first, actions_to=last) for symbol in series}
    return File("ashare", series, Market(_LAST_ASHARE, _calendar(folder), _LAST_ASHARE), known)


def etf(folder: Path) -> File:
    """Read the front-adjusted funds."""
    frame = pd.read_parquet(folder / "etf" / "daily_qfq.parquet")
    series = [_bars(str(code), rows) for code, rows in frame.groupby("code")]
    return File("etf", {one.symbol: one for one in series}, Market(dt.date(2026, 12, 31), _calendar(folder)), {})


def futures(folder: Path) -> File:
    """Read the spliced main contracts."""
    frame = pd.read_parquet(folder / "futures" / "daily_main_contracts.parquet")
    frame = frame.rename(columns={"vol": "volume", "money": "amount"})
    series = [_bars(str(code), rows) for code, rows in frame.groupby("code")]
    return File("futures", {one.symbol: one for one in series}, Market(dt.date(2026, 12, 31), _calendar(folder)), {})


def crypto(folder: Path) -> File:
    """Read the hours of Bitcoin."""
    frame = pd.read_parquet(folder / "crypto" / "BTC_USDT-1h.parquet")
    # The file stamps an hour by its beginning, a bar is stamped by its end.
    frame["date"] = pd.to_datetime(frame.date).dt.tz_localize(None) + pd.Timedelta(hours=1)
    bars = _bars("BTC-USDT.BINANCE", frame, interval="60m")
    return File("crypto", {bars.symbol: bars}, Market(dt.date(2026, 12, 31)), {})


FILES: dict[str, Callable[[Path], File]] = {"ashare": ashare, "etf": etf, "futures": futures, "crypto": crypto}


def loud(reports: Sequence[SymbolReport]) -> list[Finding]:
    """Give the errors and warnings."""
    return [one for report in reports for one in report.findings if one.severity != "info"]


def fact(file: str, finding: Finding) -> str | None:
    """Say what is really odd there; None when the finding is no known fact of the file."""
    told = FACTS.get((file, finding.kind), {})
    return told.get(finding.symbol, told.get("*"))


def alarm(finding: Finding) -> str | None:
    """Say why a finding is a false alarm; None when it is not known as one."""
    return ALARMS.get((finding.symbol, str(finding.date), finding.kind))


def _bars(code: str, rows: pd.DataFrame, *, interval: Interval = "1d", **flags: Any) -> Bars:
    none, nan = np.zeros(len(rows), dtype=np.bool_), np.full(len(rows), np.nan)
    columns = {
        name: rows[name].to_numpy(dtype=np.float64) if name in rows else nan
        for name in ("open", "high", "low", "close", "volume", "amount", "preclose")
    }
    time = pd.to_datetime(rows.date).to_numpy().astype("datetime64[D]" if interval == "1d" else "datetime64[s]")
    return Bars(normalise(code), interval, time, **columns, **{"suspended": none, "is_st": none, **flags})


def _calendar(folder: Path) -> TradingCalendar:
    frame = pd.read_parquet(folder / "reference" / "trade_calendar_2004_2025.parquet")
    return TradingCalendar.from_dates(pd.to_datetime(frame.trade_date[frame.trade_status.astype(int) == 1]).to_numpy())


def main(arguments: Sequence[str] | None = None) -> int:
    """Check all files and print what is found; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data"))
    folder: Path = parser.parse_args(arguments).folder
    bad = False
    for name, read in FILES.items():
        reports = read(folder).check()
        rows = sum(report.tally.rows for report in reports)
        found = loud(reports)
        facts = Counter((one.kind, fact(name, one)) for one in found if fact(name, one))
        alarms = [one for one in found if not fact(name, one)]
        print(f"{name}: {rows:,} rows of {len(reports)} symbols, {len(found)} errors and warnings")
        for (kind, why), count in facts.most_common():
            print(f"  {count:>5} {kind}: {why}")
        print(f"  false alarms: {len(alarms)}, {len(alarms) / rows:.4%} of the rows")
        for one in alarms:
            print(f"    {one.symbol} {one.date} {one.kind}: {one.en}\n      {alarm(one) or 'NOT EXPLAINED'}")
            bad = bad or alarm(one) is None
        bad = bad or len(alarms) > MOST_ALARMS * rows
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
