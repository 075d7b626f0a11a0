import type { Cell, Sheet } from "@/ui/format/csv";

import type { AdjustmentSeries } from "../api";
import { RANGES, startOf, type Range } from "../logic/ranges";

type Comparison = NonNullable<AdjustmentSeries["compared"]>;
export type AdjustmentEvent = Comparison["events"][number];

/** The lines of the chart, in the order they are drawn and listed. */
export const BASES = ["raw", "qfq", "hfq", "additive"] as const;
export type Basis = (typeof BASES)[number];

/** What the reader chose; null: the first, or the last, stored day. */
export interface Days {
  start: string | null;
  end: string | null;
  asOf: string | null;
}

export const ALL_DAYS: Days = { start: null, end: null, asOf: null };

/** Change the first or the last day; the other one follows where they would be out of order. */
export function withDay(days: Days, field: "start" | "end", day: string | null): Days {
  const next = { ...days, [field]: day };
  if (next.start === null || next.end === null || next.start <= next.end) return next;
  return { ...next, start: day, end: day };
}

/** The first day of a ready-made range; null where that is all there is. */
export function rangeStart(range: Range, first: string, last: string): string | null {
  if (range === "all") return null;
  const start = startOf(last, range);
  return start <= first ? null : start;
}

/** The ready-made range that was chosen, if one was. */
export function rangeOf({ start, end }: Days, first: string, last: string): Range | null {
  if (end !== null) return null;
  if (start === null) return "all";
  return RANGES.find((range) => rangeStart(range, first, last) === start) ?? null;
}

/** The points that mark the events on the forward-adjusted line: category and height. */
export function eventPoints({ time, qfq }: Pick<AdjustmentSeries, "time" | "qfq">, events: readonly AdjustmentEvent[]): [string, number][] {
  const rows = new Map(time.map((day, row) => [day, row]));
  return events.flatMap(({ date }) => {
    const height = qfq[rows.get(date) ?? -1];
    return height === undefined ? [] : [[date, height] satisfies [string, number]];
  });
}

/** Everything that is drawn, a day a row, with each event's figures on its day. */
export function toSheet(series: AdjustmentSeries, language: "zh" | "en"): Sheet {
  const events = new Map(series.compared?.events.map((event) => [event.date, event]));
  return {
    headers: ["date", ...BASES, "close_before", "preclose", "step", "factor", "event"],
    rows: series.time.map((day, row): Cell[] => {
      const event = events.get(day);
      const prices = BASES.map((basis) => series[basis][row]);
      return [day, ...prices, event?.close_before, event?.preclose, event?.step, event?.factor_after, event?.words[language]];
    }),
  };
}
