"""Answers about more bars and about futures contracts, hand-made with invented numbers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np

from quantdesk.core.sources.records import FuturesContract
from quantdesk.core.sources.tables import FuturesBars
from quantdesk.ports.data_source import Request, Table, bars_of
from tests.adapters.data_source.cases import BARS, Answers, Case, Fails, Spoil, minutes_check, replaced, request
from tests.adapters.data_source.cases import three_bars as bars_check
from tests.adapters.data_source.made_eastmoney import MINUTES, eastmoney, eastmoney_fails, eastmoney_lines
from tests.adapters.data_source.made_sina import packed_bars, script
from tests.adapters.data_source.made_sina_answers import GUARD, sina_bar_fails
from tests.adapters.data_source.made_tushare import CALL_FAILS, items_changed

_SHORT = [",".join(line.split(",")[:8]) for line in MINUTES]
_INDEX = [
    ",".join([*cells[:6], str(float(cells[6]) * 2), *cells[7:]]) for cells in (line.split(",") for line in MINUTES)
]


def _sina_minutes(name: str, times: float = 1) -> Answers:
    rows = [
        {
            "day": f"2024-01-02 09:3{5 + at}:00", "open": str(bar[1]), "high": str(bar[2]), "low": str(bar[3]),
            "close": str(bar[4]), "volume": str(bar[5]), "amount": str(bar[6] * times), "ma": "0",
        }
        for at, bar in enumerate(BARS)
    ]  # fmt: skip
    return lambda url, posted: f"{GUARD}var _{name}_5=({json.dumps(rows)});".encode()


def _bars(change: Any) -> Spoil:
    """Change the rows of Sina's minutes."""

    def apply(body: bytes) -> bytes:
        head, _, rest = body.decode().partition("=(")
        return f"{head}=({json.dumps(change(json.loads(rest.removesuffix(');'))))});".encode()

    return apply


def _scaled(name: str, factor: float) -> Spoil:
    return _bars(lambda rows: [row | {name: str(float(row[name]) * factor)} for row in rows])


def _sina_fails(name: str) -> Fails:
    return {
        "another symbol": ("wrong_symbol", replaced(name, "sh600999")),
        "unknown": ("unknown_symbol", lambda body: f"var _{name}_5=(null);".encode()),
        "a column less": ("changed", replaced('"amount"', '"sum"')),
        "no list": ("changed", lambda body: f"var _{name}_5=(7);".encode()),
        "out of order": ("out_of_order", _bars(lambda rows: rows[::-1])),
        "a bar twice": ("out_of_order", _bars(lambda rows: [rows[0], *rows])),
        "high below low": ("invalid", _scaled("high", 0.5)),
        "volume in lots": ("units", _scaled("volume", 0.001)),
        "turnover in ten thousands": ("units", _scaled("amount", 1e-4)),
        "another month": ("empty", replaced("2024-01", "2024-03")),
    }


def _etf(url: str, posted: bytes) -> bytes:
    return script("KLC_K2_sh510001", packed_bars(BARS))


_LISTS: dict[str, dict[str, str]] = {
    "shfe": {"INSTRUMENTID": "rb2410", "OPENDATE": "20231017", "EXPIREDATE": "20241015"},
    "ine": {"INSTRUMENTID": "sc2410", "OPENDATE": "20231010", "EXPIREDATE": "20240930"},
    "cffex": {"PRODUCT_ID": "IF", "INSTRUMENT_ID": "IF2409", "OPEN_DATE": "20240122", "END_TRADING_DAY": "20240920"},
    "czce": {"CtrCd": "TA409", "CtrSz": "5吨/手", "TckSz": "2.00", "FrstTrdDt": "2023-09-18", "LstTrdDt": "2024-09-13"},
    "dce": {"contractId": "m2409", "unit": "10", "tick": "1", "startTradeDate": "20230918", "endTradeDate": "20240913"},
    "gfex": {"contractId": "si2409", "unit": "5", "tick": "5", "startTradeDate": "20230918",
             "endTradeDate": "20240913"},
}  # fmt: skip
_OPTIONS = {
    "INSTRUMENTID": "rb2410C3500",
    "INSTRUMENT_ID": "IO2409-C-3000",
    "CtrCd": "TA409C5000",
    "contractId": "m2409-C-3000",
}


