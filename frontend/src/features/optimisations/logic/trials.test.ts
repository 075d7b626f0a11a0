import { describe, expect, test } from "vitest";

import { bestOf, keepEnded, merge, paramsText, rowsOf, runningBest, valueText, type TrialColumns, type TrialTable } from "./trials";

const columns = (rows: { number: number; fold?: number; state?: "queued" | "succeeded" | "failed"; fast?: number; objective?: number | null; sharpe?: number | null }[]): TrialColumns => ({
  number: rows.map(({ number }) => number),
  fold: rows.map(({ fold = 0 }) => fold),
  role: rows.map(() => "search"),
  state: rows.map(({ state = "succeeded" }) => state),
  objective: rows.map(({ objective = null }) => objective),
  error_code: rows.map(({ state }) => (state === "failed" ? "strategy_error" : null)),
  params: { fast: rows.map(({ fast = 5 }) => fast) },
  metrics: { sharpe: rows.map(({ sharpe = null }) => sharpe) },
});
const table = (trials: TrialColumns): TrialTable => ({ trials, errors: [] });

describe("events fill in trials", () => {
  const known = columns([
    { number: 1, state: "queued", fast: 5 },
    { number: 2, state: "queued", fast: 10 },
  ]);
  test("by number, whatever their order", () => {
    const next = merge(known, columns([{ number: 2, fast: 10, objective: 1.5, sharpe: 1.5 }]));
    expect(rowsOf(next)).toMatchObject([
      { number: 1, state: "queued", objective: null },
      { number: 2, state: "succeeded", objective: 1.5, metrics: { sharpe: 1.5 } },
    ]);
    expect(rowsOf(known)[1]?.objective).toBeNull();
  });
  test("the same trial twice changes nothing", () => {
    const once = merge(known, columns([{ number: 2, objective: 1 }]));
    expect(merge(once, columns([{ number: 2, objective: 1 }]))).toEqual(once);
  });
  test("a trial not known yet is added", () => expect(merge(known, columns([{ number: 7, objective: 0.2 }])).number).toEqual([1, 2, 7]));
  test("those of a fold's own search and its test are left out", () => expect(merge(known, columns([{ number: 3, fold: 1, objective: 9 }]))).toBe(known));
});

test("a table read before an event takes back nothing that the event told", () => {
  const told = table(columns([{ number: 1, objective: 2 }, { number: 2, state: "queued" }]));
  const late = table(columns([{ number: 1, state: "queued" }, { number: 2, objective: 3 }]));
  expect(keepEnded(told, late).trials.objective).toEqual([2, 3]);
  const newer = table(columns([{ number: 1, objective: 2 }, { number: 2, objective: 3 }]));
  expect(keepEnded(told, newer)).toBe(newer);
});

test("the best is the highest that counts, of equals the first", () => {
  const rows = rowsOf(columns([{ number: 1, objective: null }, { number: 3, objective: 2 }, { number: 2, objective: 2 }, { number: 4, state: "failed" }]));
  expect(bestOf(rows)?.number).toBe(2);
  expect(bestOf([])).toBeNull();
  expect(runningBest(rows)).toEqual([null, 2, 2, 2]);
});

test("losses alone have a best as well", () => expect(bestOf(rowsOf(columns([{ number: 1, objective: -2 }, { number: 2, objective: -0.5 }])))?.number).toBe(2));

test("values read as typed, without the noise of floats", () => {
  expect(valueText(0.1 + 0.2)).toBe("0.3");
  expect(valueText(true)).toBe("true");
  expect(paramsText({ fast: 5, share: 0.25, mode: "a" })).toBe("fast=5, share=0.25, mode=a");
});
