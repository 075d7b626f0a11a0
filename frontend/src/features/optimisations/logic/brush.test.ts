import { expect, test } from "vitest";

import { brushed, OBJECTIVE, parallelAxes } from "./brush";
import { tooltipRows } from "./html";
import { timeline } from "./timeline";
import type { Trial } from "./trials";

const trial = (number: number, params: Trial["params"], objective: number | null): Trial => ({ number, params, objective, state: "succeeded", metrics: {}, errorCode: null });
const trials = [trial(1, { fast: 5, mode: "a" }, 1), trial(2, { fast: 10, mode: "b" }, 2), trial(3, { fast: 15, mode: "b" }, null)];
const axes = parallelAxes({ fast: { kind: "int", low: 5, high: 15, step: 5 }, mode: { kind: "choice", values: ["a", "b"] } }, trials);
const kept = (brushes: Parameters<typeof brushed>[2]) => brushed(trials, axes, brushes).map(({ number }) => number);

test("axes are the parameters, then the objective from its least to its most", () => {
  expect(axes.map(({ name, low, high, labels }) => [name, low, high, labels])).toEqual([
    ["fast", 5, 15, null],
    ["mode", 0, 1, ["a", "b"]],
    [OBJECTIVE, 1, 2, null],
  ]);
});

test("an axis of few values has its ticks at them; a long or continuous one leaves them to the chart", () => {
  const steps = parallelAxes(
    { few: { kind: "int", low: 4, high: 20, step: 4 }, many: { kind: "int", low: 1, high: 60, step: 1 }, any: { kind: "float", low: 0, high: 1, log: false } },
    [],
  ).map(({ step }) => step);
  expect(steps).toEqual([4, null, null, null]);
});

test("without a brush every trial stays", () => {
  expect(kept({})).toEqual([1, 2, 3]);
  expect(kept({ fast: [] })).toEqual([1, 2, 3]);
});

test("a trial must pass one interval of each brushed axis", () => {
  expect(kept({ fast: [[4, 6], [14, 16]] })).toEqual([1, 3]);
  expect(kept({ fast: [[4, 12]], mode: [[0.5, 1.2]] })).toEqual([2]);
});

test("a trial without a figure passes no interval of the objective", () => expect(kept({ [OBJECTIVE]: [[-10, 10]] })).toEqual([1, 2]));

test("texts in a tooltip cannot become markup", () => expect(tooltipRows("<b>", [["a&b", '"<i>"']])).not.toMatch(/<[bi]>"|<i>/));

test("folds lie on one line of days, their last day included", () => {
  const [first, second] = timeline([
    { number: 1, train_start: "2024-01-01", train_end: "2024-01-04", test_start: "2024-01-05", test_end: "2024-01-06" },
    { number: 2, train_start: "2024-01-03", train_end: "2024-01-06", test_start: "2024-01-07", test_end: "2024-01-08" },
  ]);
  expect(first).toEqual({ number: 1, train: { left: 0, width: 50 }, test: { left: 50, width: 25 } });
  expect(second?.test).toEqual({ left: 75, width: 25 });
});
