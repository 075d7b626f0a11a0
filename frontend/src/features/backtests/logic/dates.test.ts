import { describe, expect, it } from "vitest";

import { estimateTradingDays, indexRange, presetRange, yearsBefore } from "./dates";

describe("date ranges", () => {
  it("goes back whole years and stays in February", () => {
    expect(yearsBefore("2024-02-29", 1)).toBe("2023-02-28");
    expect(yearsBefore("2024-02-29", 4)).toBe("2020-02-29");
    expect(presetRange("10y", "2026-11-20")).toEqual({ start: "2016-11-20", end: "2026-11-20" });
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
