"""A person imports a file with a gap and a wrong bar, sees both, repairs them, asks whence, and exports to Excel.

The repairs come from Eastmoney's own adapter, which a server on loopback answers with made-up figures.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, expect

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.api.static import frontend_folder
from quantdesk.features.quality.calendars import exchange_calendar
from tests.e2e import journey
from tests.e2e.conftest import need
from tests.e2e.walking import Walk, walking
from tests.stack import loopback_web
from tests.stack.stack_support import Stack, running_stack
from tests.support.source_server import Reply, SourceServer

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
SYMBOL = "600519.SH"
ROWS, WRONG, MISSING = 60, 30, 45
QUALITY, SOURCES, EXPORTS = "data/quality", "data/sources", "data/exports"


def trading_days() -> list[dt.date]:
    calendar = exchange_calendar()
    assert calendar is not None
    found: list[dt.date] = calendar.between(dt.date(2024, 1, 2), dt.date(2024, 6, 30)).tolist()[:ROWS]
    return found


def true_bars() -> dict[str, tuple[float, float, float, float, int, float]]:
    """Give open, high, low, close, shares, yuan by day: made up."""
    found, close = {}, 1700.0
    for row, day in enumerate(trading_days()):
        before, close = close, round(close * (1.003 if row % 2 else 0.998), 2)
        high, low, volume = max(before, close), min(before, close), 2_500_000 + 1_000 * row
        found[str(day)] = before, high, low, close, volume, round(volume * (high + low) / 2, 2)
    return found


def faulty_file(folder: Path) -> Path:
    """Write them without one day, and with a close beyond its limits on another."""
    days = [str(day) for day in trading_days()]
    lines, preclose = ["date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST"], 1700.0
    for day, (opening, high, low, close, volume, amount) in true_bars().items():
        shown = round(preclose * 1.35, 2) if day == days[WRONG] else close
        prices = ",".join(f"{one:.2f}" for one in (opening, max(high, shown), low, shown, preclose))
        if day != days[MISSING]:
            lines.append(f"{day},sh.600519,{prices},{volume},{amount:.2f},1,0")
        preclose = close
    path = folder / "600519.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def eastmoney_says(url: str, posted: bytes) -> Reply:
    """Answer for the days asked for, as Eastmoney does: open, close, high, low, lots, yuan."""
    if "push2his.eastmoney.com" not in url:
        return Reply(b"", 503)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    lines = [
        f"{day},{opening:.2f},{close:.2f},{high:.2f},{low:.2f},{volume // 100},{amount:.2f},0.5,0.3,5.0,0.2"
        for day, (opening, high, low, close, volume, amount) in true_bars().items()
        if asked["beg"] <= day.replace("-", "") <= asked["end"]
    ]
    data = {"code": "600519", "market": 1, "name": "贵州茅台", "klines": lines}
    return Reply(json.dumps({"rc": 0, "data": data}, ensure_ascii=False).encode())


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Stack]:
    """The product with its online sources on, all of whose requests go to a server of ours."""
    need("the built page (make page)", (frontend_folder() / "index.html").exists())
    server = SourceServer()
    server.script = eastmoney_says
    settings = loopback_web.environment(tmp_path / "patch", server.port)
    with running_stack(tmp_path / "home", "--no-first-run", **settings) as stack:
        yield stack
    server.stop()


def test_a_person_finds_faults_repairs_them_asks_whence_a_bar_came_and_exports(
    browser: Browser, platform: Stack, tmp_path: Path
) -> None:
    days = [str(day) for day in trading_days()]
    with walking(browser, platform, "platform", "zh") as walk:
        journey.set_up(walk)
        journey.import_a_file(walk, faulty_file(tmp_path), accepted=ROWS - 1)
        drawer = _check_and_open(walk)
        _refetch(walk, drawer, "超出涨跌停", days[WRONG])
        _refetch(walk, drawer, "没有 K 线的交易日", days[MISSING])
        walk.page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        _ask_whence(walk, days[MISSING])
        _see_the_sources(walk)
        book = _export(walk, tmp_path / "book.xlsx")
        _compare(walk, book)


def _check_and_open(walk: Walk) -> Locator:
    """The report finds both; the symbol's drawer lists them."""
    t = walk.t
    walk.open("data")
    walk.tab(t(QUALITY, "tab")).click()
    walk.button(t(QUALITY, "check")).click()
    kinds = walk.page.get_by_role("region", name=t(QUALITY, "kinds"))
    expect(kinds.get_by_text("超出涨跌停")).to_be_visible(timeout=60_000)
    expect(kinds.get_by_text("没有 K 线的交易日")).to_be_visible()
    walk.shot("report")
    walk.page.get_by_role("table", name=t(QUALITY, "symbols")).get_by_role("row").filter(has_text=SYMBOL).press("Enter")
    return walk.page.get_by_role("dialog")


