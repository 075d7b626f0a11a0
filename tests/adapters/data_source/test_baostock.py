"""Baostock: its messages, and its package against a server of our own. All answers are made up."""

from __future__ import annotations

import datetime as dt
import json
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.adapters.data_source import baostock_talk
from quantdesk.adapters.data_source.baostock import Baostock
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.ports.data_source import Answer, Request, bars_of
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.making import polite

START, END = dt.date(2024, 1, 1), dt.date(2024, 1, 31)
DAILY = Request("stock_daily", "600001.SH", "1d", START, END)
ROWS = [
    ["2024-01-02", "sh.600001", "10.00", "10.30", "9.90", "10.20", "10.10", "100000", "1020000.0", "3", "1", "0"],
    ["2024-01-03", "sh.600001", "10.20", "10.20", "10.20", "10.20", "10.20", "", "", "3", "0", "1"],
    ["2024-01-04", "sh.600001", "9.70", "9.90", "9.60", "9.80", "9.71", "200000", "1960000.0", "3", "1", "0"],
]
FIELDS = "date,code,open,high,low,close,preclose,volume,amount,adjustflag,tradestatus,isST"


def message(kind: str, parts: list[str]) -> bytes:
    body = "\1".join(parts).encode()
    body = zlib.compress(body) if kind == "96" else body
    return f"00.9.40\1{kind}\1{len(body):010}".encode() + body + b"<![CDATA[]]>\n"


def bars_page(rows: list[list[str]], page: int = 1, code: str = "sh.600001", fields: str = FIELDS) -> bytes:
    record = json.dumps({"record": rows})
    method = "query_history_k_data_plus"
    return message("96", ["0", "success", method, "anonymous", str(page), "2000", record, code, fields,
                          "2024-01-01", "2024-01-31", "d", "3"])  # fmt: skip


def answer(body: bytes) -> Answer:
    return Answer("tcp://x", 200, {}, body, dt.datetime(2024, 2, 1, tzinfo=dt.UTC), "SEND x")


@pytest.fixture
def source(tmp_path: Path) -> Baostock:
    return Baostock(polite(tmp_path / "s.db", tries=1, timeout_s=(1.0, 0.3)))


def test_suspended_days_previous_closes_and_st_are_read(source: Baostock) -> None:
    bars = bars_of(source.parse(DAILY, [answer(bars_page(ROWS))]))
    assert bars.close.tolist() == [10.2, 10.2, 9.8]
    assert bars.preclose.tolist() == [10.1, 10.2, 9.71]
    assert bars.suspended.tolist() == [False, True, False]
    assert bars.is_st.tolist() == [False, True, False]
    assert bars.volume.tolist() == [100_000, 0, 200_000]


def changed(at: int, value: str) -> list[list[str]]:
    return [[*row[:at], value, *row[at + 1 :]] for row in ROWS]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (bars_page(ROWS)[:-20], "truncated"),
        (bars_page(ROWS, code="sh.600999"), "wrong_symbol"),
        (bars_page(changed(1, "sh.600999")), "wrong_symbol"),
        (bars_page(ROWS, page=2), "truncated"),
        (bars_page(ROWS, fields=FIELDS.replace("isST", "pe")), "changed"),
        (bars_page([row[:-1] for row in ROWS]), "changed"),
        (bars_page(ROWS[::-1]), "out_of_order"),
        (bars_page(changed(3, "1.00")), "invalid"),
        (bars_page(changed(9, "2")), "changed"),
        (bars_page(changed(10, "0")), "invalid"),
        (bars_page(changed(7, "1000")), "units"),
        (bars_page([]), "empty"),
        (message("96", ["10004011", "无效的证券代码"]), "unknown_symbol"),
        (message("04", ["10001011", "黑名单用户"]), "banned"),
        (message("04", ["10005001", "系统级别错误"]), "invalid"),
        (message("96", ["0", "success"]), "truncated"),
        (message("04", ["0", "成功"]).replace("成功".encode(), "成功成".encode("gbk")), "encoding"),
        (b"HTTP/1.1 400 Bad Request<![CDATA[]]>\n", "changed"),
        (b"<html><![CDATA[]]>\n", "truncated"),
        (b"00.9.40\x0196\x010000000005xxxxx<![CDATA[]]>\n", "truncated"),
    ],
)
def test_each_bad_answer_has_its_name(source: Baostock, body: bytes, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        source.parse(DAILY, [answer(body)])
    assert caught.value.kind == kind


def test_a_full_last_page_means_that_one_is_missing(source: Baostock) -> None:
    days = [(dt.date(2016, 1, 1) + dt.timedelta(days=at)).isoformat() for at in range(2001)]
    rows = [[day, *ROWS[0][1:]] for day in days]
    wide = Request("stock_daily", "600001.SH")
    pages = [answer(bars_page(rows[:2000])), answer(bars_page(rows[2000:], page=2))]
    assert len(bars_of(source.parse(wide, pages))) == 2001
    for some in (pages[:1], pages[1:], pages[::-1]):
        with pytest.raises(SourceError) as caught:
            source.parse(wide, some)
        assert caught.value.kind == "truncated"


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 200), piece=st.binary(max_size=6))
def test_mutated_bytes_give_checked_rows_or_a_source_error(tmp_path_factory: object, at: int, piece: bytes) -> None:
    body = bars_page(ROWS)
    reader = Baostock(polite(Path("/nonexistent")))
    try:
        bars = bars_of(reader.parse(DAILY, [answer(body[:at] + piece + body[at + len(piece) :])]))
    except SourceError:
        return
    assert (bars.symbol, len(bars)) == ("600001.SH", 3)


