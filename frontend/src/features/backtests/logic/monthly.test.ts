import { describe, expect, it } from "vitest";

import { monthlyReturns, monthScale } from "./monthly";

describe("monthly returns", () => {
  const series = {
    date: ["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-23", "2020-03-02", "2020-03-31", "2021-01-04"],
    equity: [100, 110, 112, 99, 99, 121, 133.1],
  };

  it("runs from the last equity of the month before, the first from the starting cash", () => {
    const [y2019, y2020] = monthlyReturns(series, 100);
    expect(y2019?.months[11]).toBeCloseTo(0.1, 12);
    expect(y2020?.months[0]).toBeCloseTo(99 / 110 - 1, 12);
    expect(y2020?.months[2]).toBeCloseTo(121 / 99 - 1, 12);
  });

  it("leaves a month without a trading day empty", () => {
    const [, y2020] = monthlyReturns(series, 100);
    expect(y2020?.months[1]).toBeNull();
    expect(y2020?.months.filter((value) => value !== null)).toHaveLength(2);
  });

  it("compounds months to years and years to the total return", () => {
    const years = monthlyReturns(series, 100);
    for (const { months, total } of years) {
      const compounded = months.reduce<number>((product, value) => product * (1 + (value ?? 0)), 1) - 1;
      expect(compounded).toBeCloseTo(total, 12);
    }
    const run = years.reduce((product, { total }) => product * (1 + total), 1) - 1;
    expect(run).toBeCloseTo(0.331, 12);
  });

  it("gives nothing for a run without days and a scale that is never zero", () => {
    expect(monthlyReturns({ date: [], equity: [] }, 100)).toEqual([]);
    expect(monthScale([])).toBe(0.01);
  });
});
