"""The contract of the remote sources: whatever their servers do, wrong or partial data goes no further.

Each runs through its real client library (akshare or requests) and real sockets against a server on loopback, whose
answers are hand-made with invented numbers; those that replay a recording are marked `data`. With
`pytest -m live` (make test-live) the same requests go to the real servers.
"""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from quantdesk.ports.data_source import Request, bars_of
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.made_answers import CASES, SHEET_TYPE, Case
from tests.adapters.data_source.making import TOKEN, make_source
from tests.support.requirements import DATA
from tests.support.source_server import Reply, SourceServer, rewired

BAN = "<html><head><title>系统提示</title></head><body>您的访问过于频繁，请输入验证码</body></html>".encode()
PAGE = b"<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    name: str
    kind: str
    """What it must be called; more than one, separated by |, where a source cannot tell them apart."""
    spoil: Callable[[Case, bytes], Reply]
    patience_s: float = 0.5
    """How long to wait for an answer, where waiting is what the fault is about."""


def _wrong_encoding(case: Case, body: bytes) -> Reply:
    if case.wrong_encoding == "utf-8":
        return Reply(body.decode("gb18030").encode(), content_type=case.content_type)
    middle = len(body) // 2
    return Reply(body[:middle] + "东方财富".encode("gbk") + body[middle:], content_type=case.content_type)