def _contracts(url: str, posted: bytes) -> bytes:
    exchange = next(name for name in _LISTS if f"{name}." in url)
    row = _LISTS[exchange]
    option = row | {name: code for name, code in _OPTIONS.items() if name in row}
    match exchange:
        case "shfe" | "ine":
            return json.dumps({"ContractBaseInfo": [row, option], "update_date": "20240102"}).encode()
        case "cffex" | "czce":
            tag = "INDEX" if exchange == "cffex" else "Contract"
            records = [f"<{tag}>{''.join(f'<{k}>{v}</{k}>' for k, v in one.items())}</{tag}>" for one in (row, option)]
            return f'<?xml version="1.0" encoding="UTF-8"?>\n<List>{"".join(records)}</List>'.encode()
        case _:
            return json.dumps({"code": "0", "data": [row, option]}).encode()


def _contract_check(table: Table) -> None:
    assert isinstance(table, list)
    found = {one.symbol: one for one in table if isinstance(one, FuturesContract)}
    assert list(found) == ["IF2409.CFFEX", "TA2409.CZCE", "m2409.DCE", "rb2410.SHFE", "sc2410.INE", "si2409.GFEX"]
    assert found["IF2409.CFFEX"].product == "IF"
    soy = found["m2409.DCE"]
    assert (soy.product, soy.exchange, soy.multiplier) == ("m", "DCE", 10)
    assert (soy.list_date, soy.last_trade_day) == (dt.date(2023, 9, 18), dt.date(2024, 9, 13))
    assert found["TA2409.CZCE"].multiplier == 5
    assert found["TA2409.CZCE"].price_tick in (2, None)


def _tushare(url: str, posted: bytes) -> bytes:
    asked = json.loads(posted)
    names = {"CFFEX": ("IF2409.CFX", 300, None), "SHFE": ("RB2410.SHF", None, 10), "INE": ("SC2410.INE", None, 1000),
             "DCE": ("M2409.DCE", None, 10), "CZCE": ("TA409.ZCE", None, 5),
             "GFEX": ("SI2409.GFE", None, 5)}  # fmt: skip
    code, multiplier, size = names[asked["params"]["exchange"]]
    row = next(row for name, row in _LISTS.items() if name.upper() == asked["params"]["exchange"])
    first, last = [value.replace("-", "") for name, value in row.items() if "D" in name and value[:2] == "20"]
    items = [[code, code[:2], multiplier, size, first, last]]
    fields = asked["fields"].split(",")
    return json.dumps({"code": 0, "msg": None, "data": {"fields": fields, "items": items, "has_more": False}}).encode()


def _index_minutes(table: Table) -> None:
    minutes_check(table)
    assert bars_of(table).amount[0] == 2_040_000


def _in_seconds(table: Table) -> None:
    minutes_check(table)
    assert bars_of(table).time.dtype == np.dtype("datetime64[s]")


_FUTURES = [
    f"{day},3820,{close},{high},3790,1000,38200000.0,0,0,0,0,0,5000,0"
    for day, close, high in (("2024-01-02", 3820, 3850), ("2024-01-03", 3810, 3830), ("2023-12-29", 3800, 3840))
]
_FUTURES.sort()


def _futures_check(table: Table) -> None:
    assert isinstance(table, FuturesBars)
    assert table.bars.close.tolist() == [3820, 3810]
    assert table.open_interest.tolist() == [5000, 5000]
    assert np.isnan(table.settle).all()
    assert table.bars.amount.tolist() == [38_200_000, 38_200_000]


