"""Two orders for the same stock share what a bar's volume gives."""

from __future__ import annotations

from tests.golden.market import bars, buy, play


def test_volume_share_is_shared_by_the_orders_of_a_bar() -> None:
    # 10 % of 5000 is 500: the first order takes 300, the second gets 200.
    run = play(bars("600001.SH", "2024-03-04", "10", "10 v5000"), {0: [buy(300), buy(300)]})
    assert run.fills == ["1: buy 300 @10.00 fees 5.00 0.00 0.03", "1: buy 200 @10.00 fees 5.00 0.00 0.02"]
    assert run.refusals == ["1: buy volume 300 -> 200"]
