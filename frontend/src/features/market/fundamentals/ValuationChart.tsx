import { useCallback } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber } from "@/ui/format";

import type { Valuation } from "./api";
import { companyTexts } from "./i18n";
import { axisTop, lossRuns } from "./logic";

interface ValuationChartProps {
  valuation: Valuation;
  onPick: (day: string) => void;
}

/** The multiple from day to day with its percentiles as levels; losses are shaded, the close is a faint line. */
export function ValuationChart({ valuation, onPick }: ValuationChartProps) {
  const t = companyTexts.useText();
  const { date, value, close, bands, measure, symbol } = valuation;
  const name = t(`measure.${measure}`);
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const top = axisTop(valuation);
      return {
        legend: { show: true, top: 0 },
        grid: { left: 56, right: 88, top: 32, bottom: 24 },
        xAxis: dateAxis(theme, date),
        yAxis: [
          {
            ...valueAxis(theme, (tick) => formatNumber(tick, { digits: Number.isInteger(tick) ? 0 : 1 })),
            position: "left",
            ...(top === null ? {} : { max: top }),
          },
          // The levels have their labels on the right; the close is there to see how it goes, and its figure is in the tooltip.
          { ...valueAxis(theme, (tick) => formatNumber(tick)), axisLabel: { show: false }, axisPointer: { label: { show: false } }, splitLine: { show: false } },
        ],
        dataZoom: [{ type: "inside" }],
        series: [
          {
            type: "line",
            name,
            // Below zero a multiple says nothing of dearness: the line breaks, and the tooltip tells the figure.
            data: value.map((one) => (one !== null && one > 0 ? one : null)),
            color: palette.series[0],
            showSymbol: false,
            lineStyle: { width: 1.5 },
            tooltip: {
              valueFormatter: (_: unknown, at: number) => {
                const one = value[at] ?? null;
                return one !== null && one <= 0 ? `${formatNumber(one)} (${t("loss")})` : formatNumber(one);
              },
            },
            markLine: {
              silent: true,
              symbol: "none",
              animation: false,
              label: { position: "end", color: palette.textSoft, fontSize: 11, formatter: ({ data }: { data: { percent: number; yAxis: number } }) => `${data.percent}% ${formatNumber(data.yAxis, { digits: 1 })}` },
              lineStyle: { width: 1, type: "dashed" },
              data: bands.map((band) => ({
                percent: band.percent,
                yAxis: band.value,
                lineStyle: { color: band.percent === 50 ? palette.series[1] : palette.textSoft, type: band.percent === 50 ? "solid" : "dashed" },
              })),
            },
            markArea: {
              silent: true,
              label: { show: true, position: "insideTop", color: palette.textSoft, fontSize: 11 },
              itemStyle: { color: palette.hairline },
              data: lossRuns(value).map(([from, to]) => [{ xAxis: date[from], name: to - from > 20 ? t("loss") : "" }, { xAxis: date[to] }]),
            },
          },
          {
            type: "line",
            name: t("close"),
            yAxisIndex: 1,
            data: close,
            color: palette.series[5],
            showSymbol: false,
            lineStyle: { width: 1, opacity: 0.45 },
            tooltip: { valueFormatter: (price: unknown) => formatNumber(price as number | null) },
            z: 1,
          },
        ],
      };
    },
    [valuation, date, value, close, bands, name, t],
  );
  return (
    <Chart
      label={t("valuationChart", { symbol, measure: name })}
      option={option}
      count={date.length}
      height={340}
      exportName={`${symbol}-${measure}`}
      onPick={(at) => {
        const day = date[at];
        if (day !== undefined) onPick(day);
      }}
      sheet={() => ({ headers: ["date", measure, "close"], rows: date.map((day, at) => [day, value[at] ?? null, close[at] ?? null]) })}
    />
  );
}