MORE = [
    Case("eastmoney", request("futures_daily", "rb2410.SHFE"), eastmoney("rb2410", 113, _FUTURES), _futures_check,
         {name: fail for name, fail in eastmoney_fails("rb2410").items()
          if name not in ("volume in shares", "turnover in thousands", "a price of words", "a column more",
                          "a column less")}
         | {"no open interest": ("changed", eastmoney_lines(lambda rows: [row.rsplit(",", 2)[0] for row in rows])),
            "words for open interest": ("invalid", eastmoney_lines(lambda rows: [*rows[:2], rows[2][:-6] + "x,0"]))}),
    Case("eastmoney", request("futures_daily", "TA2409.CZCE"), eastmoney("TA409", 115, _FUTURES), _futures_check,
         {"that of ten years before": ("wrong_symbol", replaced("TA409", "TA2409"))}, tag="-czce"),
    Case("eastmoney", request("etf_minute", "510001.SH", "5m"), eastmoney("510001", 1, MINUTES), minutes_check,
         eastmoney_fails("510001")),
    Case("eastmoney", request("etf_minute", "161725.SZ", "1m"), eastmoney("161725", 0, _SHORT, "trends"),
         minutes_check, eastmoney_fails("161725")),
    Case("eastmoney", request("index_minute", "000300.SH", "15m"), eastmoney("000300", 1, _INDEX), _index_minutes,
         {name: fail for name, fail in eastmoney_fails("000300").items() if name not in ("a column more",)}
         | {"a column less": ("changed", eastmoney_lines(lambda lines: [row.rsplit(",", 5)[0] for row in lines]))}),
    Case("eastmoney", request("index_minute", "399006.SZ", "1m"),
         eastmoney("399006", 0, [",".join(line.split(",")[:8]) for line in _INDEX], "trends"), _index_minutes),
    Case("sina", request("stock_minute", "600001.SH", "5m"), _sina_minutes("sh600001"), _in_seconds,
         _sina_fails("sh600001"), content_type="application/x-javascript"),
    Case("sina", request("index_minute", "000300.SH", "5m"), _sina_minutes("sh000300", 2), _index_minutes,
         _sina_fails("sh000300"), content_type="application/x-javascript"),
    Case("sina", request("etf_minute", "510001.SH", "5m"), _sina_minutes("sh510001"), minutes_check,
         _sina_fails("sh510001"), content_type="application/x-javascript"),
    Case("sina", request("etf_daily", "510001.SH"), _etf, bars_check(),
         sina_bar_fails("sh510001")
         | {"nothing packed": ("empty", lambda body: script("KLC_K2_sh510001", packed_bars([])))},
         content_type="application/x-javascript"),
    Case("exchanges", Request("futures_contracts", start=dt.date(2024, 1, 2)), _contracts, _contract_check, {
        "other columns": ("changed", replaced("EXPIREDATE", "EXPIRES")),
        "no contracts": ("empty", replaced('"ContractBaseInfo": [', '"ContractBaseInfo": [], "x": [')),
        "no list": ("changed", replaced("ContractBaseInfo", "ContractInfo")),
        "a contract twice": ("out_of_order", replaced("rb2410C3500", "rb2410")),
        "traded until before it was listed": ("invalid", replaced("20241015", "20221015")),
        "a last day far from its month": ("invalid", replaced("20241015", "20250415")),
        "a month that is none": ("changed", replaced("rb2410", "rb2413")),
        "an entity": ("changed", replaced("<List>", '<!DOCTYPE x [<!ENTITY y "z">]><List>')),
        "a lot of nothing": ("units", replaced('"unit": "10"', '"unit": "0"')),
        "words for a lot": ("changed", replaced('"unit": "10"', '"unit": "ten"')),
    }),
    Case("tushare", Request("futures_contracts"), _tushare, _contract_check,
         {name: fail for name, fail in CALL_FAILS.items()
          if name not in ("another stock", "other columns", "no bars", "out of order")} | {
        "no contracts": ("empty", items_changed(lambda items: [])),
        "other columns": ("changed", replaced('"list_date"', '"listed"')),
        "a month that is none": ("changed", replaced("RB2410", "RB2413")),
    }),
]  # fmt: skip
