"""A person exports a stock to Excel from its page, downloads the file, and finds the stored prices in it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
SYMBOL = "600001.DEMO"
EXPORTS = "data/exports"


def test_a_person_exports_a_stock_to_excel_and_opens_it(browser: Browser, product: Stack, tmp_path: Path) -> None:
    with walking(browser, product, "export", "zh") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        _fill_the_form(walk)
        book = _download(walk, tmp_path / "book.xlsx")
        _compare_with_the_store(walk, book)
        _delete_it(walk)


def _fill_the_form(walk: Walk) -> None:
    t = walk.t
    walk.go(f"/market/{SYMBOL}")
    walk.button(t("market", "export")).click()
    form = walk.page.locator(".export-form")
    expect(form).to_contain_text(SYMBOL)
    expect(form.locator(".cost")).to_contain_text("1 个标的")
    walk.shot("export-form", height=1000)


def _download(walk: Walk, path: Path) -> Path:
    t = walk.t
    walk.page.locator(".export-form").get_by_role("button", name=t(EXPORTS, "create")).click()
    name = f"bars-{SYMBOL}-1d.xlsx"
    button = walk.page.get_by_role("button", name=t(EXPORTS, "downloadOf", name=name))
    expect(button).to_be_visible(timeout=60_000)
    walk.shot("export-done", height=1000)
    with walk.page.expect_download() as saved:
        button.click()
    assert saved.value.suggested_filename == name
    saved.value.save_as(path)
    return path


def _compare_with_the_store(walk: Walk, path: Path) -> None:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[:3] == ("代码", "名称", "日期")
    bars = ParquetBarStore(walk.stack.home / "bars").read(SYMBOL, "1d")
    assert bars is not None
    assert [str(row[2])[:10] for row in rows] == [str(day) for day in bars.time]
    for name, values in (("开盘", bars.open), ("收盘", bars.close), ("成交额(元)", bars.amount)):
        at = header.index(name)
        assert [row[at] for row in rows] == values.tolist(), name


def _delete_it(walk: Walk) -> None:
    t = walk.t
    walk.page.get_by_role("button", name=t(EXPORTS, "deleteOf", name=f"bars-{SYMBOL}-1d.xlsx")).click()
    walk.page.get_by_role("dialog").get_by_role("button", name=t(EXPORTS, "delete")).click()
    expect(walk.page.get_by_text(t(EXPORTS, "empty"))).to_be_visible()
