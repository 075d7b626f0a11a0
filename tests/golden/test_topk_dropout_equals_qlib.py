"""TopkDropout with qlib's simplifications (no lots, limits, T+1 or bound by volume) gives the equity of qlib."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec, Costs, Rules, Slippage
from quantdesk.core.bars.frame import Bars
from tests.golden import topk_market as given

FOLDER = Path(__file__).resolve().parent
PEERS = os.environ.get("QD_PEERS_PYTHON", sys.executable)
SOURCE = """
import numpy as np
from quantdesk.sdk import TopkDropout, VectorStrategy, param
from tests.golden import topk_market as given

class Scores(VectorStrategy):
    late: int = param(0)  # days after which a score is acted on

    def run(self, data):
        market = given.market()
        known = np.full((self.late, len(data.symbols)), np.nan)
        scores = np.concatenate([known, market.scores[: len(market.dates) - self.late]])
        rows = np.searchsorted(market.dates, np.asarray(data.dates, dtype="datetime64[D]"))
        return TopkDropout(
            scores[rows], topk=given.TOPK, n_drop=given.N_DROP, hold_days=1, risk_degree=given.RISK_DEGREE
        )
"""


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "qlib_topk.json").read_text())
    assert found["market_sha256"] == given.market().digest, "numpy draws other numbers; run qlib_topk.py again"
    return found


@pytest.mark.parametrize(
    ("fill", "late", "price"),
    [("next_open", 0, "open"), ("same_close", 1, "close")],
    ids=["sold and bought at the next open", "sold and bought at the close, on the scores of the day before"],
)
def test_five_years_of_equity_are_within_1e_6_of_qlibs(stored: dict[str, Any], fill: str, late: int, price: str):
    result = run_strategy(spec(fill, late), SOURCE, bars())

    days = [day.isoformat() for day in result.series.date]
    first, last = days.index(stored["first"]), days.index(stored["last"])
    ours = np.array(result.series.equity[first : last + 1])
    qlibs = np.array(stored["equity"][price])
    assert len(ours) == len(qlibs) == given.YEARS * given.DAYS_A_YEAR
    assert np.abs(ours / qlibs - 1).max() < 1e-6
    assert len(result.fills) > 10_000
    assert np.abs(qlibs / given.CASH - 1).max() > 0.2


@pytest.mark.peers
def test_qlib_still_gives_the_stored_equity(stored: dict[str, Any]):
    if subprocess.run([PEERS, "-c", "import qlib"], capture_output=True, check=False).returncode:
        pytest.skip("qlib is not installed; QD_PEERS_PYTHON names the interpreter of an environment that has it")

    done = subprocess.run([PEERS, FOLDER / "qlib_topk.py"], capture_output=True, text=True, check=True)

    fresh = json.loads(done.stdout)
    assert fresh["market_sha256"] == stored["market_sha256"]
    for price, equity in stored["equity"].items():
        np.testing.assert_allclose(fresh["equity"][price], equity, rtol=1e-12)


def spec(fill: str, late: int) -> BacktestSpec:
    """Give a run with qlib's rules and costs; its smallest cost never binds at a billion yuan."""
    market = given.market()
    return BacktestSpec(
        symbols=market.symbols,
        start=market.dates[0].astype(object),
        end=market.dates[-1].astype(object),
        cash=Decimal(given.CASH),
        params={"late": late},
        adjustment="none",
        fill=fill,
        whole_lots=False,
        rules=Rules(price_limits=False, settlement=False, volume_share=None),
        costs=Costs(
            commission_rate=Decimal(str(given.OPEN_COST)),
            commission_min=Decimal(str(given.MIN_COST)),
            stamp_duty_rate=Decimal(str(given.CLOSE_COST)) - Decimal(str(given.OPEN_COST)),
            transfer_fee_rate=Decimal(0),
            slippage=Slippage(value=Decimal(0)),
        ),
    )


def bars() -> dict[str, Bars]:
    market = given.market()
    found = {}
    for at, symbol in enumerate(market.symbols):
        close = market.close[:, at]
        volume = np.where(market.suspended[:, at], 0.0, 1e9)
        found[symbol] = Bars(
            symbol=symbol,
            interval="1d",
            time=market.dates,
            open=market.open[:, at],
            high=market.high[:, at],
            low=market.low[:, at],
            close=close,
            volume=volume,
            amount=close * volume,
            preclose=np.concatenate([market.open[:1, at], close[:-1]]),
            suspended=market.suspended[:, at],
            is_st=np.zeros(len(close), dtype=bool),
        )
    return found
