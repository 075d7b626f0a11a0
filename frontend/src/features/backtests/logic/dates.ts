/** Ranges of trading dates, computed on calendar texts so that no time zone can shift a day. */

export type RangePreset = "1y" | "3y" | "5y" | "10y";
export const RANGE_PRESETS: readonly RangePreset[] = ["1y", "3y", "5y", "10y"];
const YEARS: Record<RangePreset, number> = { "1y": 1, "3y": 3, "5y": 5, "10y": 10 };

/** The same day some years before; 29 February becomes the 28th where there is none. */
export function yearsBefore(date: string, years: number): string {
  const year = Number(date.slice(0, 4)) - years;
  const rest = date.slice(4);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return `${String(year).padStart(4, "0")}${rest === "-02-29" && !leap ? "-02-28" : rest}`;
}

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** Whole years up to a day, both ends included: from the day after the same one, so that no single day makes a year of its own. */
export const presetRange = (preset: RangePreset, end: string): { start: string; end: string } => ({
  start: dayAfter(yearsBefore(end, YEARS[preset])),
  end,
});

/** Mainland exchanges trade about 243 of 365 days. */
export function estimateTradingDays(start: string, end: string): number | null {
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  return Number.isFinite(days) && days > 0 ? Math.round((days * 243) / 365) : null;
}

/** Index range of the dates within [from, to]; null when none is. */
export function indexRange(dates: readonly string[], from: string, to: string): [start: number, end: number] | null {
  const start = dates.findIndex((date) => date >= from);
  const end = dates.findLastIndex((date) => date <= to);
  return start < 0 || end < start ? null : [start, end];
}
