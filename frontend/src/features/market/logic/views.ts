/** Ways to look at an instrument: single days minute by minute, or bars of an interval. */
import type { Interval } from "../api";

export const VIEWS = ["day", "5day", "1m", "5m", "15m", "30m", "60m", "1d", "1w", "1M"] as const;
export type View = (typeof VIEWS)[number];
export type MinuteInterval = "1m" | "5m" | "15m" | "30m" | "60m";

/** Minutes in a bar. */
const MINUTES: Record<MinuteInterval, number> = { "1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60 };
/** Traded minutes of the longest day, that of futures with a night session until half past two. */
const LONGEST_DAY = 555;
const MOST_POINTS = 5000;
const SHANGHAI = 8 * 3_600_000;

export function isDays(view: View): view is "day" | "5day" {
  return view === "day" || view === "5day";
}

export function isMinutes(interval: View): interval is MinuteInterval {
  return interval in MINUTES;
}

/** The bars that a view asks sources for: of single days the finest. */
export function fetchedFor(view: View): MinuteInterval {
  return isMinutes(view) ? view : "1m";
}

/** The first day to ask for, so that the bars until a day are not thinned; null: all of them. */
export function firstDay(interval: Interval, until: string): string | null {
  if (!isMinutes(interval)) return null;
  const tradingDays = Math.floor((MOST_POINTS * MINUTES[interval]) / LONGEST_DAY);
  const start = new Date(`${until}T00:00:00Z`);
  // Five trading days a week.
  start.setUTCDate(start.getUTCDate() - Math.floor((tradingDays * 7) / 5));
  return start.toISOString().slice(0, 10);
}

/** An instant as a clock in Shanghai shows it: 2024-01-02 09:31. */
export function inShanghai(instant: string): string {
  return new Date(Date.parse(instant) + SHANGHAI).toISOString().slice(0, 16).replace("T", " ");
}
