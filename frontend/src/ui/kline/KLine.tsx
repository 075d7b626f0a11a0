import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from "react";

import { usePrefs } from "@/app/prefs";
import { useTheme } from "@/app/theme/useTheme";
import { Canvas } from "@/ui/chart/Canvas";
import { ExportMenu } from "@/ui/chart/ExportMenu";
import { showWindow, useChartKeys } from "@/ui/chart/useChartKeys";
import { useEChart } from "@/ui/chart/useEChart";
import { around, lastPoints, type Window } from "@/ui/chart/zoom";
import type { Sheet } from "@/ui/format/csv";

import { layout as layoutOf } from "./layout";
import { Legends } from "./Legends";
import { MarkCard } from "./MarkCard";
import { klineOption } from "./option";
import type { BarEvent, KLineBars, KLineLine, KLinePane, TradeMark } from "./types";
import "@/ui/chart/chart.css";

export interface KLineProps {
  /** What is drawn, in words. */
  label: string;
  bars: KLineBars;
  /** Price tick, for the decimals. */
  tick: number;
  overlays?: readonly KLineLine[];
  panes?: readonly KLinePane[];
  marks?: readonly TradeMark[];
  /** What happened to the stock itself: dividends, new shares. */
  events?: readonly BarEvent[];
  /** A bar with marks was clicked, or chosen with Enter; without it a click pins the card of its orders. */
  onPick?: (time: string) => void;
  /** A bar was clicked where no marked one is near. */
  onBar?: ((time: string) => void) | undefined;
  /** Pixels. */
  height?: number;
  /** Bars shown at first, the newest. */
  initialBars?: number;
  /** Days to bring into sight with some room around them; a new object does so again. */
  focus?: { from: string; to: string } | null;
  exportName: string;
}

const NO_LINES: readonly KLineLine[] = [];
const NO_PANES: readonly KLinePane[] = [];
const NO_MARKS: readonly TradeMark[] = [];
const NO_EVENTS: readonly BarEvent[] = [];
/** How far from a marked bar a click still means it. */
const REACH = 12;

