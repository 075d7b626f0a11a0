import { expect, test } from "vitest";

import { DEFAULT_DRAFT } from "@/features/backtests/logic/form";

import { settingsOf } from "./settings";

const draft = { ...DEFAULT_DRAFT, symbols: ["600519.SH", "000001.SZ"], start: "2015-01-05", end: "2024-12-31" };

test("a strategy is debugged with the first stock over the last year of its backtest", () => {
  expect(settingsOf(draft, [], {})).toMatchObject({ symbols: ["600519.SH"], start: "2024-01-02", end: "2024-12-31", known: draft.symbols, fault: null });
});

test("a shorter backtest is debugged whole", () => {
  expect(settingsOf({ ...draft, start: "2024-11-01" }, [], {}).start).toBe("2024-11-01");
});

test("what was chosen counts, and an empty form says what is missing", () => {
  expect(settingsOf(draft, [], { symbols: ["000001.SZ"], end: "2020-06-30" })).toMatchObject({ symbols: ["000001.SZ"], start: "2019-07-02" });
  expect(settingsOf(DEFAULT_DRAFT, [], {}).fault).toBe("noSymbols");
  expect(settingsOf(draft, [], { start: "2025-01-01" }).fault).toBe("badDates");
  expect(settingsOf({ ...draft, cash: "x" }, [], {}).fault).toBe("badSettings");
});
