import { describe, expect, it } from "vitest";

import type { Refresh } from "./api";
import { canResume, freshnessOf, minutesText, timesOfDay } from "./logic";

const refresh = (state: string, pending: number, failed: number) =>
  ({ job: { state }, counts: { pending, failed, done: 1, unchanged: 0, skipped: 0 } }) as unknown as Refresh;

describe("freshness", () => {
  it("counts stocks only, and those that need nothing as fresh", () => {
    const plan = { symbols: 10, fetches: 3, reasons: { behind: 2, new: 1, up_to_date: 4, suspended: 1, unsupported: 2 } };
    expect(freshnessOf(plan)).toEqual({ total: 8, fresh: 5, leftOut: 2 });
  });

  it("is nothing where nothing is stored", () => {
    expect(freshnessOf({ symbols: 0, fetches: 0, reasons: {} })).toEqual({ total: 0, fresh: 0, leftOut: 0 });
  });
});

describe("a refresh", () => {
  it("can be resumed when it has ended with something left", () => {
    expect(canResume(refresh("cancelled", 3, 0))).toBe(true);
    expect(canResume(refresh("succeeded", 0, 1))).toBe(true);
    expect(canResume(refresh("succeeded", 0, 0))).toBe(false);
    expect(canResume(refresh("running", 3, 0))).toBe(false);
  });

  it("takes a minute at least", () => {
    expect([0, 0.2, 1.6].map(minutesText)).toEqual([1, 1, 2]);
  });
});

describe("times of day", () => {
  it("begin when the day's bars are final and keep a time set elsewhere", () => {
    const times = timesOfDay("17:35");
    expect(times[0]).toBe("15:30");
    expect(times.at(-1)).toBe("23:45");
    expect(times).toContain("17:35");
    expect(timesOfDay("17:30")).toHaveLength(34);
  });
});
