import { describe, expect, test } from "vitest";

import type { HeatBoard } from "./api";
import { against, heatColour, heatNodes } from "./logic";

const COLOURS = { neutral: "#ffffff", up: "#ff0000", down: "#00ff00" };

describe("the colour of a change", () => {
  test("is neutral without one", () => expect(heatColour(0, COLOURS)).toBe("#ffffff"));
  test("is that of its direction, and stronger the larger it is", () => {
    const green = (colour: string) => Number.parseInt(colour.slice(3, 5), 16);
    expect(heatColour(0.01, COLOURS).startsWith("#ff")).toBe(true);
    expect(green(heatColour(0.04, COLOURS))).toBeLessThan(green(heatColour(0.01, COLOURS)));
    expect(heatColour(-0.03, COLOURS).slice(3, 5)).toBe("ff");
  });
  test("is full from 5 % on", () => expect(heatColour(0.3, COLOURS)).toBe(heatColour(0.05, COLOURS)));
});

const BOARD: HeatBoard = {
  code: "B1",
  name: "银行",
  change: 0.01,
  amount: 100,
  advancing: 2,
  declining: 1,
  count: 3,
  shares: [
    { symbol: "600000.SH", name: "甲", change: 0.02, amount: 50 },
    { symbol: "600001.SH", name: "乙", change: -0.01, amount: 30 },
  ],
};

describe("a board as an area", () => {
  test("holds its shares and what is left of it, so that sizes and changes add up", () => {
    const [node] = heatNodes([BOARD], (count) => `其余 ${count}`);
    expect(node?.children?.map(({ name, value }) => [name, value])).toEqual([
      ["甲", 50],
      ["乙", 30],
      ["其余 1", 20],
    ]);
    const change = node?.children?.reduce((sum, child) => sum + (child.change * child.value) / 100, 0);
    expect(change).toBeCloseTo(0.01);
  });
  test("has no rest where all shares are listed", () => {
    const [node] = heatNodes([{ ...BOARD, count: 2 }], String);
    expect(node?.children).toHaveLength(2);
  });
});

test("a value is held against that of the day before", () => {
  expect(against([100, 110])).toBeCloseTo(0.1);
  expect(against([110])).toBeNull();
  expect(against([0, 110])).toBeNull();
});
