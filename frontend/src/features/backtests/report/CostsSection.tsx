import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatExact, formatNumber, formatPercent, formatTick } from "@/ui/format";

import type { Analysis } from "../api";
import { CapacityBlock } from "./CapacityBlock";
import { reportTexts } from "./i18n";
import { SmallTable } from "./SmallTable";
import "./sections.css";

type CostRow = Analysis["costs"]["total"];
type Kind = CostRow["items"][number]["kind"];
const KINDS: readonly Kind[] = ["commission", "stamp_duty", "transfer_fee", "slippage", "dividend_tax"];

const yuanOf = (row: CostRow, kind: Kind): string => row.items.find((item) => item.kind === kind)?.yuan ?? "0";

/** What the run paid, and how much money it could have run with. */
export function CostsSection({ analysis, id }: { analysis: Analysis; id: string }) {
  const t = reportTexts.useText();
  const { costs } = analysis;
  return (
    <div className="report-section">
      <div className="report-columns">
        <CostsChart years={costs.years} id={id} />
        <div className="report-block">
          <h3>{t("costs")}</h3>
          <SmallTable
            label={t("costs")}
            total
            rows={[...costs.total.items.map((item) => ({ ...item, name: t(`cost.${item.kind}`) })), totalItem(costs.total, t("total"))]}
            rowKey={(row) => row.name}
            columns={[
              { key: "kind", title: t("kind"), render: (row) => row.name },
              { key: "yuan", title: t("yuan"), numeric: true, render: (row) => formatExact(row.yuan) },
              { key: "cash", title: t("ofCash"), numeric: true, render: (row) => formatPercent(row.of_cash) },
              { key: "turnover", title: t("ofTurnover"), numeric: true, render: (row) => formatPercent(row.of_turnover, { digits: 3 }) },
            ]}
          />
          <p className="soft">{t("slippageNote")}</p>
        </div>
      </div>
      <div className="report-block">
        <SmallTable
          label={t("costsByYear")}
          total
          rows={[...costs.years, costs.total]}
          rowKey={(row) => row.year ?? "total"}
          columns={[
            { key: "year", title: t("year"), render: (row) => row.year ?? t("total") },
            ...KINDS.map((kind) => ({ key: kind, title: t(`cost.${kind}`), numeric: true, render: (row: CostRow) => formatExact(yuanOf(row, kind)) })),
            { key: "total", title: t("total"), numeric: true, render: (row) => formatExact(row.total) },
            { key: "turnover", title: t("turnover"), numeric: true, render: (row) => formatExact(row.turnover) },
          ]}
        />
      </div>
      <CapacityBlock capacity={analysis.capacity} id={id} />
    </div>
  );
}

function totalItem({ items, total }: CostRow, name: string) {
  const known = items.every(({ of_turnover }) => of_turnover !== null);
  return {
    name,
    yuan: total,
    of_cash: items.reduce((sum, item) => sum + item.of_cash, 0),
    of_turnover: known ? items.reduce((sum, item) => sum + (item.of_turnover ?? 0), 0) : null,
  };
}

function CostsChart({ years, id }: { years: readonly CostRow[]; id: string }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const option = useCallback(
    (theme: Theme) => ({
      legend: { show: true, top: 0, itemHeight: 8 },
      grid: { left: 8, right: 64, top: 52, bottom: 24 },
      tooltip: { axisPointer: { type: "shadow" }, valueFormatter: (value: unknown) => formatNumber(value as number) },
      xAxis: {
        type: "category",
        data: years.map(({ year }) => String(year)),
        axisLine: { lineStyle: { color: theme.palette.border } },
        axisTick: { show: false },
        axisLabel: { color: theme.palette.textSoft, fontSize: 11, hideOverlap: true },
      },
      yAxis: { ...valueAxis(theme, (value) => formatTick(value, language)), scale: false },
      series: KINDS.map((kind, index) => ({
        type: "bar",
        stack: "costs",
        name: t(`cost.${kind}`),
        barMaxWidth: 40,
        data: years.map((row) => Number(yuanOf(row, kind))),
        color: theme.palette.series[index],
      })),
    }),
    [years, t, language],
  );
  const sheet = () => ({
    headers: ["year", ...KINDS, "total", "turnover"],
    rows: years.map((row) => [row.year, ...KINDS.map((kind) => yuanOf(row, kind)), row.total, row.turnover]),
  });
  return <Chart label={t("costsByYear")} option={option} count={years.length} height={260} exportName={`costs-${id}`} sheet={sheet} />;
}
