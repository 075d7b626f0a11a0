import dayjs from "dayjs";

const DAY = "YYYY-MM-DD";

/** The years up to the last stored day; up to today where nothing is stored. */
export function spanBefore(last: string | null, years: number): { start: string; end: string } {
  const end = last === null ? dayjs() : dayjs(last);
  return { start: end.subtract(years, "year").format(DAY), end: end.format(DAY) };
}
