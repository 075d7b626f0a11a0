"""Lists that take many requests: what came stays for the day, and each costs what the guide says. Answers are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.made_answers import CASES_BY_ID
from tests.adapters.data_source.making import make_source
from tests.support.source_server import Reply, SourceServer, source_server

__all__ = ["source_server"]


def test_a_list_that_broke_off_goes_on_where_it_stopped(source_server: SourceServer, tmp_path: Path) -> None:
    case = CASES_BY_ID["eastmoney-concept_boards-1d"]
    down = True

    def script(url: str, posted: bytes) -> Reply:
        return Reply(b"", 503) if down and "pageNumber=2" in url else Reply(case.answer(url, posted))

    source_server.script = script
    with pytest.raises(SourceError):
        make_source("eastmoney", tmp_path / "state.db", tries=1).get(case.request)
    assert len(source_server.asked) == 3
    down = False
    source = make_source("eastmoney", tmp_path / "state.db")  # as another process would, later in the day
    case.check(source.get(case.request))
    assert ["pageNumber=2" in url for url in source_server.asked[3:]] == [True]
    case.check(source.get(case.request))
    assert len(source_server.asked) == 4


@pytest.mark.parametrize(
    ("case_id", "requests"),
    [
        ("eastmoney-statements-1d", 4),
        ("eastmoney-statements-1d-bank", 4),
        ("sina-statements-1d", 3),
        ("eastmoney-industry_boards-1d", 2),  # as many as there are pages
        ("eastmoney-funds-1d", 1),
        ("eastmoney-fund_nav-1d", 1),
        ("eastmoney-index_minute-15m", 1),
        ("sina-stock_minute-5m", 1),
        ("csindex-constituents-1d", 1),
        ("exchanges-futures_contracts-1d", 6),
    ],
)
def test_an_answer_costs_no_more_requests_than_it_must(
    case_id: str, requests: int, source_server: SourceServer, tmp_path: Path
) -> None:
    case = CASES_BY_ID[case_id]
    source_server.script = lambda url, posted: Reply(case.answer(url, posted), content_type=case.content_type)
    case.check(make_source(case.source, tmp_path / "state.db").get(case.request))
    assert len(source_server.asked) == requests
