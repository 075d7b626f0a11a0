import { Segmented, Switch } from "antd";
import { useCallback, useMemo, useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber, formatPercent, formatTick } from "@/ui/format";

import type { BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { indexRange, yearsBefore } from "../logic/dates";
import { flatSpan } from "../logic/span";

type Shown = "all" | "1y" | "3y";
const YEARS = { "1y": 1, "3y": 3 } as const;

interface TooltipItem {
  seriesName?: string;
  dataIndex?: number;
  marker?: string;
}

interface EquityChartProps {
  series: Omit<BacktestResult["series"], "cash"> & Partial<Pick<BacktestResult["series"], "cash">>;
  benchmark: string | null;
  exportName: string;
  height?: number;
  /** Beside the switches. */
  note?: string;
  /** Without switches, for a small place. */
  plain?: boolean;
}

/** Equity against the benchmark, and the drawdown below on the same days. */
export function EquityChart({ series, benchmark, exportName, height = 420, note, plain = false }: EquityChartProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const [log, setLog] = useState(false);
  const [shown, setShown] = useState<Shown>("all");
  const { date, equity, drawdown } = series;
  const last = date.at(-1);
  const window = useMemo(() => {
    if (shown === "all" || last === undefined) return null;
    return indexRange(date, yearsBefore(last, YEARS[shown]), last);
  }, [date, last, shown]);
  const names = useMemo(
    () => ({
      equity: t("strategyLine"),
      benchmark: benchmark === null ? t("benchmarkLine") : `${t("benchmarkLine")} ${benchmark}`,
      drawdown: t("drawdown"),
    }),
    [t, benchmark],
  );

  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      // A log axis of ECharts only labels powers of ten; logarithms on a linear axis label any range.
      const place = (value: number | null) => (value === null || !log ? value : value > 0 ? Math.log10(value) : null);
      const back = (value: number) => (log ? 10 ** value : value);
      const equityShare = plain ? 0.54 : 0.58;
      const drawdownTop = plain ? 0.76 : 0.72;
      const deepest = drawdown.reduce((found, value) => Math.min(found, value), 0);
      const drawdownDigits = deepest < -0.04 ? 0 : deepest < -0.004 ? 1 : 2;
      const tooltip = (items: TooltipItem[]) => {
        const index = items[0]?.dataIndex ?? 0;
        const rows = [
          [items.find((item) => item.seriesName === names.equity), names.equity, formatNumber(equity[index])],
          [items.find((item) => item.seriesName === names.benchmark), names.benchmark, formatNumber(series.benchmark?.[index])],
          [items.find((item) => item.seriesName === names.drawdown), names.drawdown, formatPercent(drawdown[index])],
        ] as const;
        const lines = rows
          .filter(([item]) => item !== undefined)
          .map(([item, name, value]) => `<div style="display:flex;justify-content:space-between;gap:16px"><span>${item?.marker ?? ""}${name}</span><b>${value}</b></div>`);
        return `${date[index] ?? ""}${lines.join("")}`;
      };
      const line = { type: "line", showSymbol: false, symbolSize: 4, lineStyle: { width: 1.5 } };
      return {
        legend: { show: true, top: 0, data: series.benchmark === null ? [names.equity, names.drawdown] : [names.equity, names.benchmark, names.drawdown] },
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        tooltip: { formatter: tooltip },
        grid: [
          { left: 8, right: 64, top: 28, height: `${equityShare * 100}%` },
          { left: 8, right: 64, top: `${drawdownTop * 100}%`, bottom: plain ? 20 : 44 },
        ],
        xAxis: [
          { ...dateAxis(theme, date), axisLabel: { show: false } },
          { ...dateAxis(theme, date), gridIndex: 1 },
        ],
        yAxis: [
          valueAxis(theme, (value) => formatTick(back(value), language)),
          // A run that never lost anything still has room below zero.
          { ...valueAxis(theme, (value) => formatPercent(value, { digits: drawdownDigits })), gridIndex: 1, min: ({ min }: { min: number }) => (min < 0 ? null : -0.1), max: 0, splitNumber: 2 },
        ],
        dataZoom: [
          {
            type: "inside",
            xAxisIndex: [0, 1],
            ...(window === null ? {} : { startValue: window[0], endValue: window[1] }),
          },
          ...(plain ? [] : [{ type: "slider", xAxisIndex: [0, 1], height: 18, bottom: 4, borderColor: palette.border, textStyle: { color: palette.textSoft, fontSize: 11 } }]),
        ],
        series: [
          { ...line, name: names.equity, data: equity.map(place), color: palette.series[0] },
          ...(series.benchmark === null
            ? []
            : [{ ...line, name: names.benchmark, data: series.benchmark.map(place), color: palette.series[1], connectNulls: true }]),
          {
            ...line,
            name: names.drawdown,
            xAxisIndex: 1,
            yAxisIndex: 1,
            data: drawdown,
            color: palette.series[5],
            lineStyle: { width: 1 },
            areaStyle: { opacity: 0.2 },
          },
        ],
      };
    },
    [date, equity, drawdown, series.benchmark, names, log, window, language, plain],
  );

  const sheet = () => ({
    headers: ["date", "equity", "cash", "benchmark", "drawdown"],
    rows: date.map((day, index) => [day, equity[index], series.cash?.[index], series.benchmark?.[index], drawdown[index]]),
  });

  return (
    <>
      {!plain && (
        <div className="chart-switches">
          <Segmented<Shown>
            size="small"
            aria-label={t("shown")}
            value={shown}
            onChange={setShown}
            options={(["all", "3y", "1y"] as const).map((value) => ({ value, label: t(`shown.${value}`) }))}
          />
          <label>
            <Switch size="small" checked={log} onChange={setLog} aria-label={t("logScale")} /> {t("logScale")}
          </label>
          {note !== undefined && <span className="soft">{note}</span>}
        </div>
      )}
      <Chart label={t("equityChart")} hideTitle={plain} option={option} count={date.length} height={height} exportName={exportName} sheet={sheet} />
    </>
  );
}

interface PartialEquityProps {
  date: readonly string[];
  equity: readonly number[];
  exportName: string;
}

/** The equity of a run under way. */
export function PartialEquityChart({ date, equity, exportName }: PartialEquityProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const span = useMemo(() => flatSpan(equity), [equity]);
  const option = useCallback(
    (theme: Theme) => ({
      grid: { left: 8, right: 60, top: 8, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => formatNumber(value as number) },
      xAxis: dateAxis(theme, date),
      yAxis: { ...valueAxis(theme, (value) => formatTick(value, language)), ...span, splitNumber: span === null ? 4 : 2 },
      series: [{ type: "line", name: t("equity"), data: equity, showSymbol: false, lineStyle: { width: 1.5 }, color: theme.palette.series[0] }],
    }),
    [date, equity, span, language, t],
  );
  return <Chart label={t("partialEquity")} option={option} count={date.length} height={200} exportName={exportName} />;
}
