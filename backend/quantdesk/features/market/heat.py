"""Industries and concepts on a day. Blocking; call it in a thread."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from quantdesk.core.market.boards import BoardDay, board_days
from quantdesk.core.market.window import Window
from quantdesk.features.market.boards import Boards
from quantdesk.features.market.day import Market
from quantdesk.features.market.day_schemas import BoardChoice, HeatBoard, HeatMap, HeatShare
from quantdesk.features.market.errors import BoardNotFound
from quantdesk.ports.bar_store import BarStore

_SHOWN = 12
"""Shares of each board while all boards are shown."""


def heat_map(store: BarStore, market: Market, boards: Boards, kind: BoardChoice, code: str | None) -> HeatMap:
    """Give the boards with their most traded shares; of one board all. Raise BoardNotFound, MarketDayNotStored."""
    window, day = market.window(store)
    place = {symbol: row for row, symbol in enumerate(window.symbols)}
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for member in boards.members:
        row = place.get(member.symbol)
        if row is not None and code in (None, member.board):
            members[member.board, member.name].append(row)
    change = window.change[:, day].astype(np.float64)
    amount = window.amount[:, day].astype(np.float64)
    found = board_days(members, change, amount)
    if code is not None and not found:
        raise BoardNotFound(f"no share of the board {code} traded on {window.time[day]}", field="board")
    assigned = {row for rows in members.values() for row in rows}
    traded = set(np.flatnonzero(np.isfinite(change)).tolist())
    return HeatMap(
        market=market.name,
        date=window.time[day].item(),
        kind=kind,
        boards=[_board(market, window, day, board, None if code else _SHOWN) for board in found],
        unassigned=0 if code else len(traded - assigned),
        source=boards.source,
        boards_as_of=boards.as_of,
    )


def _board(market: Market, window: Window, day: int, board: BoardDay, shown: int | None) -> HeatBoard:
    return HeatBoard(
        code=board.code,
        name=board.name,
        change=round(board.change, 6),
        amount=board.size,
        advancing=board.advancing,
        declining=board.declining,
        count=len(board.rows),
        shares=[
            HeatShare(
                symbol=window.symbols[row],
                name=market.rows[window.symbols[row]].name,
                change=round(float(window.change[row, day]), 6),
                amount=float(window.amount[row, day]),
            )
            for row in board.rows[:shown]
        ],
    )
