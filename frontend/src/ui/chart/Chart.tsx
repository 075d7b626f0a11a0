import { useEffect, useEffectEvent, useMemo, useRef } from "react";

import { useTheme, type Theme } from "@/app/theme/useTheme";
import type { Sheet } from "@/ui/format/csv";

import { Canvas } from "./Canvas";
import type { EChartsCoreOption, EChartsType } from "./echarts";
import { ExportMenu } from "./ExportMenu";
import { baseOption } from "./style";
import { showWindow, useChartKeys } from "./useChartKeys";
import { useEChart } from "./useEChart";
import type { Window } from "./zoom";
import "./chart.css";

export interface ChartProps {
  /** What the chart shows, in words: read by screen readers, shown as its heading. */
  label: string;
  /** Build the option for a theme; keep it stable with useCallback. It is laid over `baseOption`. */
  option: (theme: Theme) => EChartsCoreOption;
  /** Points on the x axis: what the keyboard moves over. */
  count: number;
  /** Pixels. */
  height?: number;
  /** Charts of one group share crosshair and zoom. */
  group?: string;
  /** File name of exports, without its ending. */
  exportName: string;
  /** The figures, for the CSV export. */
  sheet?: () => Sheet;
  /** Index of the clicked point, or of that under the crosshair when Enter is pressed, and of its series. */
  onPick?: (dataIndex: number, seriesIndex: number) => void;
  /** Called with the drawn chart, and with null when it goes: for events of its own. Keep it stable. */
  onChart?: (chart: EChartsType | null) => void;
  hideTitle?: boolean;
}

interface ZoomState {
  startValue?: number;
  endValue?: number;
}

/** A chart of any kind in the product's style: themed, resized, linked, keyboard-reachable, exportable. */
export function Chart({ label, option, count, height = 280, group, exportName, sheet, onPick, onChart, hideTitle = false }: ChartProps) {
  const theme = useTheme();
  const container = useRef<HTMLDivElement>(null);
  const full = useMemo(() => layOver(baseOption(theme), option(theme)), [theme, option]);
  const chart = useEChart(container, full, group);
  const home = useMemo<Window>(() => ({ start: 0, end: Math.max(0, count - 1) }), [count]);

  useEffect(() => {
    onChart?.(chart);
    return () => onChart?.(null);
  }, [chart, onChart]);

  const pick = useEffectEvent((index: number, series: number) => onPick?.(index, series));
  useEffect(() => {
    if (chart === null) return;
    chart.on("click", ({ dataIndex, seriesIndex }) => typeof dataIndex === "number" && pick(dataIndex, seriesIndex ?? 0));
    chart.getZr().on("dblclick", () => showWindow(chart, home));
    return () => {
      if (chart.isDisposed()) return;
      chart.off("click");
      chart.getZr().off("dblclick");
    };
  }, [chart, home]);

  const onKeyDown = useChartKeys({
    chart,
    count,
    home,
    onPick: (index) => onPick?.(index, 0),
    window: () => {
      const zoom = (chart?.getOption() as { dataZoom?: ZoomState[] } | undefined)?.dataZoom?.[0];
      return { start: zoom?.startValue ?? home.start, end: zoom?.endValue ?? home.end };
    },
  });

  return (
    <figure className="chart" aria-label={label}>
      <figcaption className="chart-title">
        <h3 className={hideTitle ? "visually-hidden" : undefined}>{label}</h3>
        <ExportMenu chart={chart} name={exportName} sheet={sheet} />
      </figcaption>
      <Canvas ref={container} label={label} height={height} onKeyDown={onKeyDown} />
    </figure>
  );
}

/** Merge two levels deep: enough for a tooltip or legend that changes one setting of the base. */
function layOver(base: Record<string, unknown>, top: EChartsCoreOption): EChartsCoreOption {
  const merged: EChartsCoreOption = { ...base, ...top };
  for (const [key, value] of Object.entries(base)) {
    const over = top[key];
    if (isPlain(value) && isPlain(over)) merged[key] = { ...value, ...over };
  }
  // The base's legend is a style, not a wish for one.
  if (top.legend === undefined) delete merged.legend;
  return merged;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
