import type { Language } from "@/app/prefs";
import type { Theme } from "@/app/theme/useTheme";
import type { EChartsCoreOption } from "@/ui/chart/echarts";
import { baseOption, crosshair, valueAxis } from "@/ui/chart/style";
import { MIN_POINTS, type Window } from "@/ui/chart/zoom";
import { formatNumber, formatPrice, formatVolume } from "@/ui/format";

import { RIGHT, SLIDER, type Layout, type PaneBox } from "./layout";
import type { BarEvent, KLineBars, KLineLine, KLinePane, TradeMark } from "./types";

export interface KLineOptionInput {
  bars: KLineBars;
  /** Price tick. */
  tick: number;
  overlays: readonly KLineLine[];
  panes: readonly KLinePane[];
  marks: readonly TradeMark[];
  events?: readonly BarEvent[];
  layout: Layout;
  window: Window;
  theme: Theme;
  language: Language;
}

/** A pane lower than this, in pixels, has room for two labels. */
const LOW_PANE = 60;

/** ECharts' sign for a gap. */
const GAP = "-";
type Point = number | typeof GAP;

function line({ name, values }: KLineLine, axis: number, colour: string) {
  return {
    type: "line",
    name,
    xAxisIndex: axis,
    yAxisIndex: axis,
    data: values.map((value): Point => value ?? GAP),
    symbol: "none",
    silent: true,
    sampling: "minmax",
    lineStyle: { width: 1.2, color: colour },
    itemStyle: { color: colour },
    z: 3,
  };
}

/** Columns in two colours as two series: a style for each column would not draw 5,000 in one frame. */
function columns(name: string, values: readonly (number | null)[], isUp: (index: number) => boolean, axis: number, theme: Theme) {
  return ([true, false] as const).map((up) => ({
    type: "bar",
    name,
    xAxisIndex: axis,
    yAxisIndex: axis,
    data: values.map((value, index): Point => (value !== null && isUp(index) === up ? value : GAP)),
    barGap: "-100%",
    barCategoryGap: "30%",
    large: true,
    silent: true,
    itemStyle: { color: up ? theme.up : theme.down, opacity: 0.75 },
  }));
}

/** Triangles: buys point up from below the candle, sells down from above it, refused ones are hollow. */
function markSeries({ bars, marks, theme }: KLineOptionInput) {
  const indexOf = new Map(bars.time.map((time, index) => [time, index]));
  return (["buy", "sell"] as const).flatMap((side) =>
    [false, true].map((refused) => {
      const colour = side === "buy" ? theme.up : theme.down;
      const places = new Map<number, number>();
      for (const mark of marks) {
        const index = indexOf.get(mark.time);
        if (mark.side === side && mark.refused === refused && index !== undefined) places.set(index, (places.get(index) ?? 0) + 1);
      }
      return {
        type: "scatter",
        name: `${side}${refused ? "-refused" : ""}`,
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: [...places].map(([index, count]) => [index, (side === "buy" ? bars.low : bars.high)[index], count]),
        symbol: "triangle",
        symbolSize: [11, 10],
        symbolRotate: side === "buy" ? 0 : 180,
        // A refused order beside a filled one of the same day stands further out.
        symbolOffset: [0, (side === "buy" ? 1 : -1) * (refused ? 24 : 11)],
        itemStyle: refused
          ? { color: "transparent", borderColor: colour, borderWidth: 1.5 }
          : { color: colour, borderColor: theme.palette.surface, borderWidth: 1 },
        // Several refused on a day are one triangle with their number.
        label: {
          show: refused,
          formatter: ({ value }: { value: number[] }) => ((value[2] ?? 1) > 1 ? String(value[2]) : ""),
          position: side === "buy" ? "bottom" : "top",
          distance: 2,
          fontSize: 10,
          color: colour,
        },
        labelLayout: { hideOverlap: true },
        cursor: "pointer",
        z: 5,
      };
    }),
  );
}

/** Lettered boxes under the bars' own marks. */
function eventSeries({ bars, events = [], theme: { palette } }: KLineOptionInput) {
  const indexOf = new Map(bars.time.map((time, index) => [time, index]));
  const data = events.flatMap(({ time, letter }) => {
    const index = indexOf.get(time);
    return index === undefined ? [] : [{ value: [index, bars.low[index]], label: { formatter: letter } }];
  });
  if (data.length === 0) return [];
  return [
    {
      type: "scatter",
      name: "events",
      xAxisIndex: 0,
      yAxisIndex: 0,
      data,
      symbol: "roundRect",
      symbolSize: 14,
      symbolOffset: [0, 44],
      itemStyle: { color: palette.surface, borderColor: palette.primary, borderWidth: 1 },
      label: { show: true, fontSize: 10, color: palette.primary },
      cursor: "pointer",
      z: 5,
    },
  ];
}

