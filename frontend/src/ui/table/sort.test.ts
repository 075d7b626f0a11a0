import { expect, test } from "vitest";

import { nextSort, sortRows } from "./sort";

const cells = (rows: { v: string | number | null }[]) => rows.map(({ v }) => v);

test("decimal strings sort by size, not by letter", () => {
  const rows = [{ v: "10.5" }, { v: "9" }, { v: "-3" }];
  expect(cells(sortRows(rows, (row) => row.v, false))).toEqual(["-3", "9", "10.5"]);
});

test("absent values come last in both directions", () => {
  const rows = [{ v: null }, { v: 2 }, { v: 1 }];
  expect(cells(sortRows(rows, (row) => row.v, false))).toEqual([1, 2, null]);
  expect(cells(sortRows(rows, (row) => row.v, true))).toEqual([2, 1, null]);
});

test("a heading goes from its natural order to the other way to none", () => {
  const first = nextSort(null, "profit", true);
  expect(first).toEqual({ key: "profit", descending: true });
  const second = nextSort(first, "profit", true);
  expect(second).toEqual({ key: "profit", descending: false });
  expect(nextSort(second, "profit", true)).toBeNull();
});
