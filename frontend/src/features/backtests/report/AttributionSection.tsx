import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { namesQuery } from "@/features/market/api";
import { Chart, valueAxis } from "@/ui/chart";
import { Change, formatCompact, formatExact, formatNumber, formatPercent } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import type { Analysis } from "../api";
import { reportTexts } from "./i18n";
import { SmallTable } from "./SmallTable";
import { extremes } from "../logic/extremes";
import "./sections.css";

type Attribution = Analysis["attribution"];
type Contribution = Attribution["symbols"][number];
type Group = Attribution["boards"][number];
type Brinson = NonNullable<Attribution["boards_brinson"]>;
type Names = Readonly<Record<string, string>>;

const NO_NAMES: Names = {};

/** How many profits and how many losses the chart shows. */
const MOST = 10;

const groupName = (group: string): string => {
  const key = `group.${group}`;
  return reportTexts.has(key) ? reportTexts.text(key) : group;
};

/** Where the profit came from: stocks, boards, industries, and against an equal-weighted benchmark. */
export function AttributionSection({ attribution, id }: { attribution: Attribution; id: string }) {
  const t = reportTexts.useText();
  const { symbols, boards, industries, industries_as_of, unattributed, total, boards_brinson, industries_brinson } = attribution;
  const wanted = useMemo(() => symbols.map(({ symbol }) => symbol).toSorted(), [symbols]);
  const { data: names = NO_NAMES } = useQuery({ ...namesQuery(wanted), enabled: wanted.length > 0 });
  if (symbols.length === 0) return <div className="report-section soft">{t("attributionNone")}</div>;
  return (
    <div className="report-section">
      <div className="report-columns">
        <SymbolsChart symbols={symbols} names={names} id={id} />
        <div className="report-block">
          <h3>{t("bySymbol")}</h3>
          <SymbolsTable symbols={symbols} names={names} id={id} />
        </div>
      </div>
      <p className="soft">{t("sumNote", { total: formatExact(total), rest: formatExact(unattributed) })}</p>
      <div className="report-columns">
        <GroupsTable title={t("byBoard")} groups={boards} />
        {industries !== null && <GroupsTable title={t("byIndustry")} groups={industries} />}
      </div>
      {industries !== null && industries_as_of != null && <p className="soft">{t("industriesAsOf", { day: industries_as_of })}</p>}
      {boards_brinson !== null && <BrinsonBlock title={t("brinson.boards")} brinson={boards_brinson} />}
      {industries_brinson !== null && <BrinsonBlock title={t("brinson.industries")} brinson={industries_brinson} />}
    </div>
  );
}

interface SymbolsProps {
  symbols: readonly Contribution[];
  names: Names;
  id: string;
}

function SymbolsChart({ symbols, names, id }: SymbolsProps) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const shown = useMemo(() => extremes(symbols, MOST, ({ profit }) => Number(profit)).toReversed(), [symbols]);
  const option = useCallback(
    (theme: Theme) => ({
      grid: { left: 100, right: 16, top: 8, bottom: 24 },
      tooltip: { axisPointer: { type: "shadow" }, valueFormatter: (value: unknown) => formatNumber(value as number, { sign: true }) },
      xAxis: { ...valueAxis(theme, (value) => formatCompact(value, language, { digits: 0 })), position: "bottom", scale: false },
      yAxis: {
        type: "category",
        data: shown.map(({ symbol }) => names[symbol] ?? symbol),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: theme.palette.textSoft, fontSize: 11, hideOverlap: true, width: 92 },
      },
      series: [
        {
          type: "bar",
          name: t("profit"),
          barMaxWidth: 16,
          data: shown.map(({ profit }) => ({ value: Number(profit), itemStyle: { color: Number(profit) >= 0 ? theme.up : theme.down } })),
        },
      ],
    }),
    [shown, names, t, language],
  );
  const sheet = () => ({ headers: ["symbol", "name", "profit", "share", "costs", "fills"], rows: symbols.map((row) => [row.symbol, names[row.symbol], row.profit, row.share, row.costs, row.fills]) });
  return <Chart label={t("bySymbolChart")} option={option} count={shown.length} height={Math.max(200, shown.length * 20 + 40)} exportName={`attribution-${id}`} sheet={sheet} />;
}

