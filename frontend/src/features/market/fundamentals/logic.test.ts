import { describe, expect, it } from "vitest";

import type { Fundamentals, Valuation } from "./api";
import { allYears, annualOnly, axisTop, formatFigure, lossRuns, periodLabel, planWords, reportsSheet, startOfYears } from "./logic";

const period = (report_date: string) => ({ report_date, announced: report_date, first_announced: report_date, restated: [] });
const reports: Fundamentals = {
  symbol: "600519.SH",
  view: "cumulative",
  as_of: null,
  stored: null,
  periods: [period("2023-12-31"), period("2024-03-31"), period("2024-12-31")],
  items: [{ name: "revenue", statement: "income", zh: "营业收入", en: "Revenue", unit: "yuan", values: [1, 2, 3], growth: [null, null, 2] }],
};

describe("periods", () => {
  it("are called by quarter, and years by the year", () => {
    expect(periodLabel("2024-06-30", false)).toBe("2024 Q2");
    expect(periodLabel("2024-12-31", false)).toBe("2024 Q4");
    expect(periodLabel("2024-12-31", true)).toBe("2024");
  });

  it("of whole years keep their figures", () => {
    const years = annualOnly(reports);
    expect(years.periods.map(({ report_date }) => report_date)).toEqual(["2023-12-31", "2024-12-31"]);
    expect(years.items[0]?.values).toEqual([1, 3]);
    expect(years.items[0]?.growth).toEqual([null, 2]);
  });

  it("are exported newest first", () => {
    expect(reportsSheet(reports, false, "zh")).toEqual({
      headers: ["item", "unit", "2024 Q4", "2024 Q1", "2023 Q4"],
      rows: [["营业收入", "yuan", 3, 2, 1]],
    });
  });
});

describe("figures", () => {
  it("are written in their unit", () => {
    expect(formatFigure(1.7e11, "yuan", "zh")).toBe("1,700.00亿");
    expect(formatFigure(0.3421, "fraction", "zh")).toBe("34.21%");
    expect(formatFigure(59.49, "yuan_per_share", "en")).toBe("59.49");
    expect(formatFigure(null, "yuan", "zh")).toBe("—");
  });
});

describe("a valuation's range", () => {
  it("begins years before its last day", () => {
    expect(startOfYears("2026-11-20", "5y")).toBe("2021-11-20");
    expect(startOfYears("2024-02-29", "1y")).toBe("2023-02-28");
    expect(startOfYears("2024-02-29", "all")).toBeNull();
  });

  it("has its losses as runs of days", () => {
    expect(lossRuns([1, -1, -2, null, 3, -1])).toEqual([
      [1, 2],
      [5, 5],
    ]);
    expect(lossRuns([])).toEqual([]);
  });

  it("is cut off above only where a day stands out", () => {
    const valuation = (value: number[], high?: number) =>
      ({ value, bands: high === undefined ? [] : [{ percent: 90, value: high }] }) as unknown as Valuation;
    expect(axisTop(valuation([10, 20, 5000], 20))).toBe(60);
    expect(axisTop(valuation([10, 20, 50], 20))).toBeNull();
    expect(axisTop(valuation([10, 5000]))).toBeNull();
  });
});

describe("years of payments", () => {
  it("have one for each year, also for one without", () => {
    const paid = (year: number) => ({ year, cash: "1", yield_at_ex: 0.02, payments: 1 });
    expect(allYears([paid(2019), paid(2021)]).map(({ year, cash }) => [year, cash])).toEqual([
      [2019, "1"],
      [2020, "0"],
      [2021, "1"],
    ]);
    expect(allYears([])).toEqual([]);
  });
});

describe("a dividend plan", () => {
  const words = { perTen: "10", pays: (a: string) => `派${a}元`, bonus: (a: string) => `送${a}股`, converts: (a: string) => `转${a}股`, nothing: "不分配" };

  it("is told for ten shares, exactly", () => {
    expect(planWords({ cash: "27.673", bonus: "0", conversion: "0" }, words, "")).toBe("10派276.73元");
    expect(planWords({ cash: "0.1", bonus: "0.2", conversion: "0.3" }, words, "")).toBe("10送2股转3股派1元");
    expect(planWords({ cash: "0", bonus: "0", conversion: "0" }, words, "")).toBe("不分配");
  });
});
