import type { Language } from "@/app/prefs";
import { ABSENT, formatCompact, formatExact, formatNumber, formatPercent } from "@/ui/format";
import type { Sheet } from "@/ui/format/csv";

import type { DividendItem, Dividends, Fundamentals, Measure, ReportItem, Valuation } from "./api";

export const MEASURES = ["pe_ttm", "pe_static", "pb", "ps_ttm", "pcf_ttm"] as const satisfies readonly Measure[];
export const RANGES = ["1y", "3y", "5y", "10y", "all"] as const;
export type Range = (typeof RANGES)[number];
export const STATEMENTS = ["income", "balance", "cash_flow", "indicators"] as const satisfies readonly ReportItem["statement"][];

/** "2024-06-30" → "2024 Q2"; a year's report is "2024" where only years are shown. */
export function periodLabel(reportDate: string, annual: boolean): string {
  const [year = "", month = ""] = reportDate.split("-");
  return annual ? year : `${year} Q${Math.ceil(Number(month) / 3)}`;
}

/** Keep only the reports of whole years. */
export function annualOnly(reports: Fundamentals): Fundamentals {
  const kept = reports.periods.flatMap(({ report_date }, at) => (report_date.endsWith("-12-31") ? [at] : []));
  const pick = <T,>(values: readonly T[]): T[] => kept.map((at) => values[at] as T);
  return {
    ...reports,
    periods: pick(reports.periods),
    items: reports.items.map((item) => ({ ...item, values: pick(item.values), growth: pick(item.growth) })),
  };
}

/** A figure in its unit. */
export function formatFigure(value: number | null | undefined, unit: ReportItem["unit"], language: Language): string {
  switch (unit) {
    case "yuan":
    case "shares":
      return formatCompact(value, language);
    case "fraction":
      return formatPercent(value);
    default:
      return formatNumber(value);
  }
}

/** The first day of a range that ends on a day; null for all there is. */
export function startOfYears(last: string, range: Range): string | null {
  if (range === "all") return null;
  const years = Number(range.slice(0, -1));
  const [year = "", ...rest] = last.split("-");
  const day = rest.join("-") === "02-29" ? "02-28" : rest.join("-");
  return `${String(Number(year) - years).padStart(4, "0")}-${day}`;
}

/** Runs of days with a loss, as first and last index. */
export function lossRuns(values: readonly (number | null)[]): [number, number][] {
  const runs: [number, number][] = [];
  values.forEach((value, at) => {
    if (value === null || value > 0) return;
    const open = runs.at(-1);
    if (open?.[1] === at - 1) open[1] = at;
    else runs.push([at, at]);
  });
  return runs;
}

/** Where the axis ends so that one day near zero profit does not flatten all the others; null: with the data. */
export function axisTop(valuation: Valuation): number | null {
  const high = valuation.bands.find(({ percent }) => percent === 90)?.value;
  if (high === undefined) return null;
  const top = Math.max(...valuation.value.map((value) => value ?? 0));
  return top > high * 3 ? Number((high * 3).toPrecision(2)) : null;
}

/** Every year from the first payment to the last; one without a payment paid nothing. */
export function allYears(years: Dividends["years"]): Dividends["years"] {
  const first = years[0]?.year ?? 0;
  const last = years.at(-1)?.year ?? -1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => {
    const year = first + at;
    return years.find((one) => one.year === year) ?? { year, cash: "0", yield_at_ex: 0, payments: 0 };
  });
}

const times = (amount: string, factor: number) => String(Number((Number(amount) * factor).toPrecision(12)));

export interface PlanWords {
  perTen: string;
  pays: (amount: string) => string;
  bonus: (amount: string) => string;
  converts: (amount: string) => string;
  nothing: string;
}

/** A plan as it is announced: for ten shares. */
export function planWords({ cash, bonus, conversion }: Pick<DividendItem, "cash" | "bonus" | "conversion">, words: PlanWords, joint: string): string {
  const parts = (
    [
      [bonus, words.bonus],
      [conversion, words.converts],
      [cash, words.pays],
    ] as const
  ).flatMap(([amount, say]) => (Number(amount) === 0 ? [] : [say(times(amount, 10))]));
  return parts.length === 0 ? words.nothing : words.perTen + parts.join(joint);
}

/** The table as it is seen, newest period first. */
export function reportsSheet(reports: Fundamentals, annual: boolean, language: Language): Sheet {
  const order = reports.periods.map((_, at) => at).reverse();
  return {
    headers: ["item", "unit", ...order.map((at) => periodLabel(reports.periods[at]?.report_date ?? "", annual))],
    rows: reports.items.map((item) => [item[language], item.unit, ...order.map((at) => item.values[at] ?? null)]),
  };
}

/** A table's cell for reading. */
export function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === "") return ABSENT;
  return typeof value === "number" ? formatExact(value) : value;
}
