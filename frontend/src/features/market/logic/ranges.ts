/** Ready-made ranges of a K-line. */
export const RANGES = ["3m", "1y", "3y", "all"] as const;
export type Range = (typeof RANGES)[number];

const MONTHS: Record<Exclude<Range, "all">, number> = { "3m": 3, "1y": 12, "3y": 36 };

/** Give the first day of a range that ends on a day, by the calendar. */
export function startOf(last: string, range: Exclude<Range, "all">): string {
  const from = new Date(`${last.slice(0, 10)}T00:00:00Z`);
  const day = from.getUTCDate();
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() - MONTHS[range]);
  // The last day of a month goes back to the last day of the other.
  const days = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate();
  from.setUTCDate(Math.min(day, days));
  return from.toISOString().slice(0, 10);
}

/** Give the number of newest bars within the range, counted back from the last bar's date. */
export function barsIn(times: readonly string[], range: Range): number {
  const last = times.at(-1);
  if (last === undefined || range === "all") return times.length;
  const start = startOf(last, range);
  const first = times.findIndex((time) => time >= start);
  return times.length - Math.max(0, first);
}
