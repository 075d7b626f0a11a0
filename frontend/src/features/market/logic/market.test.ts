import { describe, expect, test } from "vitest";

import type { IndicatorInfo } from "../api";
import { drawn, indicatorNames, MOST_PANES, readPeriods, toggled, valueProblem } from "./indicators";
import { barsIn, startOf } from "./ranges";

const parameter = (name: string, kind: "int" | "float" | "ints", initial: number | number[]) => ({
  name,
  kind,
  default: initial,
  minimum: 1,
  maximum: 250,
  label_zh: name,
  label_en: name,
});
const info = (key: string, pane: "overlay" | "own", parameters: IndicatorInfo["parameters"]): IndicatorInfo => ({
  key,
  pane,
  parameters,
  label_zh: key,
  label_en: key,
});
const CATALOGUE = [
  info("MA", "overlay", [parameter("periods", "ints", [5, 10, 20])]),
  info("MACD", "own", [parameter("fast", "int", 12), parameter("slow", "int", 26), parameter("signal", "int", 9)]),
  ...["RSI", "KDJ", "ATR", "CCI"].map((key) => info(key, "own", [])),
];

describe("indicators", () => {
  test("are asked for with their parameters in the server's order", () => {
    const chosen = { active: ["MACD", "MA", "RSI", "GONE"], parameters: { MACD: { slow: 30 } } };
    expect(indicatorNames(CATALOGUE, chosen)).toEqual(["MACD:12,30,9", "MA:5,10,20", "RSI"]);
  });
  test("go off again by the same switch", () => expect(toggled(CATALOGUE, ["MA", "MACD"], "MACD")).toEqual(["MA"]));
  test("the oldest pane gives way to a fifth, lines over the prices do not count", () => {
    const active = ["MACD", "MA", "RSI", "KDJ", "ATR"];
    expect(toggled(CATALOGUE, active, "CCI")).toEqual(["MA", "RSI", "KDJ", "ATR", "CCI"]);
    expect(MOST_PANES).toBe(4);
  });
  test.each([
    ["5, 10，20 60", [5, 10, 20, 60]],
    ["5,5,10", [5, 10]],
    ["", []],
    ["5,x", null],
  ])("periods are read as typed: %s", (text, periods) => expect(readPeriods(text)).toEqual(periods));
  test("a value out of range is told before the server is asked", () => {
    const periods = parameter("periods", "ints", [5]);
    expect(valueProblem(periods, [5, 300])).toBe("range");
    expect(valueProblem(periods, [2.5])).toBe("whole");
    expect(valueProblem(periods, [])).toBe("missing");
    expect(valueProblem({ ...periods, kind: "float" }, 2.5)).toBeNull();
  });
  test("a bar line becomes the pane's histogram", () => {
    const lines = [
      { name: "DIF", style: "line" as const, values: [1] },
      { name: "MACD", style: "bar" as const, values: [2] },
    ];
    const { overlays, panes } = drawn([{ key: "MACD", pane: "own", parameters: { fast: 12, slow: 26 }, lines }]);
    expect(overlays).toEqual([]);
    expect(panes[0]).toMatchObject({ title: "MACD(12,26)", lines: [{ name: "DIF" }], histogram: { name: "MACD" } });
  });
});

describe("ranges", () => {
  const times = ["2023-01-31", "2024-01-31", "2024-02-29", "2024-03-29", "2024-04-30", "2024-05-31"];
  test("three months back from the last bar, by the calendar", () => expect(barsIn(times, "3m")).toBe(4));
  test("a year", () => expect(barsIn(times, "1y")).toBe(5));
  test("all of it", () => expect(barsIn(times, "all")).toBe(6));
  test("begins on the month's last day where the other month is shorter", () => expect(startOf("2024-05-31", "3m")).toBe("2024-02-29"));
  test("no bars", () => expect(barsIn([], "3m")).toBe(0));
});