def _refetch(walk: Walk, drawer: Locator, kind: str, day: str) -> None:
    """Replace, or add, the bar from the first source that has it; the finding is gone."""
    t = walk.t
    findings = drawer.get_by_role("table", name=t(QUALITY, "findings"))
    found = findings.get_by_role("row").filter(has_text=kind)
    expect(found).to_contain_text(day)
    found.click()
    drawer.get_by_role("button", name=t(QUALITY, "refetch")).click()
    asked = walk.page.get_by_role("dialog").filter(has_text=t(QUALITY, "refetchTitle", source="东方财富"))
    expect(asked).to_be_visible(timeout=60_000)
    walk.shot(f"refetch-{day}")
    asked.get_by_role("button", name=t(QUALITY, "refetchApply")).click()
    expect(walk.page.get_by_text(t(QUALITY, "refetched", date=day))).to_be_visible(timeout=60_000)
    expect(found).to_have_count(0)


def _ask_whence(walk: Walk, day: str) -> None:
    """The repaired day's bar is Eastmoney's, its neighbours are the file's."""
    t = walk.t
    walk.tab(t(SOURCES, "tab")).click()
    origin = walk.page.get_by_role("region", name=t(SOURCES, "origin"))
    origin.get_by_role("combobox", name=t(SOURCES, "originSymbol")).fill("600519")
    walk.page.locator(".ant-select-item-option").filter(has_text=SYMBOL).click()
    origin.get_by_text("这根 K 线从哪来？").click()
    versions = origin.get_by_role("table")
    expect(versions).to_contain_text("导入的文件")
    origin.get_by_label("日期").fill(day)
    expect(versions).to_contain_text("东方财富")
    expect(versions).to_contain_text("eastmoney.stock_daily/")  # what read its answer
    expect(versions).to_contain_text(f"{true_bars()[day][3]:,.2f}")
    walk.shot("origin", height=1400)


def _see_the_sources(walk: Walk) -> None:
    t = walk.t
    hosts = walk.page.get_by_role("region", name=t(SOURCES, "sources"))
    row = hosts.get_by_role("row").filter(has_text="push2his.eastmoney.com")
    expect(row).to_contain_text(t(SOURCES, "state.ready"))
    expect(row).to_contain_text("/ 2,000")


def _export(walk: Walk, path: Path) -> Path:
    t = walk.t
    walk.go(f"/data?tab=export&symbols={SYMBOL}")
    walk.page.locator(".export-form").get_by_role("button", name=t(EXPORTS, "create")).click()
    name = f"bars-{SYMBOL}-1d.xlsx"
    button = walk.page.get_by_role("button", name=t(EXPORTS, "downloadOf", name=name))
    expect(button).to_be_visible(timeout=60_000)
    with walk.page.expect_download() as saved:
        button.click()
    saved.value.save_as(path)
    return path


def _compare(walk: Walk, path: Path) -> None:
    """The sheet has the stored rows, and these are the true ones."""
    header, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    bars = ParquetBarStore(walk.stack.home / "bars").read(SYMBOL, "1d")
    assert bars is not None
    assert [str(row[header.index("日期")])[:10] for row in rows] == [str(day) for day in bars.time]
    columns = {"开盘": bars.open, "最高": bars.high, "最低": bars.low, "收盘": bars.close, "成交额(元)": bars.amount}
    for name, values in columns.items():
        assert [row[header.index(name)] for row in rows] == values.tolist(), name
    true = true_bars()
    assert [str(day) for day in bars.time] == list(true)
    assert bars.close.tolist() == [one[3] for one in true.values()]
