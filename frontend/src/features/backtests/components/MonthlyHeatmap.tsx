import { useMemo } from "react";

import { formatPercent } from "@/ui/format";

import type { BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { monthlyReturns, monthScale } from "../logic/monthly";
import "./report.css";

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

/** Behind a text the colour stays light enough to read it in either theme. */
function shade(value: number | null, scale: number): { backgroundColor: string } | undefined {
  if (value === null || value === 0) return undefined;
  const strength = Math.round(Math.min(1, Math.abs(value) / scale) * 45) + 4;
  return { backgroundColor: `color-mix(in srgb, var(--${value > 0 ? "up" : "down"}) ${strength}%, transparent)` };
}

/** Returns by month and year: a table, coloured by size. */
export function MonthlyHeatmap({ result }: { result: BacktestResult }) {
  const t = backtestTexts.useText();
  const years = useMemo(() => monthlyReturns(result.series, Number(result.spec.cash)), [result]);
  const scale = monthScale(years);
  return (
    <div className="heatmap-scroll">
      <table className="heatmap">
        <caption className="visually-hidden">{t("monthly")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("year")}</th>
            {MONTHS.map((number) => (
              <th key={number} scope="col">
                {t("month", { number })}
              </th>
            ))}
            <th scope="col">{t("yearTotal")}</th>
          </tr>
        </thead>
        <tbody>
          {years.toReversed().map(({ year, months, total }) => (
            <tr key={year}>
              <th scope="row">{year}</th>
              {months.map((value, index) => (
                <td key={index} style={shade(value, scale)} title={value === null ? undefined : formatPercent(value, { digits: 4, sign: true })}>
                  {value === null ? "" : formatPercent(value, { digits: 1, sign: true })}
                </td>
              ))}
              <td className="heatmap-total" style={shade(total, scale * 2)} title={formatPercent(total, { digits: 4, sign: true })}>
                {formatPercent(total, { digits: 1, sign: true })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft">{t("monthlyHelp")}</p>
    </div>
  );
}
