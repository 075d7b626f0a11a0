import { describe, expect, test } from "vitest";

import { DEFAULT_DRAFT, type Parameter } from "@/features/backtests/logic/form";

import { formatFigure } from "./metric";
import { planFaults, planField, startDraft, startRange, toPlan, type PlanDraft } from "./plan";

const parameter = (name: string, type: Parameter["type"], initial: Parameter["default"], rest: Partial<Parameter> = {}): Parameter => ({ name, type, default: initial, line: 1, ...rest });
const fast = parameter("fast", "int", 10, { minimum: 2, maximum: 20 });
const share = parameter("share", "float", 0.5);
const long = parameter("long", "bool", true);
const all = [fast, share, long];
const base = { ...DEFAULT_DRAFT, symbols: ["600519.SH"], start: "2020-01-01", end: "2024-12-31" };
const draft = (change: Partial<PlanDraft> = {}): PlanDraft => ({ ...startDraft(base, all), ...change });

describe("a first range", () => {
  test("is the declared one, in round steps, ten points at most", () => {
    expect(startRange(fast)).toMatchObject({ kind: "int", low: "2", high: "20", step: "2" });
    expect(startRange(parameter("slow", "int", 30, { minimum: 5, maximum: 250 }))).toMatchObject({ low: "5", high: "250", step: "50" });
  });
  test("lies around the default where none is declared", () => expect(startRange(share)).toMatchObject({ kind: "float", low: "0.25", high: "1", step: "0.1" }));
  test("of a switch or of choices is all of them", () => {
    expect(startRange(long).values).toEqual(["false", "true"]);
    expect(startRange(parameter("mode", "str", "a", { choices: ["a", "b"] })).values).toEqual(["a", "b"]);
  });
});

test("a form starts with the first two numbers searched, and can be sent", () => {
  expect(Object.keys(draft().ranges)).toEqual(["fast", "share"]);
  expect(planFaults(draft())).toEqual({});
});

describe("faults stand at their field", () => {
  const of = (change: Partial<PlanDraft>) => planFaults(draft(change));
  const range = startRange(fast);
  test("of a range", () => {
    expect(of({ ranges: { fast: { ...range, high: "1" } } })).toEqual({ "ranges.fast.high": "faultOrder" });
    expect(of({ ranges: { fast: { ...range, low: "2.5" } } })).toEqual({ "ranges.fast.low": "faultWhole" });
    expect(of({ ranges: { fast: { ...range, step: "0" } } })).toEqual({ "ranges.fast.step": "faultStep" });
    expect(of({ ranges: { long: { ...startRange(long), values: [] } } })).toEqual({ "ranges.long.values": "faultValues" });
    expect(of({ ranges: {} })).toEqual({ ranges: "faultNothing" });
  });
  test("a grid has no end without a step; a random search needs none", () => {
    const free = { share: { ...startRange(share), step: "" } };
    expect(of({ ranges: free })).toEqual({ "ranges.share.step": "faultStepNeeded" });
    expect(of({ ranges: free, search: "random" })).toEqual({});
  });
  test("trials only count where they are asked for", () => {
    expect(of({ trials: "many" })).toEqual({});
    expect(of({ trials: "many", search: "tpe" })).toEqual({ trials: "faultTrials" });
  });
  test("of the walk-forward", () => expect(of({ walkForward: true, trainDays: "10", testDays: "1" })).toEqual({ trainDays: "faultTrain", testDays: "faultTest" }));
});

test("the plan holds typed ranges, and fixed parameters only where they are not searched", () => {
  const plan = toPlan(draft({ base: { ...base, params: { fast: "7", long: false } }, walkForward: true }), "s1", 3, all);
  expect(plan).toMatchObject({
    strategy_id: "s1",
    version: 3,
    ranges: { fast: { kind: "int", low: 2, high: 20, step: 2 }, share: { kind: "float", low: 0.25, high: 1, step: 0.1, log: false } },
    search: { kind: "grid" },
    objective: { metric: "sharpe", min_round_trips: 1 },
    walk_forward: { train_days: 488, test_days: 122, anchored: false, embargo_days: 0 },
  });
  expect(plan.search.trials).toBeUndefined();
  expect(plan.spec.params).toEqual({ long: false });
});

test("choices go back as what they are, not as texts", () => {
  const plan = toPlan(draft({ ranges: { long: { ...startRange(long), values: ["true"] } }, search: "tpe", trials: "50" }), "s1", 1, all);
  expect(plan.ranges).toEqual({ long: { kind: "choice", values: [true] } });
  expect(plan.search).toEqual({ kind: "tpe", trials: 50, seed: 0 });
});

test("a field that the server names is found in the form", () => {
  expect(planField("body.ranges.fast.int.low")).toBe("ranges.fast.low");
  expect(planField("ranges.fast")).toBe("ranges.fast");
  expect(planField("walk_forward")).toBe("trainDays");
  expect(planField("spec.cash")).toBeNull();
});

test("figures have their unit", () => {
  expect(formatFigure("annual_return", 0.1234)).toBe("+12.34%");
  expect(formatFigure("max_drawdown", -0.2)).toBe("−20.00%");
  expect(formatFigure("round_trips", 12)).toBe("12");
  expect(formatFigure("sharpe", null)).toBe("—");
});