/** Candles with volume, indicators and trade marks. Arrays should be stable between renders: a new one redraws. */
export function KLine({
  label,
  bars,
  tick,
  overlays = NO_LINES,
  panes = NO_PANES,
  marks = NO_MARKS,
  events = NO_EVENTS,
  onPick,
  onBar,
  height = 560,
  initialBars = 240,
  focus = null,
  exportName,
}: KLineProps) {
  const theme = useTheme();
  const language = usePrefs((prefs) => prefs.language);
  const container = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);

  const count = bars.time.length;
  const home = useMemo(() => lastPoints(count, initialBars), [count, initialBars]);
  // The same days again (another adjustment, another indicator) keep the reader's zoom; other days, or another wish
  // for the bars shown, start afresh.
  const days = `${count}:${bars.time[0]}:${bars.time.at(-1)}:${initialBars}`;
  const zoom = useRef<{ days: string; window: Window } | null>(null);
  const shownWindow = useCallback(
    () => (zoom.current?.days === days ? zoom.current.window : home),
    [days, home],
  );

  const layout = useMemo(() => layoutOf(height, panes.length), [height, panes.length]);
  const build = useCallback(
    (window: Window) => klineOption({ bars, tick, overlays, panes, marks, events, layout, theme, language, window }),
    [bars, tick, overlays, panes, marks, events, layout, theme, language],
  );
  const option = useMemo(() => build(home), [build, home]);
  const chart = useEChart(container, option);

  const marksByTime = useMemo(() => Map.groupBy(marks, (mark) => mark.time), [marks]);
  const eventsByTime = useMemo(() => Map.groupBy(events, (event) => event.time), [events]);
  const pick = (time: string) => {
    if (onPick === undefined) setPinned(time);
    else onPick(time);
  };
  /** Pick the marked bar nearest to a point of the canvas, within reach. */
  const pickAt = useEffectEvent((x: number, y: number) => {
    const { gridTop, gridHeight } = layout.main;
    if (chart === null || y < gridTop || y > gridTop + gridHeight) return;
    let nearest: { time: string; away: number } | null = null;
    for (const [index, time] of bars.time.entries()) {
      if (!marksByTime.has(time) && !eventsByTime.has(time)) continue;
      const away = Math.abs(chart.convertToPixel({ xAxisIndex: 0 }, index) - x);
      if (away <= REACH && (nearest === null || away < nearest.away)) nearest = { time, away };
    }
    const clicked = bars.time[Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x))];
    if (nearest !== null) pick(nearest.time);
    else if (clicked !== undefined) onBar?.(clicked);
  });

  useEffect(() => {
    if (chart === null) return undefined;
    // A redraw shows the home window; bring back the reader's.
    const kept = shownWindow();
    if (kept !== home) showWindow(chart, kept);

    chart.on("datazoom", () => {
      const [inside] = (chart.getOption() as { dataZoom: { startValue: number; endValue: number }[] }).dataZoom;
      if (inside !== undefined) zoom.current = { days, window: { start: inside.startValue, end: inside.endValue } };
    });
    chart.on("updateAxisPointer", (event) => {
      const [axis] = (event as { axesInfo?: { value?: number }[] }).axesInfo ?? [];
      setHover(axis?.value ?? null);
    });
    const onClick = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => pickAt(offsetX, offsetY);
    chart.getZr().on("click", onClick);
    chart.getZr().on("dblclick", () => showWindow(chart, home));
    chart.getZr().on("globalout", () => setHover(null));
    return () => {
      if (chart.isDisposed()) return;
      for (const name of ["datazoom", "updateAxisPointer"]) chart.off(name);
      chart.getZr().off("click", onClick);
      for (const name of ["dblclick", "globalout"] as const) chart.getZr().off(name);
    };
  }, [chart, option, bars, days, home, shownWindow]);

  useEffect(() => {
    if (chart === null || focus === null) return;
    const window = around(bars.time, focus.from, focus.to);
    if (window !== null) showWindow(chart, window);
  }, [chart, bars, focus]);

  const onChartKey = useChartKeys({ chart, count, window: shownWindow, home, onMove: setHover });
  const index = Math.min(hover ?? count - 1, count - 1);
  const cardTime = pinned ?? (hover === null ? null : (bars.time[index] ?? null));
  const cardMarks = (cardTime === null ? undefined : marksByTime.get(cardTime)) ?? NO_MARKS;
  const cardEvents = (cardTime === null ? undefined : eventsByTime.get(cardTime)) ?? NO_EVENTS;

  const onKeyDown = (event: KeyboardEvent) => {
    const time = hover === null ? undefined : bars.time[index];
    if (event.key === "Enter" && time !== undefined && (marksByTime.has(time) || eventsByTime.has(time))) pick(time);
    else onChartKey(event);
  };

  const sheet = (): Sheet => {
    const lines = [...overlays, ...panes.flatMap((pane) => [...pane.lines, ...(pane.histogram ? [pane.histogram] : [])])];
    return {
      headers: ["time", "open", "high", "low", "close", "volume", ...lines.map((line) => line.name)],
      rows: bars.time.map((time, row) => [
        time,
        bars.open[row],
        bars.high[row],
        bars.low[row],
        bars.close[row],
        bars.volume[row],
        ...lines.map((line) => line.values[row]),
      ]),
    };
  };

  return (
    <div className="kline">
      <Legends bars={bars} index={index} tick={tick} overlays={overlays} panes={panes} layout={layout} palette={theme.palette} />
      <div className="kline-tools">
        <ExportMenu chart={chart} name={exportName} sheet={sheet} />
      </div>
      {cardTime !== null && cardMarks.length + cardEvents.length > 0 && (
        <MarkCard
          time={cardTime}
          marks={cardMarks}
          events={cardEvents}
          tick={tick}
          onClose={pinned === null ? undefined : () => setPinned(null)}
        />
      )}
      <Canvas ref={container} label={label} height={height} onKeyDown={onKeyDown} />
    </div>
  );
}