function SymbolsTable({ symbols, names, id }: SymbolsProps) {
  const t = reportTexts.useText();
  const columns = useMemo<Column<Contribution>[]>(
    () => [
      { key: "symbol", title: t("symbol"), width: "108px", value: (row) => row.symbol },
      { key: "name", title: t("symbolName"), width: "minmax(80px, 1fr)", from: 380, value: (row) => names[row.symbol] ?? null },
      { key: "profit", title: t("profit"), numeric: true, width: "minmax(112px, 1fr)", value: (row) => Number(row.profit), render: (row) => <Change kind="number" value={row.profit} /> },
      { key: "share", title: t("share"), numeric: true, value: (row) => row.share, render: (row) => formatPercent(row.share, { sign: true }) },
      { key: "costs", title: t("costsColumn"), numeric: true, from: 460, value: (row) => Number(row.costs), render: (row) => formatExact(row.costs) },
      { key: "fills", title: t("fills"), numeric: true, width: "80px", from: 520, value: (row) => row.fills },
    ],
    [t, names],
  );
  return <DataTable label={t("bySymbol")} columns={columns} rows={symbols} rowKey={(row) => row.symbol} maxHeight={400} exportName={`attribution-${id}`} />;
}

function GroupsTable({ title, groups }: { title: string; groups: readonly Group[] }) {
  const t = reportTexts.useText();
  return (
    <div className="report-block">
      <h3>{title}</h3>
      <SmallTable
        label={title}
        rows={groups}
        rowKey={(row) => row.group}
        columns={[
          { key: "group", title: t("group"), render: (row) => groupName(row.group) },
          { key: "symbols", title: t("symbols"), numeric: true, render: (row) => row.symbols },
          { key: "profit", title: t("profit"), numeric: true, render: (row) => <Change kind="number" value={row.profit} /> },
          { key: "share", title: t("share"), numeric: true, render: (row) => formatPercent(row.share, { sign: true }) },
          { key: "costs", title: t("costsColumn"), numeric: true, render: (row) => formatExact(row.costs) },
        ]}
      />
    </div>
  );
}

function BrinsonBlock({ title, brinson }: { title: string; brinson: Brinson }) {
  const t = reportTexts.useText();
  const points = (value: number) => formatPercent(value, { sign: true });
  return (
    <div className="report-block">
      <h3>{title}</h3>
      <SmallTable
        label={title}
        rows={brinson.rows}
        rowKey={(row) => row.group}
        columns={[
          { key: "group", title: t("group"), render: (row) => groupName(row.group) },
          { key: "weight", title: t("portfolioWeight"), numeric: true, render: (row) => formatPercent(row.portfolio_weight) },
          { key: "base", title: t("benchmarkWeight"), numeric: true, render: (row) => formatPercent(row.benchmark_weight) },
          { key: "return", title: t("portfolioReturn"), numeric: true, render: (row) => points(row.portfolio_return) },
          { key: "bench", title: t("benchmarkReturn"), numeric: true, render: (row) => points(row.benchmark_return) },
          { key: "allocation", title: t("allocation"), numeric: true, render: (row) => points(row.allocation) },
          { key: "selection", title: t("selection"), numeric: true, render: (row) => points(row.selection) },
          { key: "interaction", title: t("interaction"), numeric: true, render: (row) => points(row.interaction) },
        ]}
      />
      <p className="soft">
        {t("brinsonNote", { portfolio: points(brinson.portfolio_return), benchmark: points(brinson.benchmark_return), trading: points(brinson.trading) })}
      </p>
    </div>
  );
}
