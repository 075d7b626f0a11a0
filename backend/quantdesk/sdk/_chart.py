"""Charts in a notebook without a library to learn: data goes in, the page draws."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

CHART = "application/vnd.quantdesk.chart+json"
VALUES = 200_000
"""The most that one chart draws."""


class Chart:
    """A chart, drawn when it is a cell's value or given to `display`. `option` is ECharts' option, to be changed."""

    def __init__(self, option: dict[str, Any]) -> None:
        self.option = option

    def __repr__(self) -> str:
        kinds = [str(one.get("type", "")) for one in _listed(self.option.get("series")) if isinstance(one, Mapping)]
        return f"<Chart {', '.join(dict.fromkeys(kinds))}>" if kinds else "<Chart>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), CHART: _plain(self.option)}


def chart(
    data: Any, kind: Literal["line", "bar", "candlestick", "heatmap", "scatter"] = "line", *, title: str = ""
) -> Chart:
    """Draw a DataFrame, a Series or numbers; show the result as a cell's value.

        chart(frame.close, title="Kweichow Moutai")
        chart(frame[["open", "close"]])
        chart(frame.tail(250), "candlestick")
        chart(returns.resample("YE").sum(), "bar")
        chart(frame.pct_change().corr(), "heatmap")
        chart(frame[["volume", "close"]], "scatter")

    A dict is taken as an option of ECharts as it stands (plain data, no functions):

        chart({"xAxis": {"data": ["a", "b"]}, "yAxis": {}, "series": [{"type": "bar", "data": [1, 2]}]})

    Args:
        data: What to draw. Its index is the horizontal axis and each column with numbers a series; candlesticks take
            the columns open, high, low, close and, where there is one, volume; a heatmap draws each value as a
            square; scatter takes the first column as x and the others as y.
        kind: line, bar, candlestick, heatmap or scatter.
        title: Above the chart.

    Raises:
        ValueError: another kind, columns that are missing, or more than 200,000 values.
        TypeError: an option with something in it that is no plain data.
    """
    if isinstance(data, Mapping):
        option = dict(data)
        if title:
            option.setdefault("title", {"text": title})
        _plain(option)  # what cannot be shown is said here and not when it is displayed
        return Chart(option)
    draw = {"line": _lines, "bar": _lines, "candlestick": _candlesticks, "heatmap": _heatmap, "scatter": _scatter}
    if kind not in draw:
        raise ValueError(f"kind is {kind!r}; there are {', '.join(draw)}")
    frame = _frame(data)
    if frame.size > VALUES:
        raise ValueError(f"{frame.size:,} values are too many for a chart, {VALUES:,} are drawn; thin them out")
    option = draw[kind](frame, kind)
    if title:
        option["title"] = {"text": title}
    return Chart(option)


def _frame(data: Any) -> pd.DataFrame:
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame(data.name if data.name is not None else "value")
    frame = pd.DataFrame(data)
    return frame.set_axis(["value"], axis=1) if frame.columns.equals(pd.RangeIndex(1)) else frame


def _lines(frame: pd.DataFrame, kind: str) -> dict[str, Any]:
    names = _numeric(frame)
    extra = {"showSymbol": len(frame) == 1} if kind == "line" else {}
    series = [{"type": kind, "name": str(name), "data": _values(frame[name]), **extra} for name in names]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"show": len(names) > 1, "type": "scroll"},
        "xAxis": {"type": "category", "data": _labels(frame.index)},
        "yAxis": {"type": "value", "scale": kind == "line"},
        "dataZoom": [{"type": "inside"}],
        "series": series,
    }


def _candlesticks(frame: pd.DataFrame, kind: str) -> dict[str, Any]:
    columns = {str(name).lower(): name for name in frame.columns}
    missing = [name for name in ("open", "high", "low", "close") if name not in columns]
    if missing:
        raise ValueError(f"candlesticks need the columns open, high, low and close; there is no {', '.join(missing)}")
    prices = [_values(frame[columns[name]]) for name in ("open", "close", "low", "high")]  # ECharts' order
    bars = [list(bar) if None not in bar else "-" for bar in zip(*prices, strict=True)]
    days = {"type": "category", "data": _labels(frame.index)}
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "cross"}},
        "xAxis": [days],
        "yAxis": [{"scale": True}],
        "dataZoom": [{"type": "inside", "xAxisIndex": [0]}],
        "series": [{"type": "candlestick", "name": "price", "data": bars}],
    }
    if "volume" in columns:
        option["grid"] = [{"top": 40, "height": "55%"}, {"top": "75%", "height": "15%"}]
        option["xAxis"].append({**days, "gridIndex": 1, "axisLabel": {"show": False}})
        option["yAxis"].append({"gridIndex": 1, "splitNumber": 2})
        option["dataZoom"][0]["xAxisIndex"] = [0, 1]
        volume = _values(frame[columns["volume"]])
        option["series"].append({"type": "bar", "name": "volume", "data": volume, "xAxisIndex": 1, "yAxisIndex": 1})
    return option


def _heatmap(frame: pd.DataFrame, kind: str) -> dict[str, Any]:
    names = _numeric(frame)
    columns = [_values(frame[name]) for name in names]
    cells = [[x, y, value] for x, column in enumerate(columns) for y, value in enumerate(column) if value is not None]
    known = [cell[2] for cell in cells]
    return {
        "tooltip": {},
        "grid": {"containLabel": True, "bottom": 60},
        "xAxis": {"type": "category", "data": [str(name) for name in names]},
        "yAxis": {"type": "category", "data": _labels(frame.index), "inverse": True},
        "visualMap": {
            "min": min(known, default=0),
            "max": max(known, default=1),
            "calculable": True,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
        },
        "series": [{"type": "heatmap", "data": cells, "label": {"show": False}}],
    }


def _scatter(frame: pd.DataFrame, kind: str) -> dict[str, Any]:
    names = _numeric(frame)
    if len(names) < 2:
        raise ValueError("scatter needs two columns with numbers, the first of them for x")
    x = _values(frame[names[0]])
    series = []
    for name in names[1:]:
        points = [[a, b] for a, b in zip(x, _values(frame[name]), strict=True) if a is not None and b is not None]
        series.append({"type": "scatter", "name": str(name), "symbolSize": 5, "data": points})
    return {
        "tooltip": {"trigger": "item"},
        "legend": {"show": len(series) > 1, "type": "scroll"},
        "xAxis": {"type": "value", "scale": True, "name": str(names[0])},
        "yAxis": {"type": "value", "scale": True, "name": str(names[1]) if len(series) == 1 else ""},
        "series": series,
    }


def _numeric(frame: pd.DataFrame) -> list[Any]:
    names = [name for name in frame.columns if frame[name].dtype.kind in "iufb"]
    if not names:
        raise ValueError("there is no column with numbers")
    return names


def _values(series: pd.Series) -> list[Any]:
    return [_plain(value) for value in series.tolist()]


def _labels(index: pd.Index) -> list[str]:
    if index.nlevels > 1:
        return [" · ".join(str(part) for part in parts) for parts in index.tolist()]
    return [str(label).removesuffix(" 00:00:00") for label in index.tolist()]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [] if value is None else [value]


def _plain(value: Any) -> Any:
    """Give plain JSON data: numbers of NumPy, dates and NaN become what the page can read. Raise TypeError."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers, pandas' series
        return _plain(value.tolist())
    if hasattr(value, "isoformat"):
        return "" if value != value else value.isoformat()
    raise TypeError(f"a chart is made of plain data; {type(value).__name__} is none: {str(value)[:80]}")
