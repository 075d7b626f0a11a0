import { useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Language } from "@/app/prefs";
import { formatPercent } from "@/ui/format";

import type { BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { monthlyReturns, monthScale } from "../logic/monthly";
import "./report.css";

/** Short names as each language writes them: 1月 or Jan. */
function monthNames(language: Language): string[] {
  const format = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2000, month)));
}

/** Behind a text the colour stays light enough to read it in either theme. */
function shade(value: number | null, scale: number): { backgroundColor: string } | undefined {
  if (value === null || value === 0) return undefined;
  const strength = Math.round(Math.min(1, Math.abs(value) / scale) * 45) + 4;
  return { backgroundColor: `color-mix(in srgb, var(--${value > 0 ? "up" : "down"}) ${strength}%, transparent)` };
}

/** Returns by month and year: a table, coloured by size. */
export function MonthlyHeatmap({ result }: { result: BacktestResult }) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const years = useMemo(() => monthlyReturns(result.series, Number(result.spec.cash)), [result]);
  const scale = monthScale(years);
  return (
    <div className="heatmap-scroll">
      <table className="heatmap">
        <caption className="visually-hidden">{t("monthly")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("year")}</th>
            {monthNames(language).map((month) => (
              <th key={month} scope="col">
                {month}
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
