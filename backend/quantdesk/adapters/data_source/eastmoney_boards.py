"""Eastmoney on the whole market: shares on industry and concept boards, and those at their upper limit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from quantdesk.adapters.data_source.datacenter import WEB, DataCentre, Row
from quantdesk.adapters.data_source.reading import Reader
from quantdesk.adapters.data_source.web import Recipe, akshare
from quantdesk.core.instruments.symbol import SymbolError, kind_of
from quantdesk.core.sources.records import BoardKind, BoardMember, LimitUp
from quantdesk.ports.data_source import Answer, Request
from quantdesk.ports.datasets import Dataset

_MEMBERS = "RPT_F10_CORETHEME_BOARDTYPE"
_COLUMNS = ("SECUCODE", "BOARD_CODE", "BOARD_NAME")
_ROWS_A_PAGE = 5000
_LIST_URL = "https://17.push2.eastmoney.com/api/qt/clist/get"
_LIST = {
    "po": "1", "np": "1", "ut": "bd1d9ddb04089700cf9c27f6f7426281", "fltt": "2", "invt": "2", "fid": "f12",
    "fs": "m:90 t:3 f:!50", "fields": "f12",
}  # fmt: skip
"""What akshare's `stock_board_concept_name_em` asks, without the quotes, and in the order of the codes."""
_BOARDS_A_PAGE = 100
_POOL = ("c", "m", "n", "p", "fund", "fbt", "lbt", "zbc", "lbc", "hybk")
_MARKETS = {0: ("SZ", "BJ"), 1: ("SH",)}


