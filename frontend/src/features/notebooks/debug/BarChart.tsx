import { useCallback } from "react";

import type { Theme } from "@/app/theme/useTheme";
import type { BarSeries } from "@/features/market/api";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber, formatPrice } from "@/ui/format";

import { debugTexts } from "./i18n";

const BEFORE = 40;
const AFTER = 12;
/** What has not come yet for the strategy is drawn faint. */
const FAINT = 0.3;

/** The bars around the one that a stopped strategy is called for, with a mark at it. */
export default function BarChart({ bars, time, symbol }: { bars: BarSeries; time: string; symbol: string }) {
  const t = debugTexts.useText();
  const at = bars.time.findLastIndex((each) => each <= time);
  const from = Math.max(0, at - BEFORE);
  const to = Math.min(bars.time.length, at + AFTER + 1);
  const label = t("barChart", { symbol, time });
  const option = useCallback(
    (theme: Theme) => {
      const days = bars.time.slice(from, to);
      const data = days.map((_, index) => {
        const bar = from + index;
        const faint = bar > at ? { opacity: FAINT } : {};
        return { value: [bars.open[bar], bars.close[bar], bars.low[bar], bars.high[bar]], itemStyle: faint };
      });
      return {
        grid: { left: 4, right: 48, top: 16, bottom: 20, outerBoundsMode: "none" },
        tooltip: {
          formatter: (points: { dataIndex: number; name: string }[]) => {
            const point = points[0];
            if (point === undefined) return "";
            const bar = from + point.dataIndex;
            return [point.name, ...[bars.open, bars.high, bars.low, bars.close].map((column) => formatNumber(column[bar]))].join("<br>");
          },
        },
        xAxis: { ...dateAxis(theme, days), boundaryGap: true },
        yAxis: { ...valueAxis(theme, (value) => formatPrice(value, 0.01)), splitNumber: 3 },
        series: [
          {
            type: "candlestick",
            data,
            itemStyle: { color: theme.up, borderColor: theme.up, color0: theme.down, borderColor0: theme.down },
            markLine: {
              silent: true,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: theme.palette.primary, type: "dashed", width: 1 },
              data: [{ xAxis: at - from }],
            },
          },
          {
            type: "scatter",
            name: "now",
            data: [[at - from, bars.high[at]]],
            symbol: "triangle",
            symbolSize: [10, 8],
            symbolRotate: 180,
            symbolOffset: [0, -8],
            itemStyle: { color: theme.palette.primary },
            silent: true,
          },
        ],
      };
    },
    [bars, at, from, to],
  );
  if (at < 0) return <p className="soft">{t("barsNone")}</p>;
  return <Chart label={label} option={option} count={to - from} height={150} exportName={`${symbol}-${time}`} hideTitle />;
}
