import { describe, expect, it } from "vitest";

import type { BarRow, CoverageMonths, Dataset, KindCount } from "./api";
import { barWidth, canQuarantine, changesOf, isRowOf, isWholeBar, joinMonths, kindsOf, shadeOf, toneOf } from "./logic";

const count = (kind: KindCount["kind"], severity: KindCount["severity"], number: number): KindCount => ({ kind, severity, zh: "", en: "", count: number });
const dataset = (name: Dataset["dataset"], counts: KindCount[]) => ({ dataset: name, counts }) as Dataset;
const row = (time: string, close: number | null = 1): BarRow => ({
  time, open: 1, high: 1, low: 1, close, preclose: null, volume: 1, amount: null, suspended: false, is_st: false,
});

describe("kinds", () => {
  const datasets = [dataset("stock", [count("volume_outlier", "info", 900), count("jump", "warning", 2)]), dataset("etf", [count("jump", "warning", 3), count("negative", "error", 1)])];

  it("are added up over all datasets, errors first", () => {
    expect(kindsOf(datasets, null).map(({ kind, count: number }) => [kind, number])).toEqual([["negative", 1], ["jump", 5], ["volume_outlier", 900]]);
  });

  it("are those of one dataset when one is chosen", () => {
    expect(kindsOf(datasets, "etf").map(({ kind }) => kind)).toEqual(["negative", "jump"]);
  });

  it("do not change what they are made of", () => {
    kindsOf(datasets, null);
    expect(datasets[0]?.counts[1]?.count).toBe(2);
  });
});

describe("bars", () => {
  it("grow by digits and fill the line at most", () => {
    expect(barWidth(0, 100)).toBe(0);
    expect(barWidth(100, 100)).toBe(1);
    expect(barWidth(9, 99)).toBeCloseTo(0.5);
    expect(barWidth(0, 0)).toBe(0);
  });
});

describe("a score", () => {
  it("reads as good, fair or poor", () => {
    expect([100, 90, 89.9, 60, 59.9, 0].map(toneOf)).toEqual(["good", "good", "fair", "fair", "poor", "poor"]);
  });
});

describe("coverage pages", () => {
  const page = (months: string[], symbols: string[], shares: (number | null)[][]): CoverageMonths => ({ months, symbols, names: symbols.map(() => null), shares, next_cursor: null });

  it("share one axis of months, and leave out what lies outside", () => {
    const joined = joinMonths([page(["2024-02", "2024-03"], ["A"], [[0.5, null]]), page(["2024-01", "2024-02"], ["B", "C"], [[1, 0], [null, 0.9]])]);
    expect(joined.months).toEqual(["2024-01", "2024-02", "2024-03"]);
    expect(joined.symbols).toEqual(["A", "B", "C"]);
    expect(joined.cells).toEqual([
      { x: 1, y: 0, share: 0.5 },
      { x: 0, y: 1, share: 1 },
      { x: 1, y: 1, share: 0 },
      { x: 1, y: 2, share: 0.9 },
    ]);
  });
});

describe("a month", () => {
  it("that is not whole is far from one that is", () => {
    expect([0, 0.5, 1].map(shadeOf)).toEqual([0, 0.375, 1]);
    expect(shadeOf(0.999)).toBeLessThan(0.75);
  });
});

describe("the row of a finding", () => {
  it("is that of the day, or of the instant within the day", () => {
    expect(isRowOf({ date: "2024-03-15", at: null }, row("2024-03-15"))).toBe(true);
    expect(isRowOf({ date: "2024-03-15", at: null }, row("2024-03-14"))).toBe(false);
    expect(isRowOf({ date: "2024-03-15", at: "2024-03-15T02:05:00Z" }, row("2024-03-15T02:05:00"))).toBe(true);
  });

  it("is marked whole where no one figure is at fault", () => {
    expect(isWholeBar({ kind: "not_trading_day", field: "" })).toBe(true);
    expect(isWholeBar({ kind: "stale_end", field: "" })).toBe(false);
    expect(isWholeBar({ kind: "spike", field: "close" })).toBe(false);
  });

  it("can be quarantined where there is a daily bar at fault", () => {
    const rows = [row("2024-03-15")];
    expect(canQuarantine({ kind: "not_positive" }, "1d", rows, "2024-03-15")).toBe(true);
    expect(canQuarantine({ kind: "not_positive" }, "5m", rows, "2024-03-15")).toBe(false);
    expect(canQuarantine({ kind: "missing_day" }, "1d", rows, "2024-03-15")).toBe(false);
    expect(canQuarantine({ kind: "not_positive" }, "1d", rows, "2024-03-18")).toBe(false);
  });
});

describe("a refetch", () => {
  it("tells the fields that differ", () => {
    const changes = changesOf({ differences: [{ date: "2024-03-15", stored: row("2024-03-15", 0), fetched: row("2024-03-15", 12.5), fields: ["close", "amount"] }] });
    expect(changes).toEqual([
      { field: "close", stored: "0", fetched: "12.5" },
      { field: "amount", stored: "—", fetched: "—" },
    ]);
  });

  it("has nothing to tell where the source has no bar or says the same", () => {
    expect(changesOf({ differences: [] })).toBeNull();
    expect(changesOf({ differences: [{ date: "2024-03-15", stored: row("2024-03-15"), fetched: null, fields: [] }] })).toBeNull();
  });
});