class MarketPages:
    """Recipes of `industry_boards`, `concept_boards` and `limit_up_pool`.

    akshare asks for the members board by board, some six hundred requests. The table behind the pages about one
    company has all of them: two pages for the industries (of the second level, one for each share), some fifteen for
    all boards, of which the concepts are those on the list of concepts. Pages that came stay for the day.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._centre = DataCentre(reader)

    def recipes(self) -> Mapping[Dataset, Recipe]:
        return {
            "industry_boards": Recipe(
                1, self._ask_industries, self._centre.judge, self._read_industries, same_day=True
            ),
            "concept_boards": Recipe(1, self._ask_concepts, self._judge_concepts, self._read_concepts, same_day=True),
            "limit_up_pool": Recipe(1, self._ask_pool, self._judge_pool, self._read_pool),
        }

    def _ask_members(self, where: str) -> None:
        self._centre.ask(
            WEB, _MEMBERS, where, "SECURITY_CODE,BOARD_CODE", columns=",".join(_COLUMNS), rows=_ROWS_A_PAGE
        )

    def _ask_industries(self, request: Request) -> None:
        self._ask_members('(BOARD_TYPE="行业")(BOARD_LEVEL="2")')

    def _read_industries(self, request: Request, answers: Sequence[Answer]) -> list[BoardMember]:
        members = self._members("industry", self._centre.rows(answers, _COLUMNS))
        if len({one.symbol for one in members}) != len(members):
            raise self._reader.error("invalid", "a share is in two industries of one level; update QuantDesk")
        return members

    def _ask_concepts(self, request: Request) -> None:
        first = requests.get(_LIST_URL, params=_LIST | {"pn": "1", "pz": str(_BOARDS_A_PAGE)}, timeout=15).json()
        for page in range(2, math.ceil(first["data"]["total"] / _BOARDS_A_PAGE) + 1):
            requests.get(_LIST_URL, params=_LIST | {"pn": str(page), "pz": str(_BOARDS_A_PAGE)}, timeout=15)
        self._ask_members("")

    def _judge_concepts(self, request: Request) -> Callable[[Answer], None]:
        table = self._centre.judge(request)

        def judge(answer: Answer) -> None:
            if "/clist/" not in answer.url:
                table(answer)
                return
            document = self._reader.json(answer)
            data = document.get("data") if isinstance(document, dict) else None
            if not isinstance(data, dict) or not isinstance(data.get("total"), int):
                raise self._reader.error("changed", "the list of concepts has no `data`; update QuantDesk")
            rows = data.get("diff")
            if not isinstance(rows, list) or not all(isinstance(row, dict) and "f12" in row for row in rows):
                raise self._reader.error("changed", "the list of concepts has no codes; update QuantDesk")

        return judge

    def _read_concepts(self, request: Request, answers: Sequence[Answer]) -> list[BoardMember]:
        lists = [self._reader.json(one)["data"] for one in answers if "/clist/" in one.url]
        boards = {str(row["f12"]) for page in lists for row in page["diff"]}
        totals = {page["total"] for page in lists}
        if totals != {len(boards)}:
            raise self._reader.error("truncated", f"{len(boards)} concepts came, of {sorted(totals)}; ask again")
        rows = self._centre.rows([one for one in answers if "/clist/" not in one.url], _COLUMNS)
        members = self._members("concept", [row for row in rows if _code(row["BOARD_CODE"]) in boards])
        missing = boards - {one.board for one in members}
        if len(missing) * 5 > len(boards):  # a new board has no members for a day or two
            raise self._reader.error("changed", f"{len(missing)} of {len(boards)} concepts have no members")
        return members

    def _members(self, kind: BoardKind, rows: Sequence[Row]) -> list[BoardMember]:
        found: set[BoardMember] = set()
        for row in rows:
            board, name = _code(row["BOARD_CODE"]), str(row["BOARD_NAME"] or "").strip()
            if not re.fullmatch(r"BK\d{4,6}", board) or not name:
                raise self._reader.error("changed", f"{row['BOARD_CODE']!r} ({name}) is no board; update QuantDesk")
            code, _, exchange = str(row["SECUCODE"]).partition(".")
            info = self._reader.instrument(code, exchange, "", None)
            if info is not None and info.kind == "stock":
                found.add(BoardMember(kind, board, name, info.symbol))
        if not found:
            raise self._reader.error("empty", f"no members of {kind} boards; try again later")
        if len({(one.board, one.name) for one in found}) != len({one.board for one in found}):
            raise self._reader.error("invalid", "a board has two names")
        return sorted(found, key=lambda one: (one.board, one.symbol))

    def _ask_pool(self, request: Request) -> Any:
        return akshare().stock_zt_pool_em(date=self._day(request))

    def _day(self, request: Request) -> str:
        if request.start is None:
            raise self._reader.error("unsupported", "the pool is asked for by a day; give `start`")
        return f"{request.start:%Y%m%d}"

    def _judge_pool(self, request: Request) -> Callable[[Answer], None]:
        wanted = self._day(request)

        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            if not isinstance(document, dict) or "data" not in document:
                raise self._reader.error("changed", "the answer has no `data`; update akshare")
            data = document["data"]
            if data is None or (isinstance(data, dict) and data.get("pool") == []):
                raise self._reader.error("empty", f"no pool of {wanted}; it is kept for some weeks of trading days")
            if not isinstance(data, dict) or not isinstance(data.get("pool"), list):
                raise self._reader.error("changed", "the answer has no pool; update akshare")
            if str(data.get("qdate")) != wanted:
                raise self._reader.error("invalid", f"asked for the pool of {wanted}, got that of {data.get('qdate')}")
            if data.get("tc") != len(data["pool"]):
                raise self._reader.error("truncated", f"{len(data['pool'])} shares came, of {data.get('tc')}")

        return judge

    def _read_pool(self, request: Request, answers: Sequence[Answer]) -> list[LimitUp]:
        found = [self._limit_up(request, row) for row in self._reader.json(answers[0])["data"]["pool"]]
        if len({one.symbol for one in found}) != len(found):
            raise self._reader.error("out_of_order", "a share is twice in the pool")
        return sorted(found, key=lambda one: one.symbol)

    def _limit_up(self, request: Request, row: Row) -> LimitUp:
        assert request.start is not None  # noqa: S101 - the judge has seen to it
        missing = [name for name in _POOL if name not in row] if isinstance(row, dict) else list(_POOL)
        if missing:
            raise self._reader.error("changed", f"the pool lacks {', '.join(missing)}; update akshare")
        number = self._reader.number
        close = number(row["p"])
        if close is None or close <= 0:
            raise self._reader.error("invalid", f"{row['c']} has the price {row['p']!r}")
        breaks, streak = self._count(row["zbc"]), self._count(row["lbc"])
        worth = number(row.get("ltsz"))
        sealed = number(row["fund"])
        if sealed is not None and (sealed < 0 or (worth and sealed > worth)):
            raise self._reader.error("units", f"at the limit of {row['c']} wait {sealed:.3g} yuan; the units changed")
        return LimitUp(
            request.start,
            self._symbol(str(row["c"]), row["m"]),
            str(row["n"]).replace(" ", ""),
            close / 1000,  # Eastmoney gives thousandths of a yuan here
            sealed,
            self._time(row["fbt"]),
            self._time(row["lbt"]),
            breaks,
            streak,
            str(row["hybk"]) if row["hybk"] else None,
        )

    def _count(self, value: Any) -> int | None:
        number = self._reader.number(value)
        if number is not None and not 0 <= number < 1000:
            raise self._reader.error("invalid", f"{value!r} is no number of breaks, or of days at the limit")
        return None if number is None else int(number)

    def _symbol(self, code: str, market: Any) -> str:
        for exchange in _MARKETS.get(market, ()):
            try:
                if kind_of(f"{code}.{exchange}") == "stock":
                    return f"{code}.{exchange}"
            except SymbolError:
                continue
        raise self._reader.error("changed", f"{code[:20]!r} of market {market!r} is no share; update QuantDesk")

    def _time(self, value: Any) -> str | None:
        number = self._reader.number(value)
        if not number:
            return None
        text = f"{int(number):06}"
        if not re.fullmatch(r"(09|1[0-5])[0-5]\d[0-5]\d", text):
            raise self._reader.error("changed", f"{value!r} is no time of the day's trading")
        return f"{text[:2]}:{text[2:4]}:{text[4:]}"


def _code(value: Any) -> str:
    """Give a board's code as its quotes have it: BK0475, where the table of members says 475."""
    text = str(value)
    return text if text.startswith("BK") else f"BK{text.zfill(4)}"
