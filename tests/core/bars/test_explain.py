"""Raw, qfq, hfq and additive prices side by side, by hand and on real bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.adjust import adjust
from quantdesk.core.bars.explain import Lines, compare, explain
from quantdesk.core.bars.explain_words import event_words, sentences
from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction, ex_right_price
from scripts import validate_rules
from tests.fakes.made_bars import bars_of

SYMBOL = "600000.SH"
DAY = [dt.date(2020, 1, day) for day in (1, 2, 3, 6, 7)]
DIVIDEND = CorporateAction(SYMBOL, DAY[1], cash=Decimal(1))
BONUS = CorporateAction(SYMBOL, DAY[3], bonus=Decimal(1))


def made(closes: list[float], precloses: list[float], symbol: str = SYMBOL, suspended: tuple[int, ...] = ()) -> Bars:
    return replace(bars_of(symbol, closes, suspended=suspended), preclose=np.array(precloses))


SMALL = made([10.0, 9.9, 12.0, 6.6, 6.6], [10.0, 9.0, 9.9, 6.0, 6.6])
"""10.00, then 1.00 in cash (ex-right 9.00, factor 10/9), 9.90 and 12.00, then one bonus share for one (ex-right 6.00,
factor 2), 6.60 twice. As of the last day:

- qfq: 10 / (20/9) = 4.50, 9.90 / 2 = 4.95, 12 / 2 = 6, 6.60; the return is 6.60 / 4.50 - 1 = 46.67 %.
- hfq: 10, 9.90 x 10/9 = 11, 12 x 10/9 = 13.33, 6.60 x 20/9 = 14.67.
- additive: (10 - 1) / 2 = 4.50, 9.90 / 2 = 4.95, 6, 6.60: the cash came off the very price it was paid at, so nothing
  differs. As of the third day: 10 - 1 = 9, 9.90, 12, 6.60 x 2 = 13.20; as of the first: 10, 10.90, 13, 14.20.
