import { useCallback, useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatCompact, formatPercent, formatPrice, formatVolume } from "@/ui/format";

import { intradayTexts } from "./i18n";
import { bounds, layOut, type IntradayDay } from "./logic";

const VOLUME_SHARE = 0.24;
const HEAD = 12;
const FOOT = 24;
const SIDE = 64;

interface IntradayChartProps {
  label: string;
  days: readonly IntradayDay[];
  tick: number;
  /** Units in a lot: 100 shares, 1 contract. */
  lot: number;
  height: number;
  exportName: string;
}

/** Single days minute by minute: price and average over the volume, the base in the middle, percent at the right. */
export function IntradayChart({ label, days, tick, lot, height, exportName }: IntradayChartProps) {
  const t = intradayTexts.useText();
  const language = useLanguage();
  const points = useMemo(() => layOut(days), [days]);
  const range = useMemo(() => bounds(days, tick), [days, tick]);

  const tooltip = useCallback(
    (items: unknown) => {
      const at = (items as { dataIndex: number }[])[0]?.dataIndex ?? -1;
      if (points.price[at] == null) return "";
      const rows: [string, string][] = [
        [t("price"), formatPrice(points.price[at], tick)],
        [t("change"), formatPercent(points.change[at], { sign: true })],
        ...(points.average[at] == null ? [] : [[t("average"), formatPrice(points.average[at], tick)] as [string, string]]),
        [t("volume"), formatVolume(points.volume[at], language, { lot })],
        ...(points.amount[at] == null ? [] : [[t("amount"), formatCompact(points.amount[at], language)] as [string, string]]),
      ];
      // Only our own words and numbers: nothing to escape.
      return [points.time[at], ...rows.map(([name, value]) => `${name} <b>${value}</b>`)].join("<br>");
    },
    [points, tick, lot, language, t],
  );

  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const drawn = height - HEAD - FOOT - 12;
      const volume = Math.round(drawn * VOLUME_SHARE);
      const price = drawn - volume;
      const grids = [
        { left: SIDE, right: SIDE, top: HEAD, height: price, outerBoundsMode: "none" },
        { left: SIDE, right: SIDE, top: HEAD + price + 12, height: volume, outerBoundsMode: "none" },
      ];
      const xAxis = grids.map((_, index) => ({
        type: "category",
        gridIndex: index,
        data: points.time,
        boundaryGap: index === 1,
        axisLine: { lineStyle: { color: palette.border } },
        axisTick: { show: false },
        splitLine: { show: true, interval: (place: number) => points.ticks.has(place) && place > 0, lineStyle: { color: palette.hairline } },
        axisLabel: {
          show: index === 1,
          interval: (place: number) => points.ticks.has(place),
          formatter: (_text: string, place: number) => points.ticks.get(place) ?? "",
          color: palette.textSoft,
          fontSize: 11,
          hideOverlap: true,
          align: days.length > 1 ? "left" : "center",
          alignMinLabel: "left",
          alignMaxLabel: "right",
        },
        axisPointer: { label: { show: index === 1, formatter: ({ value }: { value: string }) => value } },
      }));
      const axis = valueAxis(theme, (value) => formatPrice(value, tick));
      const side = (position: "left" | "right", format: (value: number) => string) => ({
        ...axis,
        position,
        gridIndex: 0,
        min: range?.min,
        max: range?.max,
        // The base stands on a line of its own, in the middle.
        interval: range === null ? undefined : (range.max - range.min) / 6,
        splitLine: { show: position === "left", lineStyle: { color: palette.hairline } },
        axisLabel: {
          ...axis.axisLabel,
          formatter: format,
          color: (value?: string | number) => sideColour(theme, Number(value) - (range?.base ?? 0), tick),
        },
        axisPointer: { label: { formatter: ({ value }: { value: number }) => format(value) } },
      });
      const line = { type: "line", xAxisIndex: 0, yAxisIndex: 0, showSymbol: false, connectNulls: true, silent: true };
      const bar = { type: "bar", xAxisIndex: 1, yAxisIndex: 2, barGap: "-100%", barCategoryGap: "20%", silent: true };
      return {
        grid: grids,
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        tooltip: { formatter: tooltip },
        xAxis,
        yAxis: [
          side("left", (value) => formatPrice(value, tick)),
          side("right", (value) => (range === null ? "" : formatPercent(value / range.base - 1))),
          {
            ...valueAxis(theme, (value) => formatVolume(value, language, { digits: 0, lot })),
            gridIndex: 1,
            scale: false,
            splitNumber: 2,
            axisPointer: { label: { show: false } },
          },
        ],
        series: [
          {
            ...line,
            name: t("price"),
            data: points.price,
            color: palette.series[0],
            lineStyle: { width: 1.3 },
            areaStyle: { opacity: 0.08, origin: range?.min },
            markLine: {
              silent: true,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: palette.textSoft, type: "dashed", width: 1 },
              data: [
                ...(range === null ? [] : [{ yAxis: range.base }]),
                ...points.dayStarts.map((place) => ({ xAxis: place, lineStyle: { color: palette.border, type: "solid" } })),
              ],
            },
          },
          { ...line, name: t("average"), data: points.average, color: palette.series[1], lineStyle: { width: 1.1 } },
          // The percent axis needs a series of its own to be drawn.
          { ...line, name: t("change"), yAxisIndex: 1, data: points.price, lineStyle: { opacity: 0 }, tooltip: { show: false } },
          ...[true, false].map((up) => ({
            ...bar,
            name: t("volume"),
            data: points.volume.map((value, place) => (points.rising[place] === up ? value : null)),
            color: up ? theme.up : theme.down,
            itemStyle: { opacity: 0.75 },
          })),
        ],
      };
    },
    [points, range, days.length, tick, lot, height, tooltip, language, t],
  );

  return (
    <Chart
      label={label}
      hideTitle
      option={option}
      count={points.price.length}
      height={height}
      exportName={exportName}
      sheet={() => ({
        headers: ["time", "price", "average", "volume", "amount"],
        rows: points.time.flatMap((time, at) =>
          time === "" ? [] : [[time, points.price[at], points.average[at], points.volume[at], points.amount[at]]],
        ),
      })}
    />
  );
}

function sideColour({ up, down, palette }: Theme, away: number, tick: number): string {
  if (Math.abs(away) < tick / 2) return palette.textSoft;
  return away > 0 ? up : down;
}