FAULTS = [
    Fault("a page that bans", "banned", lambda case, body: Reply(BAN, content_type="text/html")),
    Fault(
        "a page that bans, in GBK", "banned", lambda c, b: Reply(BAN.decode().encode("gbk"), content_type="text/html")
    ),
    Fault("status 403", "banned", lambda case, body: Reply(b"no", 403)),
    Fault("status 456", "banned", lambda case, body: Reply(b"no", 456)),
    Fault("a web page instead of data", "page|changed", lambda case, body: Reply(PAGE, content_type="text/html")),
    Fault("a redirect", "changed", lambda c, b: Reply(b"", 302, {"Location": "https://example.test/login"})),
    Fault("no such page", "changed", lambda case, body: Reply(b"Not Found", 404)),
    Fault("a broken server", "unreachable", lambda case, body: Reply(b"{}", 503)),
    Fault("429 with Retry-After", "rate_limited", lambda c, b: Reply(b"slow down", 429, {"Retry-After": "3600"})),
    Fault("429", "rate_limited", lambda case, body: Reply(b"slow down", 429)),
    Fault("an empty answer", "empty", lambda case, body: Reply(b"", content_type=case.content_type)),
    Fault("an answer cut in two", "truncated", lambda c, b: Reply(b[: len(b) * 2 // 3], content_type=c.content_type)),
    Fault("an answer shorter than told", "truncated|unreachable", lambda c, b: Reply(b[:40], length=len(b))),
    Fault("broken compression", "truncated", lambda c, b: Reply(b, headers={"Content-Encoding": "gzip"})),
    Fault("another encoding", "encoding|changed", _wrong_encoding),
    Fault("a stall before the answer", "timeout", lambda case, body: Reply(body, stall_s=5), 0.05),
    Fault(
        "a stall within the answer", "timeout", lambda case, body: Reply(body, stall_s=5, after=len(body) // 2), 0.05
    ),
    Fault("a reset before the answer", "unreachable", lambda case, body: Reply(body, reset=True)),
    Fault("a reset within the answer", "unreachable|truncated", lambda c, b: Reply(b, reset=True, after=len(b) // 2)),
]


@pytest.fixture(scope="module")
def one_server() -> Iterator[SourceServer]:
    server = SourceServer()
    with pytest.MonkeyPatch.context() as patch, rewired(patch, server):
        yield server
    server.stop()


@pytest.fixture
def source_server(one_server: SourceServer) -> SourceServer:
    """One server for all tests of this file, with nothing left of the one before."""
    one_server.forget()
    return one_server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: each test commits a dozen times, and waits for no disk."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def good(case: Case) -> Callable[[str, bytes], Reply]:
    return lambda url, posted: Reply(case.answer(url, posted), content_type=case.content_type)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_good_answer_is_read(case: Case, source_server: SourceServer, folder: Path) -> None:
    source_server.script = good(case)
    source = make_source(case.source, folder / "state.db")
    case.check(source.get(case.request))
    hosts = {url.split("/")[2] for url in source_server.asked}
    assert hosts <= set(source.hosts)
    assert all(one.last_success for one in source.health() if one.host in hosts)
    assert all(TOKEN not in url for url in source_server.asked)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_is_named_and_nothing_is_given(
    case: Case, fault: Fault, source_server: SourceServer, folder: Path
) -> None:
    if fault.spoil is _wrong_encoding and case.content_type == SHEET_TYPE:
        return  # a spreadsheet has none
    _refused(case, fault.kind, lambda body: fault.spoil(case, body), source_server, folder, fault.patience_s)


@pytest.mark.parametrize(
    ("case", "name"), [pytest.param(case, name, id=f"{case.id}: {name}") for case in CASES for name in case.fails]
)
def test_an_answer_that_is_whole_but_wrong_is_named_and_refused(
    case: Case, name: str, source_server: SourceServer, folder: Path
) -> None:
    kind, spoil = case.fails[name]
    _refused(case, kind, lambda body: Reply(spoil(body), content_type=case.content_type), source_server, folder)


def _refused(
    case: Case,
    kind: str,
    spoil: Callable[[bytes], Reply],
    server: SourceServer,
    folder: Path,
    patience_s: float = 0.5,
) -> None:
    source = make_source(case.source, folder / "state.db", tries=1, timeout_s=(1.0, patience_s))
    server.script = lambda url, posted: spoil(case.answer(url, posted))
    with pytest.raises(SourceError) as caught:
        source.get(case.request)
    assert caught.value.kind in kind.split("|"), str(caught.value)
    assert caught.value.source == case.source
    assert TOKEN not in str(caught.value)
    assert {one.last_error_kind for one in source.health()} - {None} == {caught.value.kind}
    # And nothing of it is left, in the cache or anywhere: the next answer is read as ever.
    server.script = good(case)
    fresh = make_source(case.source, folder / ("state.db" if kind not in ("banned", "rate_limited") else "other.db"))
    case.check(fresh.get(case.request))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_parsing_needs_no_network_and_gives_the_same_for_the_same_bytes(
    case: Case, source_server: SourceServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_server.script = good(case)
    answers = make_source(case.source, folder / "state.db").fetch(case.request)
    asked = len(source_server.asked)

    def no_network(*_: object) -> None:
        raise AssertionError("parse opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    reader = make_source(case.source, folder / "other.db")
    for _ in range(2):
        case.check(reader.parse(case.request, answers))
    assert len(source_server.asked) == asked
    assert reader.parser(case.request.dataset).startswith(f"{case.source}.{case.request.dataset}/1")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_answer_too_few_is_refused(case: Case, source_server: SourceServer, folder: Path) -> None:
    source_server.script = good(case)
    source = make_source(case.source, folder / "state.db")
    answers = source.fetch(case.request)
    for missing in range(len(answers)):
        with pytest.raises(SourceError):
            source.parse(case.request, answers[:missing] + answers[missing + 1 :])


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the recordings in ../shared/data are not here")
def test_the_recorded_answers_are_read(source_server: SourceServer, folder: Path) -> None:
    recordings = DATA / "http"
    bodies = {
        "secid=1.601872": recordings / "eastmoney" / "kline_sh601872_day_fields51-61.json",
        "secid=1.000300": recordings / "eastmoney" / "kline_sh000300_day_8fields.json",
        "secid=1.600999": recordings / "eastmoney" / "kline_unknown_code.json",
        "sh000300": recordings / "tencent" / "fqkline_sh000300.json",
    }

    def script(url: str, posted: bytes) -> Reply:
        if "weekTrends" in url:
            return Reply(b'trend_qfq={"code":0,"data":[["2026-01-05","1"]]}')
        body = next(path.read_bytes() for mark, path in bodies.items() if mark in url)
        return Reply(b"kline_dayqfq=" + body if "qq.com" in url else body)

    source_server.script = script
    eastmoney, tencent = (make_source(name, folder / "state.db") for name in ("eastmoney", "tencent"))
    december = (dt.date(2024, 12, 1), dt.date(2024, 12, 31))
    share = bars_of(eastmoney.get(Request("stock_daily", "601872.SH", "1d", *december)))
    assert (len(share), share.close[-1], share.volume[0]) == (10, 6.18, 84_274_300)
    days = (dt.date(2026, 9, 28), dt.date(2026, 9, 30))
    index = [bars_of(one.get(Request("index_daily", "000300.SH", "1d", *days))) for one in (eastmoney, tencent)]
    assert index[0].close.tolist() == index[1].close.tolist() == [4340.76, 4345.21, 4357.62]
    assert index[0].volume.tolist() == index[1].volume.tolist()
    with pytest.raises(SourceError) as caught:
        eastmoney.get(Request("stock_daily", "600999.SH", "1d", *december))
    assert caught.value.kind == "unknown_symbol"


LIVE = [
    ("eastmoney", Request("stock_daily", "600519.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("eastmoney", Request("index_daily", "000300.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("sina", Request("stock_daily", "600519.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("sina", Request("factors", "600519.SH")),
    ("sina", Request("calendar")),
    ("sina", Request("futures_daily", "rb.SHFE", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("tencent", Request("stock_daily", "600519.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("exchanges", Request("instruments")),
    ("exchanges", Request("futures_contracts")),
    ("eastmoney", Request("statements", "600519.SH")),
    ("eastmoney", Request("statements", "601398.SH")),
    ("sina", Request("statements", "600519.SH")),
    ("eastmoney", Request("valuation", "600519.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("eastmoney", Request("industry_boards")),
    ("eastmoney", Request("concept_boards")),
    ("eastmoney", Request("funds")),
    ("eastmoney", Request("fund_nav", "110011.OF")),
    ("sina", Request("fund_nav", "110011.OF")),
    ("sina", Request("etf_daily", "510300.SH", "1d", dt.date(2024, 1, 2), dt.date(2024, 1, 31))),
    ("eastmoney", Request("index_minute", "000300.SH", "5m")),
    ("sina", Request("stock_minute", "600519.SH", "5m")),
    ("csindex", Request("constituents", "000300.SH")),
]


@pytest.mark.live
@pytest.mark.parametrize(("name", "request_"), LIVE, ids=lambda value: str(getattr(value, "dataset", value)))
def test_the_real_servers_answer_in_the_form_that_is_read(name: str, request_: Request, folder: Path) -> None:
    source = make_source(name, folder / "state.db", timeout_s=(5.0, 15.0))
    table = source.get(request_)
    if request_.dataset.endswith("daily"):
        assert len(bars_of(table)) == 22
