import { describe, expect, test } from "vitest";

import { axisOf, valuesOf } from "./axes";
import { cellsOf, coloursOf, figuresFit, mix, scaleOf } from "./heatmap";
import type { Trial } from "./trials";

const trial = (number: number, params: Trial["params"], objective: number | null, state: Trial["state"] = "succeeded"): Trial => ({ number, params, objective, state, metrics: {}, errorCode: null });

test("figures stand in the cells only where the longest of them fits with its mark", () => {
  expect(figuresFit(60, ["0.43", "−0.12"])).toBe(true);
  expect(figuresFit(40, ["−45.97%"])).toBe(false);
  expect(figuresFit(0, ["0.43"])).toBe(false);
});

describe("axes", () => {
  test("a range with steps has one place a value, the end where it is a step", () => {
    expect(valuesOf({ kind: "int", low: 5, high: 12, step: 3 })).toEqual([5, 8, 11]);
    expect(axisOf("x", { kind: "float", low: 0.1, high: 0.5, step: 0.1, log: false }).labels).toEqual(["0.1", "0.2", "0.3", "0.4", "0.5"]);
  });
  test("a continuous range has bins that hold both of its ends", () => {
    const axis = axisOf("x", { kind: "float", low: 0, high: 1, log: false });
    expect(axis.exact).toBe(false);
    expect([0, 0.5, 1].map(axis.place)).toEqual([0, 8, 15]);
    expect(axis.place(1.1)).toBe(-1);
  });
  test("bins of a log range are equally wide in ratio", () => {
    const axis = axisOf("x", { kind: "float", low: 0.01, high: 100, log: true });
    expect([0.01, 1, 100].map(axis.place)).toEqual([0, 8, 15]);
  });
  test("choices keep their order", () => {
    const axis = axisOf("mode", { kind: "choice", values: ["slow", "fast"] });
    expect(axis.place("fast")).toBe(1);
    expect(axis.place("none")).toBe(-1);
  });
});

describe("cells", () => {
  const x = axisOf("fast", { kind: "int", low: 5, high: 10, step: 5 });
  const y = axisOf("slow", { kind: "int", low: 20, high: 40, step: 20 });
  const trials = [
    trial(1, { fast: 5, slow: 20, share: 0.5 }, 1),
    trial(2, { fast: 5, slow: 20, share: 1 }, 3),
    trial(3, { fast: 10, slow: 20, share: 0.5 }, null, "failed"),
    trial(4, { fast: 10, slow: 40, share: 0.5 }, null, "queued"),
  ];
  test("show the best over the other parameters", () => {
    const cells = cellsOf(trials, x, y);
    expect(cells.map(({ x: column, y: row, best, trials: all, ended }) => [column, row, best?.number ?? null, all, ended])).toEqual([
      [0, 0, 2, 2, 2],
      [1, 0, null, 1, 1],
      [1, 1, null, 1, 0],
    ]);
  });
  test("or at one value of them", () => expect(cellsOf(trials, x, y, { share: "0.5" })[0]?.best?.number).toBe(1));
});

describe("colours", () => {
  test("part at zero, as far one way as the other", () => expect(scaleOf([-1, 3])).toEqual({ low: -3, high: 3, diverging: true }));
  test("gains alone go from the least to the most", () => expect(scaleOf([0.5, 2])).toEqual({ low: 0.5, high: 2, diverging: false }));
  test("one figure still has a scale", () => {
    expect(scaleOf([2, 2])).toEqual({ low: 0, high: 2, diverging: false });
    expect(scaleOf([-2])).toEqual({ low: -2, high: 0, diverging: false });
    expect(scaleOf([0])).toEqual({ low: -1, high: 1, diverging: true });
    expect(scaleOf([])).toBeNull();
  });
  test("mix by channel", () => expect(mix("#000000", "#ff8000", 0.5)).toBe("#804000"));
  test("losses never take the colour of a gain", () => {
    const [neutral, up, down] = ["#ffffff", "#ff0000", "#00ff00"] as const;
    expect(coloursOf({ low: -3, high: 3, diverging: true }, neutral, up, down)).toEqual([down, "#80ff80", neutral, "#ff8080", up]);
    expect(coloursOf({ low: -3, high: -1, diverging: false }, neutral, up, down)[0]).toBe(down);
    expect(coloursOf({ low: 1, high: 3, diverging: false }, neutral, up, down).at(-1)).toBe(up);
  });
});
