import { describe, expect, it } from "vitest";

import type { Refresh } from "./api";
import { bodyOf, canResume, freshnessOf, minutesText, progressOf, symbolsIn, timesOfDay } from "./logic";

const refresh = (state: string, pending: number, failed: number) =>
  ({ job: { state }, counts: { pending, failed, done: 1, unchanged: 0, skipped: 0 } }) as unknown as Refresh;

describe("freshness", () => {
  it("counts instruments with a source only, and those that need nothing as fresh", () => {
    const plan = { symbols: 10, left_out: 3, reasons: { behind: 2, new: 1, up_to_date: 4, suspended: 1, unsupported: 2 } };
    expect(freshnessOf(plan)).toEqual({ total: 8, fresh: 5, leftOut: 5 });
  });

  it("is nothing where nothing is stored", () => {
    expect(freshnessOf({ symbols: 0, left_out: 0, reasons: {} })).toEqual({ total: 0, fresh: 0, leftOut: 0 });
  });
});

describe("a choice", () => {
  it("asks for what it names, and for nothing while nothing is named", () => {
    expect(bodyOf("everything", ["600519.SH"], [])).toEqual({ scope: "everything" });
    expect(bodyOf("indices", [], [])).toEqual({ scope: "indices" });
    expect(bodyOf("symbols", ["600519.SH"], [])).toEqual({ scope: "everything", symbols: ["600519.SH"] });
    expect(bodyOf("symbols", [], [])).toBeNull();
    expect(bodyOf("datasets", [], ["dividends"])).toEqual({ scope: "everything", datasets: ["dividends"] });
    expect(bodyOf("datasets", [], [])).toBeNull();
  });

  it("reads symbols however they are divided, each once", () => {
    expect(symbolsIn(" 600519.SH，000001.SZ\n600519.SH; 510300 ")).toEqual(["600519.SH", "000001.SZ", "510300"]);
    expect(symbolsIn(" ")).toEqual([]);
  });
});

describe("a dataset under way", () => {
  const counts = { pending: 30, done: 8, unchanged: 1, failed: 1, skipped: 5 };

  it("tells its pace and the time left", () => {
    expect(progressOf({ counts, current: "600519.SH", seconds_each: 2 })).toEqual({ done: 10, total: 40, pace: 30, secondsLeft: 60, state: "running" });
  });

  it("has none while it waits, and is finished without anything pending", () => {
    expect(progressOf({ counts, current: null, seconds_each: null })).toEqual({ done: 10, total: 40, pace: null, secondsLeft: null, state: "waiting" });
    expect(progressOf({ counts: { ...counts, pending: 0 }, current: null, seconds_each: null }).state).toBe("finished");
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
  it("lie in their bounds and keep a time set elsewhere", () => {
    const times = timesOfDay("17:35", 15 * 60 + 30, 24 * 60);
    expect(times[0]).toBe("15:30");
    expect(times.at(-1)).toBe("23:45");
    expect(times).toContain("17:35");
    expect(timesOfDay("02:30", 0, 9 * 60)).toHaveLength(36);
  });
});