- held without reinvesting: 2 shares of 6.60 and 1.00 in cash for 10: 42 %.
"""


def test_the_four_prices_of_each_day_by_hand() -> None:
    lines = explain(SMALL, [BONUS, DIVIDEND])
    assert lines.raw.tolist() == SMALL.close.tolist()
    assert lines.qfq == pytest.approx([4.5, 4.95, 6, 6.6, 6.6])
    assert lines.hfq == pytest.approx([10, 11, 40 / 3, 44 / 3, 44 / 3])
    assert lines.additive == pytest.approx([4.5, 4.95, 6, 6.6, 6.6])
    assert explain(SMALL, [DIVIDEND, BONUS], DAY[2]).additive == pytest.approx([9, 9.9, 12, 13.2, 13.2])
    first = explain(SMALL, [DIVIDEND, BONUS], DAY[0])
    assert first.additive == pytest.approx([10, 10.9, 13, 14.2, 14.2])
    assert first.qfq == pytest.approx(lines.hfq)


def test_the_events_say_factor_action_and_that_it_explains_the_previous_close() -> None:
    cash, bonus = explain(SMALL, [DIVIDEND, BONUS]).events
    assert (cash.date, cash.close_before, cash.preclose, cash.verdict) == (DAY[1], 10.0, 9.0, "explained")
    assert (cash.step, cash.factor_before, cash.factor_after) == pytest.approx((10 / 9, 1, 10 / 9))
    assert (bonus.step, bonus.factor_before, bonus.factor_after) == pytest.approx((2, 10 / 9, 20 / 9))
    assert (bonus.expected, bonus.actions) == (Decimal("6.00"), (BONUS,))
    assert event_words(cash) == (
        "10派10：与昨收分毫不差",
        "for 10 shares: 10 in cash before tax: explains the previous close exactly",
    )


def test_returns_between_two_days_by_hand() -> None:
    lines = explain(SMALL, [DIVIDEND, BONUS])
    whole = compare(lines, 0, 4)
    assert whole.returns.raw == pytest.approx(-0.34)
    assert (whole.returns.qfq, whole.returns.hfq) == pytest.approx((6.6 / 4.5 - 1, 6.6 / 4.5 - 1))
    assert whole.returns.held == pytest.approx(0.42)
    assert [event.date for event in whole.events] == [DAY[1], DAY[3]]
    later = compare(lines, 1, 2)
    assert later.events == ()
    assert later.qfq_as_of_end == pytest.approx(9.9)
    assert (later.returns.raw, later.returns.held) == pytest.approx((12 / 9.9 - 1, 12 / 9.9 - 1))
    with pytest.raises(ValueError, match="rows 2 and 1 are not in order"):
        compare(lines, 2, 1)


def test_a_generous_payer_has_negative_additive_prices_and_no_return_on_them() -> None:
    # 2.00, up to 10.00, then 4.00 in cash: 2 - 4 = -2 additively, 2 x 6 / 10 = 1.20 by factor.
    bars = made([2.0, 10.0, 6.0], [2.0, 2.0, 6.0])
    lines = explain(bars, [CorporateAction(SYMBOL, DAY[2], cash=Decimal(4))])
    assert (lines.additive[0], lines.qfq[0]) == pytest.approx((-2, 1.2))
    compared = compare(lines, 0, 2)
    assert compared.returns.additive is None
    told = {sentence.topic: sentence for sentence in sentences(lines, compared)}
    assert "显示 \u22122.00；这里按比例调整，是 1.20，相差 3.20。等差价不是正数" in told["additive"].zh
    assert "show \u22122.00 for 2020-01-01; here prices are scaled, to 1.20, 3.20 apart." in told["additive"].en
    # 1 share of 6 and 4 in cash for 2: 400 %, as much as reinvested, since the price has not moved afterwards.
    assert (compared.returns.held, compared.returns.qfq) == pytest.approx((4, 4))
    assert "reinvested" not in told


def test_sentences_carry_the_stocks_own_figures() -> None:
    lines = explain(SMALL, [DIVIDEND], DAY[4])
    told = {sentence.topic: sentence for sentence in sentences(lines, compare(lines, 0, 2))}
    assert told["returns"].zh == (
        "2020-01-01 至 2020-01-03：不复权 +20.00%，漏掉了 1 次除权除息；"
        "前复权和后复权相同，都是 +33.33%，才是持有人（分红再投入）的收益。"
    )
    # No action is known of the last event: 12 - 6 counts as cash, 10 - 1 - 6 = 3.
    assert "show about 3.00 for 2020-01-01; here prices are scaled, to 4.50, 1.50 apart" in told["additive"].en
    assert told["as_of"].en.endswith("As of 2020-01-07, 2020-01-01 is at 4.50; as of 2020-01-03, at 9.00.")
    assert told["reinvested"].zh.endswith(
        "复权收益 +33.33% 把每次分红在除息日买回股票；分红留作现金（配股照缴），收益是 +30.00%。"
    )
    assert told["unknown"].en.startswith("Of 1 ex-right event no action is known")
    assert event_words(lines.events[1])[1] == "no action known: from the exchange's previous close"


def test_without_events_one_sentence_says_that_all_agree() -> None:
    quiet = explain(bars_of(SYMBOL, [10, 11, 12.1]), [])
    returns, additive = sentences(quiet, compare(quiet, 0, 2))
    assert "都是 +21.00%" in returns.zh
    assert additive.en == "Additive or multiplicative: as of 2020-01-03 both give 10.00 for 2020-01-01."


def test_an_action_that_gives_another_price_or_none_that_shows_is_told() -> None:
    wrong = replace(DIVIDEND, cash=Decimal("0.99"))
    unseen = CorporateAction(SYMBOL, DAY[4], cash=Decimal("0.5"))
    first, _, last = explain(SMALL, [wrong, BONUS, unseen]).events
    assert (first.verdict, first.expected) == ("differs", Decimal("9.01"))
    assert event_words(first)[1].endswith("gives 9.01, another previous close than the exchange's")
    assert (last.verdict, last.step, last.expected) == ("not_in_prices", 1, Decimal("6.10"))
    assert event_words(last)[0] == "10派5：算得除权价 6.10，但行情的昨收没有体现"


def test_cash_of_less_than_half_a_tick_is_explained_without_a_step() -> None:
    tiny = CorporateAction(SYMBOL, DAY[2], cash=Decimal("0.004"))
    (event,) = explain(bars_of(SYMBOL, [10, 10, 10]), [tiny]).events
    assert (event.verdict, event.step) == ("explained", 1)


def test_more_cash_than_the_price_gives_no_price() -> None:
    (event,) = explain(made([10.0, 9.0], [10.0, 9.0]), [replace(DIVIDEND, cash=Decimal(11))]).events
    assert (event.expected, event.verdict) == (None, "differs")


@pytest.mark.parametrize("preclose", [[10, 10, 10, 4.5], [10, 10, 4.5, 4.5], [10, 9, 4.5, 4.5]])
def test_actions_within_a_suspension_meet_the_bar_that_shows_them(preclose: list[float]) -> None:
    # Suspended on the second and third day; 1.00 in cash and one for one on these days, shown there or on resuming.
    closes = [10.0, preclose[1], preclose[2], 5.0]
    bars = made(closes, [10.0, *preclose[1:]], suspended=(1, 2))
    lines = explain(bars, [DIVIDEND, CorporateAction(SYMBOL, DAY[2], bonus=Decimal(1))])
    assert lines.factor[-1] == pytest.approx(20 / 9)
    assert {event.verdict for event in lines.events} == {"explained"}
    assert lines.additive == pytest.approx(lines.qfq)


def test_rights_are_paid_for() -> None:
    # (10 + 5 x 0.5) / 1.5 = 8.33; who takes them up holds 1.5 shares of 8.33 for 10 + 2.50.
    bars = made([10.0, 8.33], [10.0, 8.33])
    rights = CorporateAction(SYMBOL, DAY[1], rights=Decimal("0.5"), rights_price=Decimal(5))
    lines = explain(bars, [rights])
    assert lines.events[0].verdict == "explained"
    assert lines.additive[0] == pytest.approx(12.5 / 1.5)
    assert compare(lines, 0, 1).returns.held == pytest.approx((1.5 * 8.33 - 2.5) / 10 - 1)


def test_outside_the_history_and_of_listing_days_nothing_is_told() -> None:
    before, first = (replace(DIVIDEND, ex_date=day) for day in (dt.date(2019, 1, 2), DAY[0]))
    after = replace(DIVIDEND, ex_date=dt.date(2021, 1, 2))
    listing = CorporateAction(SYMBOL, DAY[1], listing="listed")
    assert explain(bars_of(SYMBOL, [10, 10]), [before, first, after, listing]).events == ()
    with pytest.raises(ValueError, match="no bars to explain"):
        explain(SMALL.take(slice(0, 0)), [])


def test_an_index_has_no_events() -> None:
    index = explain(made([3000.0, 3010.0], [2990.0, 3000.6], "000300.SH"), [])
    assert index.events == ()
    assert index.qfq.tolist() == index.additive.tolist() == [3000.0, 3010.0]


AMOUNTS = st.decimals("0", "0.9", places=2)


@given(
    st.lists(st.tuples(st.floats(0.91, 1.09), AMOUNTS, AMOUNTS, AMOUNTS), min_size=2, max_size=30),
    st.integers(0, 40),
    st.booleans(),
)
def test_adjusted_returns_agree_and_without_cash_additive_is_multiplicative(
    days: list[tuple[float, Decimal, Decimal, Decimal]], as_of: int, cash_paid: bool
) -> None:
    """Prices stay at 20 to 300 yuan; the exchange's previous close is that of the formula."""
    closes, precloses, actions = [100.0], [100.0], []
    weekdays = bars_of(SYMBOL, [1.0] * (len(days) + 1)).time.tolist()
    for day, (move, cash, bonus, conversion) in zip(weekdays[1:], days, strict=True):
        paid = cash if cash_paid else Decimal(0)
        reference = Decimal(str(closes[-1]))
        if closes[-1] > 40 and (paid or bonus or conversion):
            actions.append(CorporateAction(SYMBOL, day, cash=paid, bonus=bonus, conversion=conversion))
            reference = ex_right_price(reference, actions[-1], Decimal("0.01"))
        precloses.append(float(reference))
        closes.append(round(float(reference) * move, 2))
    bars = made(closes, precloses)
    anchor = weekdays[0] + dt.timedelta(days=as_of)
    lines = explain(bars, actions, anchor)
    assert {event.verdict for event in lines.events} <= {"explained"}
    assert len(lines.events) == len(actions)
    np.testing.assert_allclose(lines.qfq, adjust(bars, "qfq", anchor).close, rtol=1e-12)
    np.testing.assert_allclose(lines.hfq, adjust(bars, "hfq").close, rtol=1e-12)
    compared = compare(lines, 0, len(days))
    assert compared.returns.qfq == pytest.approx(compared.returns.hfq, rel=1e-9, abs=1e-12)
    at_anchor = lines.raw[lines.anchor]
    assert (lines.qfq[lines.anchor], lines.additive[lines.anchor]) == pytest.approx((at_anchor, at_anchor))
    if not cash_paid:
        # But for the rounding of the reference prices, of half a tick each.
        np.testing.assert_allclose(lines.additive, lines.qfq, rtol=3e-4 * (len(actions) + 1))
    if not actions:
        np.testing.assert_array_equal(lines.additive, lines.qfq)


DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
DAILY = DATA / "ashare" / "daily.parquet"
ACTIONS = DATA / "reference" / "corporate_actions_1986_2011.parquet"


def real(symbol: str) -> Lines:
    series, actions = validate_rules.read(DAILY, ACTIONS)
    return explain(series[symbol], [action for action in actions if action.symbol == symbol])


@pytest.mark.data
@pytest.mark.skipif(not (DAILY.exists() and ACTIONS.exists()), reason="../shared/data is not here")
def test_kweichow_moutai_paid_cash_and_bonus_shares() -> None:
    lines = real("600519.SH")
    by_day = {event.date: event for event in lines.events}
    first, second = by_day[dt.date(2010, 7, 5)], by_day[dt.date(2011, 7, 1)]
    assert event_words(first)[0] == "10派11.85：与昨收分毫不差"
    assert event_words(second)[0] == "10送1派23：与昨收分毫不差"
    assert second.expected == ((Decimal(str(second.close_before)) - Decimal("2.3")) / Decimal("1.1")).quantize(
        Decimal("0.01")
    )
    whole = compare(lines, 0, len(lines.raw) - 1)
    assert whole.returns.qfq == pytest.approx(whole.returns.hfq, rel=1e-12)
    assert whole.returns.raw < whole.returns.held < whole.returns.qfq
    # Later actions are not in the file: their gaps count as cash. Nothing but cash was given after 2015.
    assert lines.additive[0] < 0 < lines.qfq[0]
    assert {event.verdict for event in lines.events} == {"explained", "unknown"}