Script = Callable[[str], bytes | None]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Script]]:
    """Answers each message as `script` says; None: say nothing; b"": hang up."""
    world: dict[str, Script] = {}
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                while not stop.is_set() and (asked := connection.recv(1 << 16)):
                    said = world["script"](asked.decode())
                    if said is None:
                        stop.wait(5)
                    elif said == b"RST":
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        break
                    elif said == b"":
                        break
                    else:
                        connection.sendall(said)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    monkeypatch.setattr(baostock_talk, "HOST", "127.0.0.1")
    monkeypatch.setattr(baostock_talk, "PORT", listening.getsockname()[1])
    yield world
    stop.set()
    listening.close()


def talk(page: bytes | None) -> Script:
    login = message("01", ["0", "success", "login", "anonymous", "0"])
    return lambda asked: login if "\1login" in asked or "login\1" in asked else page


class TestWithThePackage:
    def test_bars_and_calendar_come_through_its_protocol(self, source: Baostock, server: dict[str, Script]) -> None:
        server["script"] = talk(bars_page(ROWS))
        assert bars_of(source.get(DAILY)).close.tolist() == [10.2, 10.2, 9.8]
        days = [[f"2024-01-{day:02}", "1" if day in (2, 3) else "0"] for day in range(1, 5)]
        parts = ["0", "ok", "query_trade_dates", "anonymous", "1", "2000", json.dumps({"record": days})]
        server["script"] = talk(message("34", [*parts, "2024-01-01", "2024-01-04", "calendar_date,is_trading_day"]))
        calendar = source.get(Request("calendar", start=START, end=dt.date(2024, 1, 4)))
        assert isinstance(calendar, TradingCalendar)
        assert calendar.dates.tolist() == [dt.date(2024, 1, 2), dt.date(2024, 1, 3)]

    def test_all_pages_are_turned_and_a_broken_one_ends_it(self, source: Baostock, server: dict[str, Script]) -> None:
        days = [(dt.date(2016, 1, 1) + dt.timedelta(days=at)).isoformat() for at in range(2001)]
        rows = [[day, *ROWS[0][1:]] for day in days]
        first, second = talk(bars_page(rows[:2000])), bars_page(rows[2000:], page=2)
        server["script"] = lambda asked: second if "\1" + "2\1" + "2000\1" in asked else first(asked)
        wide = Request("stock_daily", "600001.SH")
        assert len(bars_of(source.get(wide))) == 2001
        second = message("96", ["10005001", "系统级别错误"])
        with pytest.raises(SourceError) as caught:
            source.get(wide)
        assert caught.value.kind == "invalid"

    @pytest.mark.parametrize(
        ("page", "kind"),
        [
            (None, "timeout"),
            (b"", "truncated"),
            (b"RST", "unreachable"),
            (b"<html>blocked</html><![CDATA[]]>\n", "truncated"),
            (bars_page(ROWS)[:-40] + b"<![CDATA[]]>\n", "truncated"),
            (bars_page(ROWS, code="sh.600999"), "wrong_symbol"),
            (message("04", ["10001011", "黑名单用户"]), "banned"),
        ],
    )
    def test_each_fault_of_the_server_has_its_name(
        self, source: Baostock, server: dict[str, Script], page: bytes | None, kind: str
    ) -> None:
        server["script"] = talk(page)
        with pytest.raises(SourceError) as caught:
            source.get(DAILY)
        assert caught.value.kind == kind

    def test_a_server_that_is_not_there_is_unreachable(self, source: Baostock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(baostock_talk, "HOST", "127.0.0.1")
        monkeypatch.setattr(baostock_talk, "PORT", 9)
        with pytest.raises(SourceError) as caught:
            source.fetch(DAILY)
        assert caught.value.kind == "unreachable"
