"""Limits of futures rest on the previous settlement price and are rounded towards it."""

from __future__ import annotations

from tests.golden.market import NATIVE, bars, buy, play, sell


def test_future_limit_is_rounded_inward() -> None:
    # 3456.4 x 1.1 = 3802.04 -> 3802.0 (steps of 0.2); x 0.9 = 3110.76 -> 3110.8. Without settlement: none.
    up = play(bars("IF2403.CFFEX", "2024-03-04", "3456.4", "3802"), {0: [buy(1)]}, ways=NATIVE)
    down = play(bars("IF2403.CFFEX", "2024-03-04", "3456.4", "3110.8"), {0: [sell(1)]}, ways=NATIVE)
    unknown = play(bars("IF2403.CFFEX", "2024-03-04", "3456.4 p0", "3802 p0"), {0: [buy(1)]}, ways=NATIVE)
    assert up.refusals == ["1: buy limit_up 1 -> 0 at 3802.00 [flimit.index.10]"]
    assert down.refusals == ["1: sell limit_down 1 -> 0 at 3110.80 [flimit.index.10]"]
    assert len(unknown.fills) == 1
