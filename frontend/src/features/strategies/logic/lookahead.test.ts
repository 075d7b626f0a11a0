import { expect, test } from "vitest";

import { distinctDifferences, isUnderWay, toneOf, type CheckState } from "./lookahead";

test("only a tested version looks good, and only look-ahead looks bad", () => {
  const states: CheckState[] = ["unchecked", "queued", "running", "clean", "look_ahead", "not_testable", "failed", "cancelled"];
  expect(states.map(toneOf)).toEqual(["plain", "busy", "busy", "good", "bad", "plain", "plain", "plain"]);
  expect(states.filter(isUnderWay)).toEqual(["queued", "running"]);
});

test("a decision seen at several cuts is told once, at the earliest, in the order of the days", () => {
  const one = { date: "2020-03-05", symbol: "600519.SH", field: "side" } as const;
  const other = { ...one, date: "2020-03-02" };
  expect(distinctDifferences([{ ...one, cut: "2020-05-01" }, { ...one, cut: "2020-04-01" }, { ...other, cut: "2020-05-01" }])).toEqual([
    { ...other, cut: "2020-05-01" },
    { ...one, cut: "2020-04-01" },
  ]);
});

test("a failure at each cut is told for each", () => {
  const failure = { date: "2020-03-05", symbol: null, field: "error" } as const;
  const all = [{ ...failure, cut: "2020-03-05" }, { ...failure, cut: "2020-04-01" }];
  expect(distinctDifferences(all)).toEqual(all);
});
