import { isFinished } from "@/features/jobs/api";

import type { Refresh, RefreshPlan } from "./api";

export interface Freshness {
  /** Stocks that could be refreshed. */
  total: number;
  fresh: number;
  /** Instruments that no online source has. */
  leftOut: number;
}

/** Count what a plan says of the stored instruments. */
export function freshnessOf({ symbols, fetches, reasons }: Pick<RefreshPlan, "symbols" | "fetches" | "reasons">): Freshness {
  const leftOut = (reasons.unsupported ?? 0) + (reasons.simulated ?? 0);
  const total = symbols - leftOut;
  return { total, fresh: total - fetches, leftOut };
}

/** Whether a refresh has ended with something left to fetch. */
export const canResume = ({ job, counts }: Pick<Refresh, "job" | "counts">): boolean => isFinished(job) && counts.pending + counts.failed > 0;

/** The times of day a schedule can have, each quarter of an hour from the day's last trade on; and its own one. */
export function timesOfDay(own: string): string[] {
  const times = new Set([own]);
  for (let minutes = 15 * 60 + 30; minutes < 24 * 60; minutes += 15) {
    times.add(`${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`);
  }
  return [...times].sort();
}

/** Minutes as a person says them: none are less than one. */
export const minutesText = (minutes: number): number => Math.max(1, Math.round(minutes));
