import { describe, expect, it } from "vitest";

import { estimateTradingDays, indexRange, presetRange, yearsBefore } from "./dates";

describe("date ranges", () => {
  it("goes back whole years and stays in February", () => {
    expect(yearsBefore("2024-02-29", 1)).toBe("2023-02-28");
    expect(yearsBefore("2024-02-29", 4)).toBe("2020-02-29");
  });

  it("covers whole years with both ends, so that none begins with a single day", () => {
    expect(presetRange("10y", "2026-11-20")).toEqual({ start: "2016-11-21", end: "2026-11-20" });
    expect(presetRange("5y", "2024-12-31")).toEqual({ start: "2020-01-01", end: "2024-12-31" });
    expect(presetRange("1y", "2024-02-29").start).toBe("2023-03-01");
    expect(presetRange("1y", "2025-02-28").start).toBe("2024-02-29");
  });

  it("estimates trading days, and nothing for a range that is none", () => {
    expect(estimateTradingDays("2020-01-01", "2021-01-01")).toBe(244);
    expect(estimateTradingDays("2021-01-01", "2020-01-01")).toBeNull();
    expect(estimateTradingDays("", "2020-01-01")).toBeNull();
  });

  it("finds the days within a range", () => {
    const dates = ["2020-01-02", "2020-01-03", "2020-01-06"];
    expect(indexRange(dates, "2020-01-03", "2020-01-05")).toEqual([1, 1]);
    expect(indexRange(dates, "2020-01-07", "2020-02-01")).toBeNull();
  });
});
