import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatCompact, formatPercent } from "@/ui/format";

import type { Analysis } from "../api";
import { reportTexts } from "./i18n";
import "./sections.css";

type Capacity = NonNullable<Analysis["capacity"]>;

/** A share above all of the volume says no more than that. */
const FULL = 1;

interface Item {
  marker?: string;
  seriesName?: string;
  value?: number[];
}

/** With how much money the strategy could still trade as it did. */
export function CapacityBlock({ capacity, id }: { capacity: Analysis["capacity"]; id: string }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  if (capacity === null) {
    return (
      <div className="report-block">
        <h3>{t("capacity")}</h3>
        <p className="soft">{t("capacityNone")}</p>
      </div>
    );
  }
  const { points, median_share, p95_share, max_share, unknown } = capacity;
  return (
    <div className="report-block">
      <CapacityChart capacity={capacity} id={id} />
      <ul className="points">
        {points.map(({ volume_share, equity }) => (
          <li key={volume_share}>{t("capacityPoint", { equity: formatCompact(equity, language), share: formatPercent(volume_share, { digits: 0 }) })}</li>
        ))}
      </ul>
      <p className="soft">
        {t("capacityNow", { median: formatPercent(median_share), p95: formatPercent(p95_share), max: formatPercent(max_share) })} {t("capacityHow")}{" "}
        {unknown > 0 && t("capacityUnknown", { count: unknown })}
      </p>
    </div>
  );
}

function CapacityChart({ capacity: { equity, p95_shares, unfilled }, id }: { capacity: Capacity; id: string }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const option = useCallback(
    (theme: Theme) => {
      const money = (value: number) => formatCompact(value, language, { digits: 0 });
      const tooltip = (items: Item[]) => {
        const at = items[0]?.value?.[0];
        const index = at === undefined ? -1 : equity.indexOf(at);
        const lines = items.map(({ marker, seriesName }, row) => {
          const value = (row === 0 && seriesName === t("p95Share") ? p95_shares : unfilled)[index];
          return `<div style="display:flex;justify-content:space-between;gap:16px"><span>${marker ?? ""}${seriesName ?? ""}</span><b>${formatPercent(value)}</b></div>`;
        });
        return `${t("equityAxis")} ${formatCompact(at, language)}${lines.join("")}`;
      };
      const line = { type: "line", showSymbol: false, lineStyle: { width: 1.5 } };
      return {
        legend: { show: true, top: 0 },
        grid: { left: 16, right: 56, top: 28, bottom: 28 },
        tooltip: { formatter: tooltip, axisPointer: { label: { formatter: ({ value, axisDimension }: { value: number; axisDimension: string }) => (axisDimension === "x" ? formatCompact(value, language) : formatPercent(value)) } } },
        xAxis: {
          type: "log",
          min: equity[0],
          max: equity.at(-1),
          axisLine: { lineStyle: { color: theme.palette.border } },
          splitLine: { lineStyle: { color: theme.palette.hairline } },
          axisLabel: { color: theme.palette.textSoft, fontSize: 11, hideOverlap: true, formatter: money },
        },
        yAxis: { ...valueAxis(theme, (value) => formatPercent(value, { digits: 0 })), min: 0, max: FULL, interval: 0.25 },
        series: [
          { ...line, name: t("p95Share"), data: equity.map((x, index) => [x, Math.min(FULL, p95_shares[index] ?? 0)]), color: theme.palette.series[0] },
          { ...line, name: t("unfilledPart"), data: equity.map((x, index) => [x, unfilled[index] ?? 0]), color: theme.palette.series[1], lineStyle: { width: 1.5, type: "dashed" } },
        ],
      };
    },
    [equity, p95_shares, unfilled, t, language],
  );
  const sheet = () => ({
    headers: ["equity", "p95_share", "unfilled"],
    rows: equity.map((value, index) => [value, p95_shares[index], unfilled[index]]),
  });
  return <Chart label={t("capacityChart")} option={option} count={equity.length} height={280} exportName={`capacity-${id}`} sheet={sheet} />;
}
