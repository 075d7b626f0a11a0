"""Random orders of every kind on random markets: simulator, event engine and Backtrader fill and refuse the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden.market import ALL, NATIVE, Instruction, play
from tests.golden.random_market import BOARDS, DATES, random_market


def random_script(seed: int, *, validity: tuple[str, ...]) -> dict[int, list[Instruction]]:
    """Draw orders near the prices of the day, in whole and in odd quantities."""
    random = np.random.default_rng(seed)
    market, _ = random_market(seed)
    script: dict[int, list[Instruction]] = {}
    for step, day in enumerate(DATES):
        for symbol in BOARDS:
            bar = market[symbol]
            row = int(np.searchsorted(bar.time, day, side="right")) - 1
            if row < 0 or random.random() < 0.7:
                continue
            close = float(bar.close[row])
            near = [round(float(close * (1 + random.normal(0, 0.05))), int(random.integers(1, 4))) for _ in range(2)]
            kind = random.integers(0, 5)
            script.setdefault(step, []).append(
                Instruction(
                    "buy" if random.random() < 0.6 else "sell",
                    int(random.choice([100, 150, 201, 500, 2_000, 20_000])),
                    symbol,
                    limit=near[0] if kind in (1, 3) else None,
                    stop=near[1] if kind in (2, 3) else None,
                    at="close" if kind == 4 else "market",
                    good_till=str(random.choice(validity)),
                )
            )
    return script


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100_000), share=st.sampled_from(["0.1", "0.01"]), rights=st.sampled_from(["take", "skip"]))
def test_orders_good_until_cancelled_agree_in_three_ways(seed: int, share: str, rights: str) -> None:
    market, actions = random_market(seed)
    script = random_script(seed, validity=("cancelled",))

    run = play(
        list(market.values()),
        script,
        actions=actions,
        ways=ALL,
        rules={"volume_share": share, "rights_issues": rights},
    )

    assert run.refusals


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100_000), fill=st.sampled_from(["next_open", "same_close", "next_average"]))
def test_orders_of_the_day_agree_in_simulator_and_event_engine(seed: int, fill: str) -> None:
    market, actions = random_market(seed)
    script = random_script(seed, validity=("day", "cancelled"))

    run = play(list(market.values()), script, actions=actions, ways=NATIVE, fill=fill)

    assert run.fills
