"""What a kernel may ask for by `quantdesk.sdk`: stored market data to read, and nothing else.

Requests come over the socket that the kernel was started with, one JSON object a line; an answer is a line of JSON
with the number of bytes that follow it, a NumPy archive. There is no address and no token: whoever holds the socket's
other end is that kernel, and all that this serves is reading.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import socket
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from quantdesk.core.backtest.spec import Adjustment
from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.frame import COLUMNS, FUTURES_COLUMNS, Interval
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.instruments.symbol import SymbolError
from quantdesk.features.market import service as market
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError

LINE_BYTES = 100_000


class _Ask(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskBars(_Ask):
    ask: Literal["bars"]
    symbol: str = Field(max_length=40)
    interval: Interval = "1d"
    start: dt.date | None = None
    end: dt.date | None = None
    adjust: Adjustment = "qfq"


class AskBacktest(_Ask):
    """What a backtest needs besides bars, which are asked for symbol by symbol."""

    ask: Literal["backtest"]
    symbols: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=1000)]
    benchmark: str | None = Field(default=None, max_length=40)
    end: dt.date


class AskSearch(_Ask):
    ask: Literal["search"]
    text: str = Field(max_length=80)


class AskSymbols(_Ask):
    ask: Literal["symbols"]
    interval: Interval = "1d"


_ASK: TypeAdapter[AskBars | AskBacktest | AskSearch | AskSymbols] = TypeAdapter(
    Annotated[AskBars | AskBacktest | AskSearch | AskSymbols, Field(discriminator="ask")]
)
_ACTIONS = TypeAdapter(dict[str, list[CorporateAction]])


async def serve(context: Context, channel: socket.socket) -> None:
    """Answer the requests of one kernel until its socket is closed."""
    reader, writer = await asyncio.open_connection(sock=channel.dup(), limit=LINE_BYTES)
    try:
        while line := await reader.readline():
            head, body = await _answer(context, line)
            writer.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n" + body)
            await writer.drain()
    except (ConnectionError, ValueError):
        return  # the kernel has ended, or sent what is no request
    finally:
        writer.close()


async def _answer(context: Context, line: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        match _ASK.validate_json(line):
            case AskBars() as ask:
                return await _bars(context, ask)
            case AskBacktest() as ask:
                return await _backtest(context, ask)
            case AskSearch(text=text):
                async with context.database.unit(write=False) as uow:
                    found = await market.search(uow, context, text, limit=50)
                return {"ok": [one.model_dump(mode="json") for one in found]}, b""
            case AskSymbols(interval=interval):
                listed = await asyncio.to_thread(context.bars.list_coverage, interval)
                return {"ok": [one.symbol for one in listed]}, b""
    except ValidationError as error:
        first = error.errors()[0]
        return {"error": f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"}, b""
    except (AppError, SymbolError) as error:
        return {"error": str(error)}, b""


async def _backtest(context: Context, ask: AskBacktest) -> tuple[dict[str, Any], bytes]:
    symbols = [market.canonical(symbol) for symbol in ask.symbols]
    async with context.database.unit(write=False) as uow:
        actions = await market.actions_of(uow, symbols, end=ask.end)
    told = {
        "symbols": symbols,
        "benchmark": market.canonical(ask.benchmark) if ask.benchmark else None,
        "actions": _ACTIONS.dump_python(actions, mode="json"),
    }
    return {"ok": told}, b""


async def _bars(context: Context, ask: AskBars) -> tuple[dict[str, Any], bytes]:
    symbol = market.canonical(ask.symbol)
    bars = await asyncio.to_thread(context.bars.read, symbol, ask.interval, ask.start, ask.end)
    if bars is None or not len(bars):
        return {"error": f"no {ask.interval} bars of {symbol} are stored (没有存储该代码的 K 线)"}, b""
    adjusted = adjust(bars, ask.adjust)
    buffer = io.BytesIO()
    columns = {name: getattr(adjusted, name) for name in (*COLUMNS, *FUTURES_COLUMNS)}
    np.savez(buffer, **{name: column for name, column in columns.items() if column is not None})
    return {"ok": symbol}, buffer.getvalue()
