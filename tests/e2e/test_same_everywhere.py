"""Double moving average on 600519.SH, 2015 to 2020: the browser, the command and plain Backtrader agree."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.bars.adjust import adjust
from tests.core.backtest.test_engine_equals_plain_backtrader import DOUBLE_MA, assert_equal, plain_backtrader
from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

MARKET = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "ashare" / "daily.parquet"
SYMBOL, START, END = "600519.SH", dt.date(2015, 1, 1), dt.date(2020, 12, 31)
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.stack,
    pytest.mark.data,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("e2e"),
]


def test_browser_command_and_plain_backtrader_give_the_same_figures(
    browser: Browser, product: Stack, tmp_path: Path
) -> None:
    if not MARKET.exists():
        pytest.skip(f"{MARKET} is not there")
    with walking(browser, product, "moutai", "zh") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        journey.import_a_file(walk, MARKET, accepted=529_445)
        shown = run_in_the_browser(walk)
    commanded = run_by_command(product, tmp_path)
    for part in ("spec", "metrics", "series", "orders", "fills", "rejections", "round_trips"):
        assert shown[part] == commanded[part], part

    result = BacktestResult.model_validate(shown)
    bars = ParquetBarStore(product.home / "bars").read(SYMBOL, "1d")
    assert bars is not None
    adjusted = adjust(bars.between(None, END), "qfq", END).between(START, END)
    fills, value = plain_backtrader(adjusted, 0.0001)
    assert len(fills) > 20
    assert_equal(result, fills, value)


def run_in_the_browser(walk: Walk) -> dict[str, Any]:
    """Write the strategy, fill the form, run; give the report that the page read."""
    t = walk.t
    journey.make_a_strategy(walk)
    journey.write_code(walk, DOUBLE_MA)
    walk.page.keyboard.press("Control+s")
    expect(walk.page.get_by_text(t("strategies", "saved", number=3), exact=True)).to_be_visible()
    journey.fill_the_form(walk, [SYMBOL])
    for name, day in (("start", START), ("end", END)):
        field = walk.page.get_by_label(t("backtests", name), exact=True)
        field.fill(day.isoformat())
        field.press("Enter")
    leave_out_the_exchange(walk)
    with walk.page.expect_response("**/report") as report:
        journey.run(walk)
    expect(walk.button(t("backtests", "openReport"))).to_be_visible()
    walk.shot("moutai")
    answer: dict[str, Any] = report.value.json()
    return answer


def leave_out_the_exchange(walk: Walk) -> None:
    """Plain Backtrader knows one set of rates, and no limits, T+1 or bound by volume."""
    t = walk.t
    walk.page.locator("details.expert > summary").first.click()
    for switch in ("priceLimits", "settlement", "volumeBound"):
        walk.page.get_by_role("switch", name=t("backtests", switch), exact=True).click()
    for duty, figure in (("stampDuty", "0.05"), ("transferFee", "0.1")):
        walk.page.get_by_label(t("backtests", duty), exact=True).click()
        walk.page.locator(".ant-select-item-option:visible").filter(has_text=t("backtests", "ownRate")).click()
        walk.page.get_by_label(f"{t('backtests', duty)} {t('backtests', 'ownRate')}", exact=True).fill(figure)


def run_by_command(stack: Stack, folder: Path) -> dict[str, Any]:
    code, out = folder / "double_ma.py", folder / "result.json"
    code.write_text(DOUBLE_MA)
    command = [sys.executable, "-m", "quantdesk.cli", "backtest", "run", str(code), "--symbols", SYMBOL]
    command += ["--start", START.isoformat(), "--end", END.isoformat(), "--cash", "1000000", "--json", str(out)]
    command += ["--no-price-limits", "--no-settlement", "--volume-share", "none"]
    command += ["--stamp-duty", "0.0005", "--transfer-fee", "0.00001"]
    done = subprocess.run(command, env=stack.environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(out.read_text())
    return result
