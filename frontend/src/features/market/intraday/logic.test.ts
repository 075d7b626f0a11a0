import { describe, expect, test } from "vitest";

import { firstDay, inShanghai } from "../logic/views";
import { bounds, layOut, type IntradayDay } from "./logic";

const SHARES = [
  { start: "09:30", end: "11:30", minutes: 120 },
  { start: "13:00", end: "15:00", minutes: 120 },
];
const REBAR = [
  { start: "21:00", end: "23:00", minutes: 120 },
  { start: "09:00", end: "10:15", minutes: 75 },
  { start: "10:30", end: "11:30", minutes: 60 },
  { start: "13:30", end: "15:00", minutes: 90 },
];

function day(over: Partial<IntradayDay> = {}): IntradayDay {
  return {
    date: "2024-01-02",
    base: 10,
    base_kind: "preclose",
    sessions: SHARES,
    time: ["2024-01-02T01:31:00Z", "2024-01-02T05:01:00Z"],
    minute: [1, 121],
    price: [11, 9],
    average: [11, 10],
    volume: [100, 300],
    amount: [1100, 2700],
    open_interest: null,
    ...over,
  };
}

describe("a day laid out", () => {
  const points = layOut([day()]);
  test("has a place for every traded minute, the lunch break closed up", () => {
    expect(points.price).toHaveLength(240);
    expect(points.price[0]).toBe(11);
    expect(points.price[120]).toBe(9);
    expect(points.time[120]).toBe("2024-01-02 13:01");
  });
  test("counts changes from its base and colours the volume by the bar before", () => {
    expect(points.change[0]).toBeCloseTo(0.1);
    expect([points.rising[0], points.rising[120]]).toEqual([true, false]);
  });
  test("names the hours and both sides of a break", () => {
    expect([...points.ticks.values()]).toEqual(["09:30", "10:30", "11:30/13:00", "14:00", "15:00"]);
  });
  test("begins with the night before", () => {
    const rebar = layOut([day({ sessions: REBAR })]);
    expect(rebar.price).toHaveLength(345);
    expect([...rebar.ticks.values()][0]).toBe("21:00");
    expect([...rebar.ticks.values()]).toContain("23:00/09:00");
  });
  test("adds up bars that share a place", () => expect(layOut([day({ minute: [240, 240] })]).volume[239]).toBe(400));
  test("has no changes without a base", () => expect(layOut([day({ base: null })]).change[0]).toBeNull());
});

test("several days stand side by side under their dates", () => {
  const points = layOut([day(), day({ date: "2024-01-03" })]);
  expect(points.price).toHaveLength(480);
  expect(points.dayStarts).toEqual([240]);
  expect([...points.ticks]).toEqual([
    [0, "01-02"],
    [240, "01-03"],
  ]);
});

describe("the price axis", () => {
  test("has the base in its middle", () => {
    const { min, max, base } = bounds([day({ price: [11, 9.9] })], 0.01) ?? { min: 0, max: 0, base: 0 };
    expect(base).toBe(10);
    expect(max - 10).toBeCloseTo(10 - min);
    expect(max).toBeGreaterThan(11);
  });
  test("does not fold up when nothing moves", () => {
    const { min, max } = bounds([day({ price: [10, 10], average: [10, null] })], 0.01) ?? { min: 0, max: 0 };
    expect(max - min).toBeGreaterThan(0.07);
  });
  test("no days have none", () => expect(bounds([], 0.01)).toBeNull());
});

describe("views", () => {
  test("a clock in Shanghai is eight hours ahead", () => expect(inShanghai("2024-01-02T16:30:00Z")).toBe("2024-01-03 00:30"));
  test("minute bars are asked for as far back as they need no thinning", () => {
    expect(firstDay("1m", "2024-03-29")).toBe("2024-03-17");
    expect(firstDay("1d", "2024-03-29")).toBeNull();
  });
});
