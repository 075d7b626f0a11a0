"""The exchanges' own pages (上交所, 深交所, 北交所): which shares there are and were; futures from a module beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from quantdesk.adapters.data_source.futures_contracts import HOSTS, ContractLists
from quantdesk.adapters.data_source.reading import day_of
from quantdesk.adapters.data_source.web import Recipe, WebSource, akshare
from quantdesk.core.sources.tables import NameRecord
from quantdesk.ports.data_source import Answer, InstrumentInfo, Request
from quantdesk.ports.datasets import Dataset

_LISTED = ("证券代码", "证券简称", "上市日期")
_SHEET = b"PK\x03\x04"


class Exchanges(WebSource):
    """A DataSource over akshare's lists of shares, those delisted included (Beijing does not publish its own)."""

    name = "exchanges"
    hosts = ("query.sse.com.cn", "www.szse.cn", "www.bse.cn", *HOSTS)

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        return ContractLists(self._reader, self._polite).recipes() | {
            "instruments": Recipe(1, self._ask_lists, self._judge, self._read_lists, same_day=True),
            "names": Recipe(1, self._ask_names, self._judge, self._read_names, same_day=True),
        }

    def _ask_lists(self, request: Request) -> list[tuple[str, pd.DataFrame, tuple[str, ...]]]:
        """Give (exchange, table, columns of code, name, first and last day) of each list."""
        library = akshare()
        # __wrapped__: akshare would give its first answer for ever.
        shanghai = library.stock_info_sh_name_code.__wrapped__
        return [
            ("SH", shanghai(symbol="主板A股"), _LISTED),
            ("SH", shanghai(symbol="科创板"), _LISTED),
            ("SZ", library.stock_info_sz_name_code.__wrapped__("A股列表"), ("A股代码", "A股简称", "A股上市日期")),
            ("BJ", library.stock_info_bj_name_code.__wrapped__(), _LISTED),
            ("SH", library.stock_info_sh_delist("全部"), ("公司代码", "公司简称", "上市日期", "暂停上市日期")),
            ("SZ", library.stock_info_sz_delist("终止上市公司"), (*_LISTED, "终止上市日期")),
        ]

    def _judge(self, request: Request) -> Callable[[Answer], None]:
        if request.dataset == "names":
            _, exchange = self._reader.stock_parts(request)
            if exchange != "SZ":
                raise self._reader.error("unsupported", f"only Shenzhen publishes names; {request.symbol} is elsewhere")

        def judge(answer: Answer) -> None:
            if "szse.cn" in answer.url:
                self._judge_sheet(answer)
            elif "bse.cn" in answer.url:
                rows = self._reader.json(answer, after="(")
                if not (isinstance(rows, list) and rows and isinstance(rows[0], dict) and "content" in rows[0]):
                    raise self._reader.error("changed", "Beijing's list has no `content`; update akshare")
            else:
                document = self._reader.json(answer)
                rows = document.get("result") if isinstance(document, dict) else None
                if not isinstance(rows, list):
                    raise self._reader.error("changed", "Shanghai's list has no `result`; update akshare")
                page = document.get("pageHelp")
                total = page.get("total") if isinstance(page, dict) else None
                if total is not None and int(total) != len(rows):
                    raise self._reader.error("truncated", f"{len(rows)} rows of Shanghai's list came, of {total}")

        return judge

    def _judge_sheet(self, answer: Answer) -> None:
        body = self._reader.whole(answer)
        if not body.startswith(_SHEET):
            self._reader.text(answer)  # says what it is, if it is a page
            raise self._reader.error("changed", f"a spreadsheet was expected, not {body[:20]!r}")
        if b"PK\x05\x06" not in body[-(1 << 16) :]:
            raise self._reader.error("truncated", "the spreadsheet breaks off; try again later")

    def _read_lists(self, request: Request, answers: Sequence[Answer]) -> list[InstrumentInfo]:
        self._check_beijing(answers)
        found: dict[str, InstrumentInfo] = {}
        for exchange, table, columns in self._ask_lists(request):
            for info in self._rows(exchange, table, columns):
                if info.delist_date is not None and info.symbol in found:
                    continue  # an old code in use again, or a share on its last days: what is listed counts
                found[info.symbol] = info
        return [found[symbol] for symbol in sorted(found)]

    def _rows(self, exchange: str, table: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[InstrumentInfo]:
        missing = set(columns) - set(table.columns)
        if missing:
            raise self._reader.error("changed", f"the list of {exchange} lacks {', '.join(sorted(missing))}")
        if not len(table):
            raise self._reader.error("empty", f"the list of {exchange} is empty; try again later")
        for row in table[list(columns)].itertuples(index=False):
            info = self._reader.instrument(str(row[0]), exchange, str(row[1]), *row[2:])
            if info is None:
                continue
            if len(columns) == 4 and info.delist_date is None:
                raise self._reader.error("invalid", f"{info.symbol} is delisted, but its last day is missing")
            if info.delist_date is not None and info.list_date is not None and info.delist_date < info.list_date:
                raise self._reader.error("invalid", f"{info.symbol} was delisted before it was listed")
            yield info

    def _check_beijing(self, answers: Sequence[Answer]) -> None:
        pages = [self._reader.json(one, after="(")[0] for one in answers if "bse.cn" in one.url]
        rows = sum(len(page["content"]) for page in pages)
        totals = {int(page["totalElements"]) for page in pages if "totalElements" in page}
        if {int(page["totalPages"]) for page in pages} - {len(pages)} or totals - {rows}:
            raise self._reader.error("truncated", f"{rows} rows of Beijing's list came, on {len(pages)} pages")

    def _ask_names(self, request: Request) -> Any:
        return akshare().stock_info_sz_change_name(symbol="简称变更")

    def _read_names(self, request: Request, answers: Sequence[Answer]) -> list[NameRecord]:
        code, _ = self._reader.stock_parts(request)
        table = self._ask_names(request)
        missing = {"证券代码", "变更日期", "变更前简称", "变更后简称"} - set(table.columns)
        if missing:
            raise self._reader.error("changed", f"the changes of names lack {', '.join(sorted(missing))}")
        rows: list[Any] = table[table["证券代码"] == code].sort_values("变更日期", kind="stable").to_dict("records")
        if not rows:
            raise self._reader.error("empty", f"{request.symbol} has not changed its name")
        names = [
            (str(rows[0]["变更前简称"]), None),
            *((str(row["变更后简称"]), day_of(row["变更日期"])) for row in rows),
        ]
        symbol = request.symbol or ""
        return [NameRecord(symbol, name.replace(" ", ""), order, day) for order, (name, day) in enumerate(names)]
