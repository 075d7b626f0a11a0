"""How expressions are computed: conditions, precision, cross-sections, shared parts, the cache."""

from __future__ import annotations

import tracemalloc
from unittest.mock import patch

import numpy as np
import pytest

from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions import ResultCache, evaluate, evaluate_set, panel_digest, parse
from quantdesk.core.expressions.alpha158 import alpha158
from quantdesk.core.expressions.kernels import running
from tests.core.expressions.panels import panel_of, random_panel

NAN = np.nan


def values_of(text: str, **fields: object) -> list[list[float]]:
    panel = panel_of(**{name: np.array(values, dtype=np.float64) for name, values in fields.items()})
    found: list[list[float]] = evaluate(parse(text), panel, precision="double").tolist()
    return found


def same(found: list[list[float]], wanted: list[list[float]]) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_conditions_are_one_and_zero_and_false_where_a_side_is_missing():
    close, low = [[NAN, 2.0, 3.0, NAN, 5.0]], [[1.0, 3.0, 3.0, 1.0, NAN]]
    same(values_of("$close>=$low", close=close, low=low), [[0, 0, 1, 0, 0]])
    same(values_of("$close!=$low", close=close, low=low), [[1, 1, 0, 1, 1]])
    same(values_of("Not($close>=$low)", close=close, low=low), [[1, 1, 0, 1, 1]])
    same(values_of("($close>1) & ($low>1) | ($low==1)", close=close, low=low), [[1, 1, 1, 1, 0]])
    same(values_of("If($close>2, $close, $low)", close=close, low=low), [[1, 3, 3, 1, 5]])


def test_conditions_are_added_as_in_qlib_and_count_once_multiplied():
    close = [[1.0, 2.0, 3.0]]
    same(values_of("($close>1)+($close>2)", close=close), [[0, 1, 1]])
    same(values_of("($close>1)*1+($close>2)*1", close=close), [[0, 1, 2]])
    same(values_of("Mean($close>1, 3)", close=close), [[0, 0.5, 2 / 3]])


def test_days_before_the_first_are_no_part_of_a_condition():
    close = [[NAN, NAN, 5.0, 6.0], [1.0, 2.0, 3.0, 4.0]]
    same(values_of("Mean($close>Ref($close, 1), 4)", close=close), [[NAN, NAN, 0, 0.5], [0, 0.5, 2 / 3, 0.75]])
    same(values_of("Count($close>0, 3)", close=close), [[NAN, NAN, 1, 2], [1, 2, 3, 3]])
    same(values_of("Ref($close>0, 1)", close=close), [[NAN, NAN, NAN, 1], [NAN, 1, 1, 1]])
    same(values_of("CSMean($close>4)", close=close), [[NAN, NAN, 0.5, 0.5], [0, 0, 0.5, 0.5]])


def test_any_field_makes_a_day_a_symbols():
    close, volume = [[NAN, 5.0, NAN, NAN]], [[NAN, 1.0, 0.0, NAN]]
    same(values_of("Mean($close, 2)", close=close, volume=volume), [[NAN, 5, 5, NAN]])


def test_cross_sections_rank_and_scale_the_symbols_of_a_day():
    x = [[1.0, 5.0], [2.0, NAN], [2.0, 5.0], [7.0, 5.0], [NAN, np.inf]]
    third = 1 / 3
    same(
        values_of("CSRank($x)", x=x),
        [[0.25, 2 * third], [0.625, NAN], [0.625, 2 * third], [1, 2 * third], [NAN, NAN]],
    )
    same(values_of("CSMean($x)", x=x), [[3, 5], [3, NAN], [3, 5], [3, 5], [NAN, NAN]])
    same(values_of("CSDemean($x)", x=x), [[-2, 0], [-1, NAN], [-1, 0], [4, 0], [NAN, NAN]])
    spread = np.std([1, 2, 2, 7], ddof=1)
    same(values_of("CSStd($x)", x=x), [[spread, 0], [spread, NAN], [spread, 0], [spread, 0], [NAN, NAN]])
    same(
        values_of("CSZScore($x)", x=x),
        [[-2 / spread, NAN], [-1 / spread, NAN], [-1 / spread, NAN], [4 / spread, NAN], [NAN, NAN]],
    )
    low, high = np.quantile([1, 2, 2, 7], [0.1, 0.9])
    same(values_of("CSWinsorize($x, 0.1)", x=x), [[low, 5], [2, NAN], [2, 5], [high, 5], [NAN, NAN]])
    same(values_of("CSWinsorize($x, 0.5)", x=x), [[2, 5], [2, NAN], [2, 5], [2, 5], [NAN, NAN]])
    same(values_of("CSStd($x)", x=x[:1]), [[NAN, NAN]])


def test_cross_sections_stand_in_windows_and_windows_in_cross_sections():
    panel = random_panel(seed=3)
    rank = evaluate(parse("CSRank($close)"), panel)
    again = panel_of(rank=rank, **panel.fields)
    for inside, outside in (("CSRank($close)", "$rank"), ("CSDemean(CSRank($close))", "CSDemean($rank)")):
        np.testing.assert_allclose(
            evaluate(parse(f"Mean({inside}, 5)-Ref({inside}, 2)"), panel, precision="double"),
            evaluate(parse(f"Mean({outside}, 5)-Ref({outside}, 2)"), again, precision="double"),
        )


