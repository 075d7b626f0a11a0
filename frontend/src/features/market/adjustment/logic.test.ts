import { describe, expect, test } from "vitest";

import type { AdjustmentSeries } from "../api";
import { ALL_DAYS, eventPoints, rangeOf, rangeStart, toSheet, withDay, type AdjustmentEvent } from "./logic";

const event: AdjustmentEvent = {
  date: "2020-01-02",
  close_before: 10,
  preclose: 9,
  step: 10 / 9,
  factor_before: 1,
  factor_after: 10 / 9,
  expected: "9.00",
  verdict: "explained",
  ex_dates: ["2020-01-02"],
  words: { zh: "10派10：与昨收分毫不差", en: "for 10 shares: 10 in cash" },
};
const day = (date: string, price: number) => ({ date, raw: price, qfq: price, hfq: price, additive: price });
const SERIES: AdjustmentSeries = {
  symbol: "600000.SH",
  as_of: "2020-01-02",
  time: ["2020-01-01", "2020-01-02"],
  raw: [10, 9.9],
  qfq: [9, 9.9],
  hfq: [10, 11],
  additive: [9, 9.9],
  total: 2,
  thinned: false,
  first_date: "2020-01-01",
  last_date: "2020-01-02",
  compared: {
    start: day("2020-01-01", 10),
    end: day("2020-01-02", 9.9),
    returns: { raw: -0.01, qfq: 0.1, hfq: 0.1, additive: 0.1, held: 0.09 },
    events: [event],
    sentences: [],
  },
};

describe("the days of a comparison", () => {
  test("either may be changed alone", () => expect(withDay(ALL_DAYS, "start", "2020-01-01")).toEqual({ ...ALL_DAYS, start: "2020-01-01" }));
  test("the other one follows rather than being out of order", () => {
    const chosen = { start: "2020-01-01", end: "2020-02-01", asOf: null };
    expect(withDay(chosen, "start", "2020-03-01")).toEqual({ start: "2020-03-01", end: "2020-03-01", asOf: null });
    expect(withDay(chosen, "end", "2019-12-01")).toEqual({ start: "2019-12-01", end: "2019-12-01", asOf: null });
    expect(withDay(chosen, "end", null)).toEqual({ ...chosen, end: null });
  });
});

describe("ready-made ranges", () => {
  const days = ["2023-06-01", "2025-04-07"] as const;
  test("begin by the calendar, and never before the first bar", () => {
    expect(rangeStart("1y", ...days)).toBe("2024-04-07");
    expect(rangeStart("3y", ...days)).toBeNull();
    expect(rangeStart("all", ...days)).toBeNull();
  });
  test("are told from the days chosen", () => {
    expect(rangeOf(ALL_DAYS, ...days)).toBe("all");
    expect(rangeOf({ ...ALL_DAYS, start: "2024-04-07" }, ...days)).toBe("1y");
    expect(rangeOf({ ...ALL_DAYS, start: "2024-04-08" }, ...days)).toBeNull();
    expect(rangeOf({ ...ALL_DAYS, start: "2024-04-07", end: "2025-01-01" }, ...days)).toBeNull();
  });
});

describe("events", () => {
  test("lie on the forward-adjusted line", () => expect(eventPoints(SERIES, [event])).toEqual([["2020-01-02", 9.9]]));
  test("of a day that is not drawn are left out", () => expect(eventPoints(SERIES, [{ ...event, date: "2021-01-01" }])).toEqual([]));
  test("stand on their day in the CSV, in the reader's language", () =>
    expect(toSheet(SERIES, "zh")).toEqual({
      headers: ["date", "raw", "qfq", "hfq", "additive", "close_before", "preclose", "step", "factor", "event"],
      rows: [
        ["2020-01-01", 10, 9, 10, 9, undefined, undefined, undefined, undefined, undefined],
        ["2020-01-02", 9.9, 9.9, 11, 9.9, 10, 9, 10 / 9, 10 / 9, "10派10：与昨收分毫不差"],
      ],
    }));
  test("are not needed", () => expect(toSheet({ ...SERIES, compared: null }, "en").rows[1]).toHaveLength(10));
});
