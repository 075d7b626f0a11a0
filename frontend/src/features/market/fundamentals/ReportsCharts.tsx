import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatPercent, formatTick } from "@/ui/format";

import type { Fundamentals, ReportItem } from "./api";
import { companyTexts } from "./i18n";
import { formatFigure, periodLabel } from "./logic";

interface ReportsChartsProps {
  reports: Fundamentals;
  annual: boolean;
}

/** Revenue, profit and return on equity over the periods. */
export function ReportsCharts({ reports, annual }: ReportsChartsProps) {
  const t = companyTexts.useText();
  const labels = reports.periods.map(({ report_date }) => periodLabel(report_date, annual));
  const item = (name: string) => reports.items.find((one) => one.name === name);
  const shown = [
    ["revenue", item("revenue") ?? item("total_revenue")],
    ["profit", item("net_profit_parent") ?? item("net_profit")],
    ["roe", item("roe")],
  ] as const;
  return (
    <div className="company-charts">
      {shown.map(([name, one], place) => one !== undefined && <ItemChart key={name} title={t(name)} item={one} labels={labels} symbol={reports.symbol} colour={place} />)}
    </div>
  );
}

interface ItemChartProps {
  title: string;
  item: ReportItem;
  labels: string[];
  symbol: string;
  /** Place in the palette. */
  colour: number;
}

/** Bars of an amount with its growth as a line, or a ratio as a line. */
function ItemChart({ title, item, labels, symbol, colour }: ItemChartProps) {
  const t = companyTexts.useText();
  const language = useLanguage();
  const ratio = item.unit === "fraction";
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const category = { ...dateAxis(theme, labels), boundaryGap: true, axisLabel: { color: palette.textSoft, hideOverlap: true, fontSize: 11 } };
      const amounts = valueAxis(theme, (value) => (ratio ? formatPercent(value, { digits: 0 }) : formatTick(value, language)));
      const growth = { ...valueAxis(theme, (value) => formatPercent(value, { digits: 0 })), position: "right", splitLine: { show: false } };
      const line = { type: "line", symbol: "circle", symbolSize: 4, lineStyle: { width: 1.5 } };
      return {
        legend: { show: true, top: 0 },
        grid: { left: ratio ? 8 : 56, right: 48, top: 32, bottom: 24 },
        xAxis: category,
        yAxis: ratio ? amounts : [{ ...amounts, position: "left", scale: false }, growth],
        series: [
          {
            ...(ratio ? line : { type: "bar", barMaxWidth: 18 }),
            name: title,
            data: item.values,
            color: palette.series[colour],
            tooltip: { valueFormatter: (value: unknown) => formatFigure(value as number | null, item.unit, language) },
          },
          ...(ratio
            ? []
            : [
                {
                  ...line,
                  name: t("growth"),
                  yAxisIndex: 1,
                  data: item.growth,
                  color: palette.series[5],
                  tooltip: { valueFormatter: (value: unknown) => formatPercent(value as number | null, { sign: true }) },
                },
              ]),
        ],
      };
    },
    [item, labels, title, t, language, ratio, colour],
  );
  return (
    <Chart
      label={title}
      option={option}
      count={labels.length}
      height={220}
      exportName={`${symbol}-${item.name}`}
      sheet={() => ({ headers: ["period", item.name, "growth"], rows: labels.map((label, at) => [label, item.values[at] ?? null, item.growth[at] ?? null]) })}
    />
  );
}
