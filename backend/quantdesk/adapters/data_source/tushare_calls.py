"""How Tushare is asked: one address for all tables, with the token in what is posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
import requests

from quantdesk.adapters.data_source.reading import Reader
from quantdesk.ports.data_source import Answer, Request

URL = "http://api.tushare.pro"
FIRST_DAY = dt.date(1990, 12, 19)
_YEARS_A_CALL = 15
"""A call gives 6,000 rows at most, and says so only in `has_more`."""


class Calls:
    """Asks in the name of a source, and makes tables of what came."""

    def __init__(self, reader: Reader, token: str) -> None:
        self._reader = reader
        self._token = token

    def call(self, api: str, fields: Sequence[str], **params: str) -> None:
        document: Any = {"api_name": api, "token": self._token, "params": params, "fields": ",".join(fields)}
        requests.post(URL, json=document, timeout=15)

    def judge(self, request: Request) -> Callable[[Answer], None]:
        def judge(answer: Answer) -> None:
            document = self._reader.json(answer)
            if not isinstance(document, dict) or "code" not in document:
                raise self._reader.error("changed", "the answer has no `code`; update QuantDesk")
            if document["code"] != 0:
                raise self._refusal(str(document.get("msg")))
            data = document.get("data")
            if not isinstance(data, dict) or not isinstance(data.get("items"), list) or "fields" not in data:
                raise self._reader.error("changed", "the answer has no fields and items; update QuantDesk")
            if data.get("has_more"):
                raise self._reader.error("truncated", "there are more rows than one answer holds; ask for fewer days")
            if any(len(row) != len(data["fields"]) for row in data["items"]):
                raise self._reader.error("changed", "a row has not as many values as there are fields")

        return judge

    def _refusal(self, message: str) -> Exception:
        words = message.replace(self._token, "***")[:200]
        if "每分钟" in words or "每天" in words or "每小时" in words:
            return self._reader.error("rate_limited", f"asks for fewer calls: {words}")
        if "token" in words.lower():
            return self._reader.error(
                "not_set_up", f"does not take the token ({words}); check QD_SOURCES__TUSHARE_TOKEN"
            )
        if "权限" in words or "积分" in words:
            return self._reader.error("unsupported", f"your account may not ask this: {words}")
        return self._reader.error("invalid", f"answered: {words}")

    def complete(self, answers: Sequence[Answer], calls: int) -> Sequence[Answer]:
        if len(answers) != calls:
            raise self._reader.error("truncated", f"{len(answers)} answers came to {calls} calls; ask again")
        return answers

    def table(self, answers: Sequence[Answer], needed: Sequence[str]) -> pd.DataFrame:
        parts: list[pd.DataFrame] = []
        for answer in answers:
            data: dict[str, Any] = self._reader.json(answer)["data"]
            missing = set(needed) - set(data["fields"])
            if missing:
                raise self._reader.error("changed", f"the answer lacks {', '.join(sorted(missing))}; update QuantDesk")
            parts.append(pd.DataFrame(data["items"], columns=data["fields"], dtype=object))
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def spans(request: Request) -> Iterator[tuple[dt.date, dt.date]]:
    """Give the first and last days of as many calls as the request's days take."""
    start, end = request.start or FIRST_DAY, request.end or dt.date(2100, 12, 31)
    while start <= end:
        last = min(end, dt.date(start.year + _YEARS_A_CALL - 1, 12, 31))
        yield start, last
        start = last + dt.timedelta(days=1)
