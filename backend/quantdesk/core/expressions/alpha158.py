"""Alpha158: qlib's 158 features of price and volume (contrib/data/loader.py, Alpha158DL), by the same names."""

from __future__ import annotations

from collections.abc import Sequence

WINDOWS = (5, 10, 20, 30, 60)
LABEL = "Ref($close, -2)/Ref($close, -1) - 1"
"""What qlib's handler has models predict: the return from tomorrow's close to the next; parse it with label=True."""

_TINY = "1e-12"
_KBAR = {
    "KMID": "($close-$open)/$open",
    "KLEN": "($high-$low)/$open",
    "KMID2": f"($close-$open)/($high-$low+{_TINY})",
    "KUP": "($high-Greater($open, $close))/$open",
    "KUP2": f"($high-Greater($open, $close))/($high-$low+{_TINY})",
    "KLOW": "(Less($open, $close)-$low)/$open",
    "KLOW2": f"(Less($open, $close)-$low)/($high-$low+{_TINY})",
    "KSFT": "(2*$close-$high-$low)/$open",
    "KSFT2": f"(2*$close-$high-$low)/($high-$low+{_TINY})",
}
_PRICES = ("open", "high", "low", "vwap")


def alpha158(windows: Sequence[int] = WINDOWS) -> dict[str, str]:
    """Give the features' texts by name, in qlib's order; other windows give other sets of 29 a window."""
    return (
        _KBAR
        | {f"{price.upper()}0": f"${price}/$close" for price in _PRICES}
        | {f"{name}{days}": _rolling(name, days) for name in _ROLLING for days in windows}
    )


def _rolling(name: str, days: int) -> str:
    return _ROLLING[name].replace("N", str(days))


def _moves(series: str) -> tuple[str, str, str]:
    """Give a series' rises, falls and moves over N days, summed up."""
    rise, fall = f"${series}-Ref(${series}, 1)", f"Ref(${series}, 1)-${series}"
    return f"Sum(Greater({rise}, 0), N)", f"Sum(Greater({fall}, 0), N)", f"(Sum(Abs({rise}), N)+{_TINY})"


_UP, _DOWN, _BOTH = _moves("close")
_MORE, _LESS, _ANY = _moves("volume")
_HEAVY = "Abs($close/Ref($close, 1)-1)*$volume"

_ROLLING = {
    "ROC": "Ref($close, N)/$close",
    "MA": "Mean($close, N)/$close",
    "STD": "Std($close, N)/$close",
    "BETA": "Slope($close, N)/$close",
    "RSQR": "Rsquare($close, N)",
    "RESI": "Resi($close, N)/$close",
    "MAX": "Max($high, N)/$close",
    "MIN": "Min($low, N)/$close",
    "QTLU": "Quantile($close, N, 0.8)/$close",
    "QTLD": "Quantile($close, N, 0.2)/$close",
    "RANK": "Rank($close, N)",
    "RSV": f"($close-Min($low, N))/(Max($high, N)-Min($low, N)+{_TINY})",
    "IMAX": "IdxMax($high, N)/N",
    "IMIN": "IdxMin($low, N)/N",
    "IMXD": "(IdxMax($high, N)-IdxMin($low, N))/N",
    "CORR": "Corr($close, Log($volume+1), N)",
    "CORD": "Corr($close/Ref($close, 1), Log($volume/Ref($volume, 1)+1), N)",
    "CNTP": "Mean($close>Ref($close, 1), N)",
    "CNTN": "Mean($close<Ref($close, 1), N)",
    "CNTD": "Mean($close>Ref($close, 1), N)-Mean($close<Ref($close, 1), N)",
    "SUMP": f"{_UP}/{_BOTH}",
    "SUMN": f"{_DOWN}/{_BOTH}",
    "SUMD": f"({_UP}-{_DOWN})/{_BOTH}",
    "VMA": f"Mean($volume, N)/($volume+{_TINY})",
    "VSTD": f"Std($volume, N)/($volume+{_TINY})",
    "WVMA": f"Std({_HEAVY}, N)/(Mean({_HEAVY}, N)+{_TINY})",
    "VSUMP": f"{_MORE}/{_ANY}",
    "VSUMN": f"{_LESS}/{_ANY}",
    "VSUMD": f"({_MORE}-{_LESS})/{_ANY}",
}
"""N stands for the days of the window, and for nothing else."""
