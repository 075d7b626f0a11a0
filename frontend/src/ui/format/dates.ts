/** Dates and times for reading: ISO order, Beijing time. */
import type { Language } from "@/app/prefs";

import { ABSENT } from "./numbers";

const beijing = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** A trading date is a calendar day and has no zone: it is shown as it comes. */
export function formatDate(date: string | null | undefined): string {
  return date === null || date === undefined || date === "" ? ABSENT : date.slice(0, 10);
}

/** An instant (ISO 8601, UTC) in Beijing time: "2024-03-15 09:30:00". */
export function formatInstant(instant: string | null | undefined, { seconds = true } = {}): string {
  if (instant === null || instant === undefined || instant === "") return ABSENT;
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return ABSENT;
  const text = beijing.format(date);
  return seconds ? text : text.slice(0, 16);
}

const SPANS: Record<Language, Record<"day" | "hour" | "minute" | "second", string>> = {
  zh: { day: "天", hour: "小时", minute: "分", second: "秒" },
  en: { day: "d", hour: "h", minute: "m", second: "s" },
};

/** A span in its two largest units: 3725 → "1小时 2分", "1h 2m". Below a minute: "4.2秒". */
export function formatDuration(seconds: number | null | undefined, language: Language): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return ABSENT;
  const names = SPANS[language];
  if (seconds < 59.95) return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)}${names.second}`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 86_400), names.day],
    [Math.floor((whole % 86_400) / 3600), names.hour],
    [Math.floor((whole % 3600) / 60), names.minute],
    [whole % 60, names.second],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count}${name}`)
    .join(" ");
}

/** How long ago an instant was, coarse: "3分钟前", "3 min ago". */
export function formatAge(instant: string | null | undefined, now: number, language: Language): string {
  if (instant === null || instant === undefined) return ABSENT;
  const then = Date.parse(instant);
  if (Number.isNaN(then)) return ABSENT;
  const relative = new Intl.RelativeTimeFormat(language === "zh" ? "zh-CN" : "en", { numeric: "auto", style: "short" });
  const seconds = Math.min(0, (then - now) / 1000);
  if (seconds > -60) return relative.format(Math.round(seconds), "second");
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}
