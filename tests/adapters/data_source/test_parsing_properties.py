"""Whatever became of the bytes of an answer: rows of the right symbol that pass every check, or a SourceError."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quantdesk.adapters.data_source.web import WebSource
from quantdesk.core.bars.validate import check
from quantdesk.core.instruments.symbol import kind_of, product_of
from quantdesk.core.sources.items import ITEMS
from quantdesk.core.sources.records import (
    BoardMember,
    FundNav,
    FuturesContract,
    IndexMember,
    LimitUp,
    StatementItem,
    ValuationDay,
)
from quantdesk.core.sources.tables import Factors
from quantdesk.ports.data_source import Answer, bars_of
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.made_answers import CASES, CASES_BY_ID
from tests.adapters.data_source.making import canned


@cache
def good(case_id: str) -> tuple[WebSource, tuple[Answer, ...]]:
    case = CASES_BY_ID[case_id]
    source = canned(case, Path(gettempdir()) / "never-written.db")
    return source, tuple(source.fetch(case.request))


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Cut, double, swap or overwrite a piece; change a digit, which is what does harm unseen."""
    at = draw(st.integers(0, max(0, len(body) - 1)))
    end = draw(st.integers(at, min(len(body), at + 60)))
    match draw(st.sampled_from(("cut", "double", "bytes", "digit", "swap", "end"))):
        case "cut":
            return body[:at] + body[end:]
        case "double":
            return body[:end] + body[at:]
        case "bytes":
            return body[:at] + draw(st.binary(max_size=8)) + body[end:]
        case "digit":
            digits = [place for place, byte in enumerate(body) if 48 <= byte <= 57] or [at]
            place = draw(st.sampled_from(digits))
            return body[:place] + str(draw(st.integers(0, 9))).encode() + body[place + 1 :]
        case "swap":
            return body[:at] + body[end:] + body[at:end]
        case _:
            return body[:at]


@pytest.mark.parametrize("case_id", [case.id for case in CASES])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_mutated_bytes_give_checked_rows_or_a_source_error(case_id: str, data: st.DataObject) -> None:
    source, answers = good(case_id)
    request = CASES_BY_ID[case_id].request
    which = data.draw(st.integers(0, len(answers) - 1))
    body = data.draw(mutated(answers[which].body))
    changed = [*answers[:which], replace(answers[which], body=body), *answers[which + 1 :]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            table = source.parse(request, changed)
        except SourceError:
            return
    match table:
        case list():
            if request.symbol:
                assert {one.index if isinstance(one, IndexMember) else one.symbol for one in table} == {request.symbol}
            for one in table:
                _can_be(one)
        case Factors():
            assert table.symbol == request.symbol
            assert (table.factors > 0).all()
            assert (np.diff(table.days) > np.timedelta64(0, "D")).all()
        case _ if hasattr(table, "dates"):
            assert (np.diff(table.dates) > np.timedelta64(0, "D")).all()
        case _:
            bars = bars_of(table)
            assert (bars.symbol, bars.interval) == (request.symbol, request.interval)
            assert len(bars)
            assert check(bars, today=request.end or dt.date.today()).total == 0  # noqa: DTZ011
            assert (np.diff(bars.time) > np.timedelta64(0, "s")).all()
            assert bars.time[0] >= np.datetime64(request.start)


def _can_be(row: object) -> None:
    match row:
        case StatementItem():
            assert row.announced >= row.report_date
            assert ITEMS[row.item].statement == row.statement
            assert row.value is None or np.isfinite(row.value)
        case ValuationDay():
            assert row.close is None or row.close >= 0
        case IndexMember():
            assert row.weight is None or 0 <= row.weight <= 1
            assert kind_of(row.symbol) == "stock"
        case BoardMember():
            assert row.board
            assert kind_of(row.symbol) == "stock"
        case LimitUp():
            assert row.close > 0
            assert kind_of(row.symbol) == "stock"
        case FundNav():
            assert row.nav > 0
        case FuturesContract():
            assert row.list_date is not None
            assert row.last_trade_day is not None
            assert row.list_date <= row.last_trade_day
            assert product_of(row.symbol) == row.product


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=200), status=st.integers(100, 599), case_id=st.sampled_from([one.id for one in CASES]))
def test_any_bytes_with_any_status_are_a_source_error(body: bytes, status: int, case_id: str) -> None:
    source, answers = good(case_id)
    for changed in ([replace(one, body=body, status=status) for one in answers], _with(answers, status)):
        with pytest.raises(SourceError):
            source.parse(CASES_BY_ID[case_id].request, changed)


def _with(answers: Sequence[Answer], status: int) -> list[Answer]:
    return [replace(one, status=status if status != 200 else 500) for one in answers]
