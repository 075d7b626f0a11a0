"""The whole journey in Chinese, from the set-up link to a report and back in again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import journey
from tests.e2e.walking import walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]


def test_a_person_goes_from_the_setup_link_to_a_report(browser: Browser, product: Stack, tmp_path: Path) -> None:
    with walking(browser, product, "zh", "zh") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        journey.find_a_stock(walk)
        journey.make_a_strategy(walk)
        journey.compare_versions(walk)
        journey.run_to_a_report(walk)
        journey.look_at_the_backtests(walk)
        journey.see_an_error_at_its_line(walk)
        journey.cancel_a_long_run(walk)
        journey.look_at_the_jobs(walk)
        journey.import_a_file(walk, made_file(tmp_path), accepted=4)
        journey.look_at_the_data(walk)
        journey.use_the_system_page(walk)
        journey.sign_out_and_in(walk)


def made_file(folder: Path) -> Path:
    """Write a file as a person has it from a Chinese tool: GBK, Chinese heads, volume in lots."""
    rows = ["日期,股票代码,开盘,收盘,最高,最低,成交量,成交额"]
    rows += [
        f"2024-01-0{day},600519,{1700 + day},{1705 + day},{1710 + day},{1695 + day},25000,4.2e9" for day in (2, 3, 4, 5)
    ]
    path = folder / "茅台.csv"
    path.write_bytes("\n".join(rows).encode("gbk"))
    return path
