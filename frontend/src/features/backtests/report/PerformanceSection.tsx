import { Segmented } from "antd";
import { useCallback, useState } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { Change, formatNumber, formatPercent } from "@/ui/format";

import type { Analysis, BacktestResult } from "../api";
import { MetricCards } from "../components/MetricCards";
import { MonthlyHeatmap } from "../components/MonthlyHeatmap";
import { backtestTexts } from "../i18n";
import { FIRST_METRICS, METRICS } from "../logic/metrics";
import { HoldingsBlock } from "./HoldingsBlock";
import { reportTexts } from "./i18n";
import { Older } from "./Older";
import { SmallTable } from "./SmallTable";
import "./sections.css";

const FIRST = new Set(FIRST_METRICS.map(({ key }) => key));
const MORE = METRICS.filter(({ key }) => !FIRST.has(key));

/** Returns and risk by month, year and day, and how they moved. */
export function PerformanceSection({ result, id }: { result: BacktestResult; id: string }) {
  const t = reportTexts.useText();
  const b = backtestTexts.useText();
  const { analysis = null } = result;
  return (
    <div className="report-section">
      <div className="report-block">
        <h2>{b("monthly")}</h2>
        <MonthlyHeatmap result={result} />
      </div>
      <div className="report-block">
        <h3>{t("moreMetrics")}</h3>
        <MetricCards metrics={result.metrics} shown={MORE} />
      </div>
      {analysis === null ? (
        <Older />
      ) : (
        <>
          <YearsTable rows={analysis.years} />
          <RollingBlock dates={result.series.date} rolling={analysis.rolling} id={id} />
          <div className="report-columns">
            <DaysTable title={t("bestDays")} rows={analysis.best_days} />
            <DaysTable title={t("worstDays")} rows={analysis.worst_days} />
          </div>
          <HoldingsBlock dates={result.series.date} holdings={analysis.holdings} id={id} />
        </>
      )}
    </div>
  );
}

function YearsTable({ rows }: { rows: Analysis["years"] }) {
  const t = reportTexts.useText();
  return (
    <div className="report-block">
      <h3>{t("yearly")}</h3>
      <SmallTable
        label={t("yearly")}
        rows={rows.toReversed()}
        rowKey={(row) => row.year}
        columns={[
          { key: "year", title: t("year"), render: (row) => row.year },
          { key: "return", title: t("return"), numeric: true, render: (row) => <Change value={row.total_return} /> },
          { key: "benchmark", title: t("benchmark"), numeric: true, render: (row) => <Change value={row.benchmark_return} /> },
          { key: "volatility", title: t("volatility"), numeric: true, render: (row) => formatPercent(row.volatility) },
          { key: "sharpe", title: t("sharpe"), numeric: true, render: (row) => formatNumber(row.sharpe) },
          { key: "drawdown", title: t("maxDrawdown"), numeric: true, render: (row) => formatPercent(row.max_drawdown) },
          { key: "days", title: t("days"), numeric: true, render: (row) => row.days },
        ]}
      />
    </div>
  );
}

function DaysTable({ title, rows }: { title: string; rows: Analysis["best_days"] }) {
  const t = reportTexts.useText();
  return (
    <div className="report-block">
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className="soft">{t("none")}</p>
      ) : (
        <SmallTable
          label={title}
          rows={rows}
          rowKey={(row) => row.date}
          columns={[
            { key: "date", title: t("date"), render: (row) => row.date },
            { key: "return", title: t("return"), numeric: true, render: (row) => <Change value={row.total_return} /> },
            { key: "benchmark", title: t("benchmark"), numeric: true, render: (row) => <Change value={row.benchmark_return} /> },
          ]}
        />
      )}
    </div>
  );
}

type Rolling = Analysis["rolling"][number];

function RollingBlock({ dates, rolling, id }: { dates: readonly string[]; rolling: readonly Rolling[]; id: string }) {
  const t = reportTexts.useText();
  const [size, setSize] = useState<Rolling["window"]>(() => rolling.at(-1)?.window ?? 63);
  const shown = rolling.find(({ window }) => window === size) ?? rolling[0];
  if (shown === undefined) {
    return (
      <div className="report-block">
        <h3>{t("rolling")}</h3>
        <p className="soft">{t("rollingNone")}</p>
      </div>
    );
  }
  return (
    <div className="report-block">
      <div className="chart-switches">
        <Segmented<Rolling["window"]>
          size="small"
          aria-label={t("rollingWindow")}
          value={shown.window}
          onChange={setSize}
          options={rolling.map(({ window }) => ({ value: window, label: t(`rolling.${window}`) }))}
        />
      </div>
      <RollingChart dates={dates} rolling={shown} id={id} />
    </div>
  );
}

function RollingChart({ dates, rolling, id }: { dates: readonly string[]; rolling: Rolling; id: string }) {
  const t = reportTexts.useText();
  const { sharpe, volatility, beta } = rolling;
  const option = useCallback(
    (theme: Theme) => {
      const line = { type: "line", showSymbol: false, lineStyle: { width: 1.5 }, connectNulls: false };
      const format = (value: unknown) => formatNumber(value as number | null);
      return {
        legend: { show: true, top: 0 },
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        grid: [
          { left: 8, right: 56, top: 28, height: 116 },
          { left: 8, right: 56, top: 172, bottom: 24 },
        ],
        xAxis: [{ ...dateAxis(theme, dates), axisLabel: { show: false } }, { ...dateAxis(theme, dates), gridIndex: 1 }],
        yAxis: [
          valueAxis(theme, (value) => formatNumber(value, { digits: 1 })),
          { ...valueAxis(theme, (value) => formatPercent(value, { digits: 0 })), gridIndex: 1, splitNumber: 2 },
        ],
        dataZoom: [{ type: "inside", xAxisIndex: [0, 1] }],
        series: [
          { ...line, name: t("sharpe"), data: sharpe, color: theme.palette.series[0], tooltip: { valueFormatter: format } },
          ...(beta === null ? [] : [{ ...line, name: t("beta"), data: beta, color: theme.palette.series[2], tooltip: { valueFormatter: format } }]),
          {
            ...line,
            name: t("volatility"),
            data: volatility,
            xAxisIndex: 1,
            yAxisIndex: 1,
            color: theme.palette.series[1],
            tooltip: { valueFormatter: (value: unknown) => formatPercent(value as number | null) },
          },
        ],
      };
    },
    [dates, sharpe, volatility, beta, t],
  );
  const sheet = () => ({
    headers: ["date", "sharpe", "volatility", "beta"],
    rows: dates.map((day, index) => [day, sharpe[index], volatility[index], beta?.[index]]),
  });
  return <Chart label={t("rolling")} option={option} count={dates.length} height={280} exportName={`rolling-${rolling.window}-${id}`} sheet={sheet} />;
}
