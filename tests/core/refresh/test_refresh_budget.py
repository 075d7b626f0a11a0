"""Requests are shared among the sources under their ceilings, and what is left over waits for tomorrow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.refresh.budget import Allotment, Allowance, Need, allot

CEILING = 2000


def test_bars_fall_to_the_next_source_at_a_ceiling() -> None:
    needs = [Need("stock_daily", 5000, 1, ("eastmoney", "sina", "tencent"))]
    found = allot(needs, {name: Allowance(CEILING, CEILING) for name in ("eastmoney", "sina", "tencent")})
    assert found["stock_daily"] == Allotment(5000, {"eastmoney": 2000, "sina": 2000, "tencent": 1000})


def test_what_no_source_has_room_for_is_for_tomorrow() -> None:
    needs = [Need("calendar", 1, 1, ("sina",)), Need("stock_daily", 5000, 1, ("eastmoney", "sina"))]
    found = allot(needs, {"eastmoney": Allowance(CEILING, 500), "sina": Allowance(CEILING, CEILING)})
    assert found["stock_daily"].items == 500 + 1999


def test_tables_that_take_turns_leave_half_a_day_to_the_bars_and_share_the_rest() -> None:
    needs = [
        Need("dividends", 5000, 1, ("eastmoney",), rolling=True),
        Need("statements", 5000, 4, ("eastmoney",), rolling=True),
        Need("names", 30, 1, ("eastmoney",), rolling=True),
    ]
    found = allot(needs, {"eastmoney": Allowance(CEILING, CEILING)})
    assert {name: one.items for name, one in found.items()} == {"names": 30, "dividends": 485, "statements": 121}
    assert allot(needs, {"eastmoney": Allowance(CEILING, 900)})["names"].items == 0


def test_a_source_without_a_ceiling_gives_all() -> None:
    needs = [Need("dividends", 5000, 1, ("files",), rolling=True)]
    assert allot(needs, {}) == {"dividends": Allotment(5000, {"files": 5000})}


SOURCES = ("a", "b", "c")
NEEDS = st.lists(
    st.builds(
        Need,
        st.sampled_from([f"d{number}" for number in range(8)]),
        st.integers(0, 6000),
        st.integers(1, 5),
        st.lists(st.sampled_from(SOURCES), min_size=1, unique=True),
        st.booleans(),
    ),
    unique_by=lambda need: need.dataset,
)


@given(
    NEEDS,
    st.fixed_dictionaries({name: st.builds(Allowance, st.just(CEILING), st.integers(0, CEILING)) for name in SOURCES}),
)
def test_no_ceiling_is_passed_and_nothing_is_wasted(needs: list[Need], allowances: dict[str, Allowance]) -> None:
    found = allot(needs, allowances)
    for name, allowance in allowances.items():
        fixed = sum(found[need.dataset].requests.get(name, 0) for need in needs if not need.rolling)
        rolling = sum(found[need.dataset].requests.get(name, 0) for need in needs if need.rolling)
        assert fixed <= allowance.left
        assert rolling <= max(0, allowance.left - fixed - CEILING // 2)
    for need in needs:
        got = found[need.dataset]
        assert 0 <= got.items <= need.items
        assert sum(got.requests.values()) == got.items * need.each
        if got.items < need.items and not need.rolling:
            used = {
                name: sum(found[one.dataset].requests.get(name, 0) for one in needs if not one.rolling)
                for name in need.sources
            }
            assert all(allowances[name].left - used[name] < need.each for name in need.sources)
