"""Random expressions, as text."""

from __future__ import annotations

from hypothesis import strategies as st

FIELDS = ("open", "high", "low", "close", "volume")
_WINDOWED = ("Mean", "Sum", "Count", "Std", "Var", "Max", "Min", "IdxMax", "IdxMin", "Med", "Rank", "Mad")
_LINES = ("Slope", "Rsquare", "Resi", "WMA", "EMA", "Delta", "Ref")
_CROSS = ("CSRank", "CSZScore", "CSMean", "CSStd", "CSDemean")


def numbers() -> st.SearchStrategy[int | float]:
    return st.integers(0, 10**9) | st.floats(0, 1e30, allow_nan=False)


def series(depth: int, ahead: bool = False, cross: bool = True) -> st.SearchStrategy[str]:
    """Draw a series; with `ahead` Ref and Delta may have negative shifts."""
    leaf = st.sampled_from(FIELDS).map(lambda name: f"${name}")
    if depth == 0:
        return leaf
    inner = series(depth - 1, ahead, cross)
    operand = inner | numbers().map(repr)
    window = st.integers(0, 12) | st.sampled_from([20, 60])
    condition = st.builds("({} {} {})".format, inner, st.sampled_from([">", ">=", "<", "<=", "==", "!="]), operand)
    both = st.builds("({} {} {})".format, condition, st.sampled_from("&|"), condition) | condition.map("~{}".format)
    kinds = [
        leaf,
        st.builds("({}{}{})".format, inner, st.sampled_from(["+", "-", "*", "/", "%"]), operand),
        st.builds("({}{}{})".format, operand, st.sampled_from(["+", "-", "*", "/"]), inner),
        inner.map("-{}".format),
        st.builds("{}({})".format, st.sampled_from(["Abs", "Sign", "Log"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["Greater", "Less"]), inner, operand),
        st.builds("If({}, {}, {})".format, condition | both, operand, inner),
        st.builds("{}({}, {})".format, st.sampled_from(_WINDOWED), inner | condition, window),
        st.builds("{}({}, {})".format, st.sampled_from(_LINES), inner, window),
        st.builds("{}({}, {})".format, st.sampled_from(["Skew", "Kurt"]), inner, st.sampled_from([0, 4, 9, 30])),
        st.builds("{}({}, {})".format, st.sampled_from(["Mean", "EMA"]), inner, st.sampled_from([0.1, 0.75])),
        st.builds("Quantile({}, {}, {})".format, inner, window, st.floats(0, 1)),
        st.builds("{}({}, {}, {})".format, st.sampled_from(["Corr", "Cov"]), inner, inner, window),
    ]
    if cross:
        kinds.append(st.builds("{}({})".format, st.sampled_from(_CROSS), inner))
        kinds.append(st.builds("CSWinsorize({}, {})".format, inner, st.floats(0, 0.5)))
    if ahead:
        kinds.append(st.builds("{}({}, {})".format, st.sampled_from(["Ref", "Delta"]), inner, st.integers(-9, -1)))
    return st.one_of(kinds)
