"""CSCV: by hand on four blocks, by a plain implementation, and on series whose answer is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from quantdesk.core.optimise.overfitting import blocks_for, overfitting


def plain(returns: NDArray[np.float64], blocks: int) -> tuple[list[float], list[float], list[float]]:
    """The paper's five steps one by one; gives logits, in-sample and out-of-sample ratios of the chosen."""
    length = len(returns) // blocks
    cut = np.split(returns[len(returns) - length * blocks :], blocks)
    logits, inside, outside = [], [], []
    for chosen in itertools.combinations(range(blocks), blocks // 2):
        here = np.concatenate([cut[at] for at in chosen])
        there = np.concatenate([cut[at] for at in range(blocks) if at not in chosen])
        a, b = (half.mean(axis=0) / half.std(axis=0, ddof=1) for half in (here, there))
        best = int(np.argmax(a))
        rank = 1 + sum(other < b[best] for other in b)
        share = rank / (len(b) + 1)
        logits.append(math.log(share / (1 - share)))
        inside.append(float(a[best]))
        outside.append(float(b[best]))
    return logits, inside, outside


def test_two_trials_over_four_blocks_by_hand() -> None:
    # Two days a block, +-0.1 around the mean of the block, so each half's ratio goes with its mean:
    # the first trial's means are 4 3 2 1, the second's 1 2 3 4 (per cent).
    means = np.array([[4.0, 1.0], [3.0, 2.0], [2.0, 3.0], [1.0, 4.0]])
    returns = np.repeat(means, 2, axis=0) + np.tile([[0.1], [-0.1]], (4, 1))
    found = overfitting(returns, blocks=4)
    # Halves 01|23, 02|13, 03|12, and back. Of 01 the first is best and is the worse one in 23: rank 1 of 2,
    # w = 1/3, logit ln(1/2). 02: first again (mean 3 to 2), worse in 13 (2 to 3). 03: equal means of 2.5 and
    # equal spread, the first is taken; in 12 both are equal again: rank 1.5, w = 1/2, logit 0. And so backwards.
    assert found.combinations == 6
    assert found.logits == pytest.approx([math.log(0.5), math.log(0.5), 0.0, 0.0, math.log(0.5), math.log(0.5)])
    assert found.probability == 1.0
    assert found.probability_of_loss == 0.0
    assert found.slope is not None


@settings(max_examples=25, deadline=None)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(12, 30), st.integers(2, 6)), elements=st.floats(-0.1, 0.1)),
    st.sampled_from([4, 6]),
    st.integers(0, 2**31),
)
def test_it_equals_the_papers_steps_one_by_one(base: NDArray[np.float64], blocks: int, seed: int) -> None:
    returns = base + np.random.default_rng(seed).normal(0, 0.01, base.shape)  # no ties, no constant half
    found = overfitting(returns, blocks)
    logits, inside, outside = plain(returns, blocks)
    assert found.logits == pytest.approx(logits)
    assert found.in_sample == pytest.approx(inside, rel=1e-6, abs=1e-9)
    assert found.out_of_sample == pytest.approx(outside, rel=1e-6, abs=1e-9)
    assert found.probability == pytest.approx(np.mean(np.array(logits) <= 0))
    slope = np.polyfit(inside, outside, 1)[0]
    assert found.slope == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_many_batches_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = np.random.default_rng(1).normal(0, 0.01, (320, 20))
    whole = overfitting(returns, 8)
    monkeypatch.setattr("quantdesk.core.optimise.overfitting._BATCH", 50)
    assert overfitting(returns, 8).logits == pytest.approx(whole.logits)


def test_noise_is_overfitted_about_half_of_the_time() -> None:
    shares = [overfitting(np.random.default_rng(seed).normal(0, 0.01, (800, 40)), 10).probability for seed in range(12)]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.12)


def test_a_trial_that_is_truly_better_is_not_overfitting() -> None:
    returns = np.random.default_rng(2).normal(0, 0.01, (1000, 50))
    returns[:, 7] += 0.004
    found = overfitting(returns)
    assert (found.blocks, found.combinations) == (16, 12870)
    assert found.probability < 0.01
    assert found.probability_of_loss < 0.01


def test_trials_that_gain_in_one_half_what_they_lose_in_the_other_are_overfitted() -> None:
    """The compensation effect of the paper's section 4: what is best here must be worst there."""
    generator = np.random.default_rng(3)
    half = generator.normal(0, 0.01, (200, 30))
    returns = np.concatenate([half, -half])
    found = overfitting(returns, 2)
    assert found.probability == 1.0
    assert found.probability_of_loss == 1.0


def test_trials_that_never_trade_do_not_break_it() -> None:
    returns = np.zeros((160, 5))
    returns[:, 0] = np.random.default_rng(4).normal(0.002, 0.01, 160)
    found = overfitting(returns)
    assert np.isfinite(found.logits).all()


def test_the_number_of_blocks_is_even_and_leaves_five_days_each() -> None:
    assert [blocks_for(days) for days in (19, 20, 29, 30, 79, 80, 5000)] == [0, 4, 4, 6, 14, 16, 16]


@pytest.mark.parametrize(
    ("shape", "blocks", "says"),
    [((100, 1), None, "too few"), ((10, 5), None, "cannot be cut"), ((100, 5), 7, "even number")],
)
def test_what_cannot_be_cut_is_refused(shape: tuple[int, int], blocks: int | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        overfitting(np.random.default_rng(5).normal(0, 1, shape), blocks)


def test_a_return_that_is_no_number_is_refused() -> None:
    returns = np.zeros((100, 3))
    returns[3, 1] = np.nan
    with pytest.raises(ValueError, match="not a finite number"):
        overfitting(returns)
