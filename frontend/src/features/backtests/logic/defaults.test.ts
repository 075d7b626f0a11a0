import { expect, test } from "vitest";

import { withDefaults } from "./defaults";
import { DEFAULT_DRAFT } from "./form";

const stored = { symbols: 305, simulated_symbols: 305, rows: 1, first: "2016-01-04", last: "2025-12-31", bytes: 1, online_sources: [] };

test("on an install with nothing but the demo market one click runs one of its stocks against its index", () => {
  expect(withDefaults(DEFAULT_DRAFT, stored, [])).toMatchObject({
    symbols: ["600001.DEMO"],
    benchmark: "900001.DEMO",
    start: "2021-01-01",
    end: "2025-12-31",
  });
});

test("the symbol used last comes before the demo one, unless its data cannot be there", () => {
  expect(withDefaults(DEFAULT_DRAFT, stored, ["300001.DEMO"]).symbols).toEqual(["300001.DEMO"]);
  expect(withDefaults(DEFAULT_DRAFT, stored, ["600519.SH"]).symbols).toEqual(["600001.DEMO"]);
  const mixed = { ...stored, symbols: 320 };
  expect(withDefaults(DEFAULT_DRAFT, mixed, ["600519.SH"])).toMatchObject({ symbols: ["600519.SH"], benchmark: null });
});

test("with real data beside the demo market nothing is guessed", () => {
  expect(withDefaults(DEFAULT_DRAFT, { ...stored, symbols: 320 }, []).symbols).toEqual([]);
});

test("symbols brought along stay; a form filled before is not touched; without data there is nothing to fill", () => {
  const brought = { ...DEFAULT_DRAFT, symbols: ["600519.SH"] };
  expect(withDefaults(brought, stored, []).symbols).toEqual(["600519.SH"]);
  const filled = { ...DEFAULT_DRAFT, start: "2020-01-01", end: "2021-01-01" };
  expect(withDefaults(filled, stored, [])).toBe(filled);
  expect(withDefaults(DEFAULT_DRAFT, { ...stored, last: null }, [])).toBe(DEFAULT_DRAFT);
});