/** Build the whole option: candles, volume, indicator panes, marks, one shared time axis. */
export function klineOption(input: KLineOptionInput): EChartsCoreOption {
  const { bars, tick, overlays, panes, layout, window, theme, language } = input;
  const { palette } = theme;
  const boxes: PaneBox[] = [layout.main, layout.volume, ...layout.panes];
  const last = boxes.length - 1;
  const formats = [
    (value: number) => formatPrice(value, tick),
    (value: number) => formatVolume(value, language, { digits: value < 1_000_000 ? 0 : 1, lot: bars.lot }),
    ...panes.map(({ digits = 2 }) => (value: number) => formatNumber(value, { digits: Math.abs(value) >= 1000 ? 0 : digits })),
  ];
  const allAxes = boxes.map((_, index) => index);
  const colour = (index: number) => palette.series[index % palette.series.length] ?? palette.text;

  return {
    ...baseOption(theme),
    tooltip: { trigger: "axis", showContent: false, axisPointer: crosshair(theme) },
    legend: undefined,
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: boxes.map(({ gridTop, gridHeight }) => ({
      left: 8,
      right: RIGHT,
      top: gridTop,
      height: gridHeight,
      // The panes keep the same width whatever their labels need.
      outerBoundsMode: "none",
    })),
    xAxis: boxes.map((_, index) => ({
      type: "category",
      gridIndex: index,
      data: bars.time,
      boundaryGap: true,
      axisLine: { lineStyle: { color: palette.border } },
      axisTick: { show: false },
      axisLabel: { show: index === last, color: palette.textSoft, fontSize: 11, hideOverlap: true, align: "left", alignMaxLabel: "right" },
      axisPointer: { label: { show: index === last } },
    })),
    yAxis: boxes.map((_, index) => {
      const format = formats[index] ?? String;
      const axis = valueAxis(theme, format);
      return {
        ...axis,
        axisLabel: { ...axis.axisLabel, hideOverlap: true },
        gridIndex: index,
        splitNumber: index === 0 ? 5 : (boxes[index]?.gridHeight ?? 0) < LOW_PANE ? 1 : 2,
        // Room for the marks above and below the candles.
        ...(index === 0 && input.marks.length + (input.events?.length ?? 0) > 0 ? { boundaryGap: ["12%", "8%"] } : {}),
        scale: index !== 1,
        axisPointer: { label: { formatter: ({ value }: { value: number }) => format(value) } },
      };
    }),
    dataZoom: [
      {
        type: "inside",
        xAxisIndex: allAxes,
        startValue: window.start,
        endValue: window.end,
        minValueSpan: Math.min(MIN_POINTS, bars.time.length) - 1,
        zoomOnMouseWheel: true,
        moveOnMouseMove: true,
        filterMode: "filter",
      },
      {
        type: "slider",
        xAxisIndex: allAxes,
        startValue: window.start,
        endValue: window.end,
        left: 8,
        right: RIGHT,
        top: layout.slider,
        height: SLIDER - 4,
        brushSelect: false,
        showDetail: false,
        borderColor: palette.hairline,
        fillerColor: `${palette.primary}22`,
        handleStyle: { color: palette.surface, borderColor: palette.textSoft },
        moveHandleSize: 0,
        dataBackground: { lineStyle: { color: palette.border }, areaStyle: { color: palette.hairline } },
        selectedDataBackground: { lineStyle: { color: palette.primary }, areaStyle: { color: palette.primarySoft } },
      },
    ],
    series: [
      {
        type: "candlestick",
        name: "K",
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: bars.close.map((close, index) => [bars.open[index], close, bars.low[index], bars.high[index]]),
        itemStyle: { color: theme.up, borderColor: theme.up, color0: theme.down, borderColor0: theme.down },
        large: true,
        largeThreshold: 1200,
        progressive: 0,
        barMaxWidth: 16,
      },
      ...overlays.map((overlay, index) => line(overlay, 0, colour(index))),
      ...columns("volume", bars.volume, (index) => (bars.close[index] ?? 0) >= (bars.open[index] ?? 0), 1, theme),
      ...panes.flatMap((pane, paneIndex) => {
        const axis = paneIndex + 2;
        const { histogram } = pane;
        return [
          ...(histogram === undefined
            ? []
            : columns(histogram.name, histogram.values, (index) => (histogram.values[index] ?? 0) >= 0, axis, theme)),
          ...pane.lines.map((item, index) => line(item, axis, colour(index))),
        ];
      }),
      ...markSeries(input),
      ...eventSeries(input),
    ],
  };
}