def test_single_precision_is_qlibs_and_double_is_exact():
    panel = panel_of(close=np.array([[10.37]]), open=np.array([[10.36]]))
    exact = evaluate(parse("($close-$open)/$open"), panel, precision="double")
    assert exact[0, 0] == (10.37 - 10.36) / 10.36
    stored = [np.float32(10.37), np.float32(10.36)]
    assert evaluate(parse("($close-$open)/$open"), panel)[0, 0] == (stored[0] - stored[1]) / stored[1]


def test_shared_parts_are_computed_once():
    panel = random_panel(seed=1)
    texts = [
        "Mean($close, 5)",
        "$close/Mean($close, 5)",
        "Mean( $close ,5)-Mean($close, 5)*2",
        "Std(Mean($close,5), 9)",
    ]
    with patch.object(running, "sums", wraps=running.sums) as sums:
        evaluate_set({text: parse(text) for text in texts}, panel)
    assert sums.call_count == 1


def test_alpha158_computes_each_of_its_means_once():
    panel = random_panel(seed=1)
    panel.fields["vwap"] = panel.fields["close"]
    with patch.object(running, "sums", wraps=running.sums) as sums:
        evaluate_set({name: parse(text) for name, text in alpha158().items()}, panel)
    # Of close, of volume, of the heavy moves, of rises and of falls, over 5 windows; CNTD has the last two again.
    assert sums.call_count == 25


def test_a_result_may_be_asked_for_in_32_bits():
    panel = random_panel(seed=1)
    expressions = {"a": parse("Mean($close, 5)")}
    half = evaluate_set(expressions, panel, dtype=np.float32)["a"]
    assert half.dtype == np.float32
    np.testing.assert_array_equal(half, evaluate_set(expressions, panel)["a"].astype(np.float32))


def test_a_panel_that_cannot_be_written_to_is_left_as_it_is():
    panel = random_panel(seed=1)
    before = {name: values.copy() for name, values in panel.fields.items()}
    for values in panel.fields.values():
        values.flags.writeable = False
    for precision in ("single", "double"):
        evaluate(parse("Rsquare($close, 5)+Ref($close, 1)-CSRank($close)"), panel, precision=precision)
        found = evaluate(parse("$close"), panel, precision=precision)
        found[:] = 0.0
    for name, values in before.items():
        np.testing.assert_array_equal(panel.fields[name], values)


def test_memory_stays_under_twice_the_result():
    random = np.random.default_rng(0)
    names = ("open", "high", "low", "close", "vwap", "volume")
    panel = panel_of(**{name: random.uniform(1, 2, (60, 1_000)) for name in names})
    expressions = {name: parse(text) for name, text in alpha158().items()}
    evaluate_set(expressions, panel)
    tracemalloc.start()
    try:
        found = evaluate_set(expressions, panel)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * sum(values.nbytes for values in found.values())


def test_the_cache_answers_for_the_same_content_and_no_other():
    panel, cache = random_panel(seed=1), ResultCache()
    expressions = {"a": parse("Mean($close, 5)"), "b": parse("Mean($close,5)*2")}
    first = evaluate_set(expressions, panel, cache=cache)
    assert len(cache) == 2
    with patch.object(running, "sums", wraps=running.sums) as sums:
        again = evaluate_set({"c": parse("Mean($close, 5)")}, random_panel(seed=1), cache=cache)
        assert sums.call_count == 0
        assert again["c"] is first["a"]
        evaluate_set({"c": parse("Mean($close, 5)")}, random_panel(seed=2), cache=cache)
        assert sums.call_count == 1
        evaluate_set({"c": parse("Mean($close, 5)")}, panel, cache=cache, precision="double")
        evaluate_set({"c": parse("Mean($close, 5)")}, panel, cache=cache, dtype=np.float32)
        assert sums.call_count == 3
    with pytest.raises(ValueError, match="read-only"):
        first["a"][0, 0] = 1.0


def test_the_cache_keeps_to_its_bound_and_forgets_what_was_not_used():
    cache = ResultCache(max_bytes=80)
    for name in "abc":
        cache.put((name,), np.zeros(4))
    assert cache.get(("a",)) is None
    assert cache.get(("b",)) is not None
    cache.put(("d",), np.zeros(4))
    assert cache.get(("c",)) is None
    assert cache.get(("b",)) is not None
    cache.put(("e",), np.zeros(11))
    assert cache.get(("e",)) is None
    cache.put(("b",), np.zeros(2))
    assert (cache.bytes, len(cache)) == (48, 2)


def test_the_digest_of_a_panel_is_that_of_its_content():
    panel = random_panel(seed=1)
    assert panel_digest(panel) == panel_digest(random_panel(seed=1))
    names = dict(reversed(panel.fields.items()))
    assert panel_digest(Panel(panel.symbols, panel.time, names)) == panel_digest(panel)
    changed = {name: values.copy() for name, values in panel.fields.items()}
    changed["volume"][5, 69] += 1
    for other in (
        Panel(panel.symbols, panel.time, changed),
        Panel(panel.symbols[::-1], panel.time, panel.fields),
        Panel(panel.symbols, panel.time + 1, panel.fields),
        Panel(panel.symbols, panel.time, {**panel.fields, "close": panel.fields["open"]}),
    ):
        assert panel_digest(other) != panel_digest(panel)
