import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber, formatPrice } from "@/ui/format";

import type { AdjustmentSeries } from "../api";
import { adjustmentTexts } from "./i18n";
import { BASES, eventPoints, toSheet, type AdjustmentEvent, type Basis } from "./logic";

/** Places in the palette; what is not adjusted is grey. */
const COLOURS: Record<Basis, number> = { raw: 5, qfq: 0, hfq: 2, additive: 1 };
const NO_EVENTS: readonly AdjustmentEvent[] = [];

/** The closes on the four bases as lines, with a mark on each ex-right day. */
export function AdjustmentChart({ series, tick }: { series: AdjustmentSeries; tick: number }) {
  const t = adjustmentTexts.useText();
  const language = useLanguage();
  const events = series.compared?.events ?? NO_EVENTS;
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const colour = (basis: Basis) => palette.series[COLOURS[basis]];
      const line = { type: "line", showSymbol: false, lineStyle: { width: 1.5 } };
      return {
        legend: { show: true, top: 0 },
        grid: { left: 8, right: 64, top: 32, bottom: 24 },
        tooltip: { valueFormatter: (value: unknown) => formatPrice(value as number, tick) },
        xAxis: dateAxis(theme, series.time),
        yAxis: valueAxis(theme, (value) => formatNumber(value, { digits: Number.isInteger(value) ? 0 : 2 })),
        dataZoom: [{ type: "inside" }],
        series: [
          ...BASES.map((basis) => ({
            ...line,
            name: t(basis),
            data: series[basis],
            color: colour(basis),
            lineStyle: { width: 1.5, type: basis === "additive" ? "dashed" : "solid" },
          })),
          {
            type: "scatter",
            name: t("event"),
            data: eventPoints(series, events),
            symbol: "diamond",
            symbolSize: 9,
            color: palette.series[3],
            z: 5,
            // On its days the tooltip says what was given, instead of the height of the mark.
            tooltip: { valueFormatter: (_: unknown, index: number) => events[index]?.words[language] ?? "" },
            markLine: {
              silent: true,
              // Behind the lines.
              z: 1,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: palette.border, type: "solid", width: 1 },
              data: events.map(({ date }) => ({ xAxis: date })),
            },
          },
        ],
      };
    },
    [series, events, tick, t, language],
  );
  return (
    <Chart
      label={t("chart", { symbol: series.symbol })}
      option={option}
      count={series.time.length}
      height={340}
      exportName={`${series.symbol}-adjustment`}
      sheet={() => toSheet(series, language)}
    />
  );
}
