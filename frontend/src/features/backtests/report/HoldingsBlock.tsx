import { useCallback } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber, formatPercent } from "@/ui/format";

import type { Analysis } from "../api";
import { reportTexts } from "./i18n";
import "./sections.css";

interface HoldingsBlockProps {
  dates: readonly string[];
  holdings: Analysis["holdings"];
  id: string;
}

/** How much was invested, in how many stocks, and how concentrated. */
export function HoldingsBlock({ dates, holdings, id }: HoldingsBlockProps) {
  const t = reportTexts.useText();
  const { exposure, positions } = holdings;
  const option = useCallback(
    (theme: Theme) => {
      const line = { type: "line", showSymbol: false, lineStyle: { width: 1.2 } };
      return {
        legend: { show: true, top: 0 },
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        grid: [
          { left: 8, right: 56, top: 28, height: 96 },
          { left: 8, right: 56, top: 148, bottom: 24 },
        ],
        xAxis: [{ ...dateAxis(theme, dates), axisLabel: { show: false } }, { ...dateAxis(theme, dates), gridIndex: 1 }],
        yAxis: [
          { ...valueAxis(theme, (value) => formatPercent(value, { digits: 0 })), scale: false, splitNumber: 2 },
          { ...valueAxis(theme, (value) => formatNumber(value, { digits: 0 })), gridIndex: 1, scale: false, splitNumber: 2, minInterval: 1 },
        ],
        dataZoom: [{ type: "inside", xAxisIndex: [0, 1] }],
        series: [
          {
            ...line,
            name: t("exposure"),
            data: exposure,
            color: theme.palette.series[0],
            areaStyle: { opacity: 0.15 },
            tooltip: { valueFormatter: (value: unknown) => formatPercent(value as number) },
          },
          { ...line, name: t("positions"), data: positions, step: "end", xAxisIndex: 1, yAxisIndex: 1, color: theme.palette.series[1] },
        ],
      };
    },
    [dates, exposure, positions, t],
  );
  const facts: [string, string, string?][] = [
    [t("meanExposure"), formatPercent(holdings.mean_exposure)],
    [t("maxExposure"), formatPercent(holdings.max_exposure)],
    [t("daysInvested"), formatPercent(holdings.days_invested, { digits: 1 })],
    [t("meanPositions"), formatNumber(holdings.mean_positions, { digits: 1 })],
    [t("maxPositions"), formatNumber(holdings.max_positions, { digits: 0 })],
    [t("largestWeight"), formatPercent(holdings.largest_weight), [holdings.largest_symbol, holdings.largest_date].filter(Boolean).join(" ")],
    [t("meanTopWeight"), formatPercent(holdings.mean_top_weight)],
    [t("herfindahl"), formatNumber(holdings.mean_herfindahl)],
  ];
  const sheet = () => ({ headers: ["date", "exposure", "positions"], rows: dates.map((day, index) => [day, exposure[index], positions[index]]) });
  return (
    <div className="report-block">
      <h3>{t("holdings")}</h3>
      <dl className="fact-row">
        {facts.map(([name, value, title]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={title === "" ? undefined : title}>{value}</dd>
          </div>
        ))}
      </dl>
      <Chart label={t("holdingsChart")} option={option} count={dates.length} height={240} exportName={`holdings-${id}`} sheet={sheet} />
    </div>
  );
}
