/** From single days' bars to a chart without breaks: every traded minute has its place, whether it has a bar or not. */
import type { components } from "@/api/schema.gen";

import { inShanghai } from "../logic/views";

export type IntradayDay = components["schemas"]["IntradayDay"];
export type IntradaySeries = components["schemas"]["IntradaySeries"];

export interface Points {
  /** For each place: the bar's time in Shanghai, empty where there is no bar. */
  time: string[];
  price: (number | null)[];
  average: (number | null)[];
  volume: (number | null)[];
  amount: (number | null)[];
  openInterest: (number | null)[];
  /** Against the base of the place's own day. */
  change: (number | null)[];
  /** Whether the price is not below that of the bar before. */
  rising: boolean[];
  /** Labels under the axis, by place. */
  ticks: Map<number, string>;
  /** The first place of each day but the first. */
  dayStarts: number[];
}

export function minutesOf(day: IntradayDay): number {
  return day.sessions.reduce((sum, { minutes }) => sum + minutes, 0);
}

/** Lay the days side by side. */
export function layOut(days: readonly IntradayDay[]): Points {
  const size = days.reduce((sum, day) => sum + minutesOf(day), 0);
  const none = (): (number | null)[] => Array.from({ length: size }, () => null);
  const points: Points = {
    time: Array.from({ length: size }, () => ""),
    price: none(),
    average: none(),
    volume: none(),
    amount: none(),
    openInterest: none(),
    change: none(),
    rising: Array.from({ length: size }, () => true),
    ticks: new Map(),
    dayStarts: [],
  };
  let start = 0;
  for (const [number, day] of days.entries()) {
    if (number > 0) points.dayStarts.push(start);
    let before = day.base;
    for (const [index, minute] of day.minute.entries()) {
      const at = start + minute - 1;
      const price = day.price[index] ?? null;
      points.time[at] = inShanghai(day.time[index] ?? "");
      points.price[at] = price;
      points.average[at] = day.average[index] ?? null;
      // Bars outside of the sessions share the place of the last one within.
      points.volume[at] = (points.volume[at] ?? 0) + (day.volume[index] ?? 0);
      points.amount[at] = day.amount[index] ?? null;
      points.openInterest[at] = day.open_interest?.[index] ?? null;
      points.change[at] = price === null || day.base === null || day.base === 0 ? null : price / day.base - 1;
      points.rising[at] = price === null || before === null || price >= before;
      before = price;
    }
    addTicks(points.ticks, day, start, days.length === 1);
    start += minutesOf(day);
  }
  return points;
}

/** Of a single day the sessions' ends, and the hours after each beginning that leave room; of several the days. */
function addTicks(ticks: Map<number, string>, day: IntradayDay, start: number, single: boolean): void {
  if (!single) {
    ticks.set(start, day.date.slice(5));
    return;
  }
  let at = start;
  for (const [index, session] of day.sessions.entries()) {
    const before = day.sessions[index - 1];
    // One place stands for the end of a session and the beginning of the next.
    ticks.set(at, before === undefined ? session.start : `${before.end}/${session.start}`);
    const [hour = 0, minute = 0] = session.start.split(":").map(Number);
    for (let hours = 1; hours * 60 < session.minutes - 40; hours += 1) {
      ticks.set(at + hours * 60, [(hour + hours) % 24, minute].map((part) => String(part).padStart(2, "0")).join(":"));
    }
    at += session.minutes;
  }
  ticks.set(at - 1, day.sessions.at(-1)?.end ?? "");
}

/** The price axis: as far above the base as below it, so that the base stands in the middle. */
export function bounds(days: readonly IntradayDay[], tick: number): { min: number; max: number; base: number } | null {
  const base = days[0]?.base ?? days[0]?.price[0];
  if (base === undefined) return null;
  const shown = days.flatMap(({ price, average }) => [...price, ...average.filter((value) => value !== null)]);
  const away = Math.max(tick * 4, base * 0.002, ...shown.map((value) => Math.abs(value - base)));
  return { min: base - away * 1.05, max: base + away * 1.05, base };
}
