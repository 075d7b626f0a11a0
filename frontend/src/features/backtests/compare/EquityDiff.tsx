import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber, formatTick } from "@/ui/format";

import type { ReportDiff } from "../api";
import { compareTexts } from "./i18n";

interface EquityDiffProps {
  equity: ReportDiff["equity"];
  names: readonly [string, string];
  id: string;
}

/** Both runs' equity, and the difference below on the same days. */
export function EquityDiffChart({ equity, names, id }: EquityDiffProps) {
  const t = compareTexts.useText();
  const language = useLanguage();
  const { date, a, b, difference, first_difference: first } = equity;
  const [nameA, nameB] = names;
  const option = useCallback(
    (theme: Theme) => {
      const line = { type: "line", showSymbol: false, lineStyle: { width: 1.5 }, connectNulls: true };
      const money = (value: number) => formatTick(value, language);
      return {
        legend: { show: true, top: 0 },
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        tooltip: { valueFormatter: (value: unknown) => formatNumber(value as number | null) },
        grid: [
          { left: 8, right: 64, top: 28, height: 180 },
          { left: 8, right: 64, top: 240, bottom: 24 },
        ],
        xAxis: [{ ...dateAxis(theme, date), axisLabel: { show: false } }, { ...dateAxis(theme, date), gridIndex: 1 }],
        yAxis: [valueAxis(theme, money), { ...valueAxis(theme, money), gridIndex: 1, scale: false, splitNumber: 2 }],
        dataZoom: [{ type: "inside", xAxisIndex: [0, 1] }],
        series: [
          { ...line, name: nameA, data: a, color: theme.palette.series[0] },
          { ...line, name: nameB, data: b, color: theme.palette.series[1] },
          { ...line, name: t("equityDifference"), data: difference, xAxisIndex: 1, yAxisIndex: 1, color: theme.palette.series[5], areaStyle: { opacity: 0.2 }, lineStyle: { width: 1 } },
        ],
      };
    },
    [date, a, b, difference, nameA, nameB, t, language],
  );
  const sheet = () => ({ headers: ["date", "a", "b", "difference"], rows: date.map((day, index) => [day, a[index], b[index], difference[index]]) });
  return (
    <>
      <Chart label={t("equityChart")} option={option} count={date.length} height={340} exportName={`equity-diff-${id}`} sheet={sheet} />
      <p className="soft">{first === null ? t("equitySame") : t("equityFirst", { date: first })}</p>
    </>
  );
}
