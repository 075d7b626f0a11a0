"""Eastmoney's data centre (数据中心): tables in pages, each row with the names of its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from quantdesk.adapters.data_source.reading import Reader
from quantdesk.ports.data_source import Answer, Request

WEB = "https://datacenter-web.eastmoney.com/api/data/v1/get"
F10 = "https://datacenter.eastmoney.com/securities/api/data/v1/get"
"""What the pages about one company (F10) ask."""
Row = dict[str, Any]


class DataCentre:
    """Asks for tables and reads them, in the name of a source."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def ask(self, url: str, report: str, where: str, sort: str, *, columns: str = "ALL", rows: int = 500) -> list[Row]:
        """Ask for all pages of a table; give the first page's rows, as they came."""
        params = {
            "reportName": report, "columns": columns, "filter": where, "pageNumber": "1", "pageSize": str(rows),
            "sortColumns": sort, "sortTypes": ",".join("1" for _ in sort.split(",")),
        } | ({"source": "HSF10", "client": "PC"} if url == F10 else {"source": "WEB", "client": "WEB"})  # fmt: skip
        first = requests.get(url, params=params, timeout=15).json()["result"]
        for page in range(2, int(first["pages"]) + 1):
            requests.get(url, params=params | {"pageNumber": str(page)}, timeout=15)
        found: list[Row] = first["data"]
        return found

    def judge(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            if not isinstance(document, dict) or "result" not in document:
                raise self._reader.error("changed", "the answer has no `result`; update akshare")
            result = document["result"]
            if result is None:  # 返回数据为空, and errors of the service alike
                raise self._reader.error("empty", f"no {request.dataset} ({document.get('message')})")
            if not isinstance(result, dict) or not isinstance(result.get("data"), list):
                raise self._reader.error("changed", "the result has no rows; update akshare")
            if not all(isinstance(row, dict) for row in result["data"]):
                raise self._reader.error("changed", "the rows have no names of columns; update akshare")

        return judge

    def judge_of_one(self, request: Request) -> Callable[[Answer], None]:
        """Give a judge that also sees to it that all rows are about the request's symbol."""
        code, _ = self._reader.stock_parts(request)
        form = self.judge(request)

        def judge(answer: Answer) -> None:
            form(answer)
            for row in self._reader.json(answer)["result"]["data"]:
                if row.get("SECUCODE", request.symbol) != request.symbol or row.get("SECURITY_CODE", code) != code:
                    about = row.get("SECUCODE", row.get("SECURITY_CODE"))
                    raise self._reader.error("wrong_symbol", f"asked for {request.symbol}, got {about}")

        return judge

    def rows(self, answers: Sequence[Answer], needed: Sequence[str]) -> list[Row]:
        """Give the rows of all pages of one table. Raise SourceError when a page or a column is missing."""
        documents = [self._reader.json(answer)["result"] for answer in answers]
        pages = {int(document["pages"]) for document in documents}
        if pages != {len(documents)}:
            raise self._reader.error("truncated", f"{len(documents)} pages came, of {sorted(pages)}")
        rows: list[Row] = [row for document in documents for row in document["data"]]
        counts = {int(document["count"]) for document in documents if "count" in document}
        if counts and counts != {len(rows)}:
            raise self._reader.error("truncated", f"{len(rows)} rows came, of {sorted(counts)}; ask again")
        for row in rows:
            missing = [name for name in needed if name not in row]
            if missing:
                raise self._reader.error("changed", f"the rows lack {', '.join(missing)}; update QuantDesk")
        return rows


def report_of(answer: Answer) -> str:
    """Give the name of the table that the answer is a page of."""
    return parse_qs(urlsplit(answer.url).query).get("reportName", [""])[0]
