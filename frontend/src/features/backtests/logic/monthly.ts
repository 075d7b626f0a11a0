import type { components } from "@/api/schema.gen";

type Series = Pick<components["schemas"]["Series"], "date" | "equity">;

export interface YearReturns {
  year: number;
  /** January to December, fractions; null for a month without a trading day in the run. */
  months: (number | null)[];
  /** From the end of the year before (or the start of the run) to the last day of this one. */
  total: number;
}

/** Compute returns by calendar month and year from the daily equity.
 *
 * A period's return is its last equity over the last equity of the period before; the first period of the run starts
 * from the starting cash. So the months of a year compound to its total, and the years to the run's total return.
 */
export function monthlyReturns({ date, equity }: Series, startingCash: number): YearReturns[] {
  const years = new Map<number, YearReturns>();
  let before = startingCash;
  let yearBefore = startingCash;
  for (let index = 0; index < date.length; index += 1) {
    const day = date[index];
    const value = equity[index];
    if (day === undefined || value === undefined) break;
    const month = day.slice(0, 7);
    if (date[index + 1]?.slice(0, 7) === month) continue;
    const year = Number(day.slice(0, 4));
    let row = years.get(year);
    if (row === undefined) {
      row = { year, months: Array.from({ length: 12 }, () => null), total: 0 };
      years.set(year, row);
      yearBefore = before;
    }
    row.months[Number(day.slice(5, 7)) - 1] = value / before - 1;
    row.total = value / yearBefore - 1;
    before = value;
  }
  return [...years.values()];
}

/** Give the largest magnitude of all months, for the scale of the colours; at least a hundredth. */
export function monthScale(years: readonly YearReturns[]): number {
  const sizes = years.flatMap(({ months }) => months.map((value) => Math.abs(value ?? 0)));
  return Math.max(0.01, ...sizes);
}
