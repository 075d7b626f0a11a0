import { useCallback, useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { Change, formatCompact, formatTick, Money } from "@/ui/format";

import type { MarketDay } from "./api";
import { overviewTexts } from "./i18n";
import { against } from "./logic";

const GRID = { left: 8, right: 56, top: 26, bottom: 20 };

/** Sixty days of breadth, limits and turnover, under one crosshair. */
export function History({ day: { history, date, market } }: { day: MarketDay }) {
  const t = overviewTexts.useText();
  const group = `market-history-${date}`;
  const breadth = useMemo(
    () => [
      { name: t("advancing"), values: history.advancing },
      { name: t("declining"), values: history.declining },
    ],
    [t, history],
  );
  const limits = useMemo(
    () => [
      { name: t("limitUp"), values: history.limit_up },
      { name: t("limitDown"), values: history.limit_down },
    ],
    [t, history],
  );
  return (
    <section className="panel" aria-label={t("history")}>
      <div className="panel-title">
        <h2>{t("history")}</h2>
        <span className="soft">
          {t(market === "demo" ? "turnoverDemo" : "turnover")} <Money value={history.amount.at(-1)} /> · {t("against")}{" "}
          <Change value={against(history.amount)} />
        </span>
      </div>
      <div className="panel-body overview-history">
        <Pair
          label={t("historyBreadth")}
          group={group}
          dates={history.date}
          lines={breadth}
          exportName={`${date}-breadth`}
        />
        <Pair
          label={t("historyLimits")}
          group={group}
          dates={history.date}
          lines={limits}
          exportName={`${date}-limits`}
        />
        <Turnover dates={history.date} amounts={history.amount} group={group} exportName={`${date}-turnover`} />
      </div>
    </section>
  );
}

interface Line {
  name: string;
  values: readonly number[];
}

interface PairProps {
  label: string;
  group: string;
  dates: readonly string[];
  /** The first in the colour of a rise, the second in that of a fall. */
  lines: readonly Line[];
  exportName: string;
}

function Pair({ label, group, dates, lines, exportName }: PairProps) {
  const t = overviewTexts.useText();
  const option = useCallback(
    (theme: Theme) => ({
      legend: { show: true, data: lines.map(({ name }) => name) },
      grid: GRID,
      xAxis: dateAxis(theme, dates),
      yAxis: { ...valueAxis(theme, String), min: 0, minInterval: 1 },
      series: lines.map(({ name, values }, at) => ({
        type: "line",
        name,
        data: values,
        showSymbol: false,
        color: at === 0 ? theme.up : theme.down,
        lineStyle: { width: 1.5, type: at === 0 ? "solid" : [4, 2] },
      })),
    }),
    [dates, lines],
  );
  return (
    <Chart
      label={label}
      option={option}
      count={dates.length}
      height={180}
      group={group}
      exportName={exportName}
      sheet={() => ({
        headers: [t("day"), ...lines.map(({ name }) => name)],
        rows: dates.map((date, at) => [date, ...lines.map(({ values }) => values[at])]),
      })}
    />
  );
}

interface TurnoverProps {
  dates: readonly string[];
  amounts: readonly number[];
  group: string;
  exportName: string;
}

function Turnover({ dates, amounts, group, exportName }: TurnoverProps) {
  const t = overviewTexts.useText();
  const language = useLanguage();
  const option = useCallback(
    (theme: Theme) => ({
      grid: GRID,
      tooltip: { valueFormatter: (value: number) => formatCompact(value, language) },
      xAxis: { ...dateAxis(theme, dates), boundaryGap: true },
      yAxis: { ...valueAxis(theme, (value) => formatTick(value, language)), scale: false },
      series: [{ type: "bar", name: t("amount"), data: amounts, color: theme.palette.series[0] }],
    }),
    [dates, amounts, language, t],
  );
  return (
    <Chart
      label={t("amount")}
      option={option}
      count={dates.length}
      height={180}
      group={group}
      exportName={exportName}
      sheet={() => ({ headers: [t("day"), t("amount")], rows: dates.map((date, at) => [date, amounts[at]]) })}
    />
  );
}
