import { expect, test } from "vitest";

import { cellsOf } from "./cells";
import type { Run } from "./outputs";
import { identified, Owners, TOP, type TrackedCell } from "./placing";

const counter = () => {
  let last = 0;
  return () => `c${(last += 1)}`;
};
const run = (cell: string, code: string, line: number): Run => ({
  cell, code, line, count: 1, status: "ok", outputs: [], seconds: 1, asked: null, clearing: false,
});
const begin = (text: string): TrackedCell[] => identified(cellsOf(text), [], counter());
const marksOf = (cells: TrackedCell[], by = 0) => cells.filter(({ mark }) => mark > 0).map(({ id, mark }) => ({ id, line: mark + by }));

const TEXT = "# %% a\nx = 1\n\n# %% b\ny = 2";

test("a cell keeps its id when lines are put in above it, and a new one gets a new id", () => {
  const before = begin(TEXT);
  const after = identified(cellsOf(`import os\n\n${TEXT}\n# %% c\nz = 3`), marksOf(before, 2), () => "new");
  expect(after.map(({ id }) => id)).toEqual([TOP, "c1", "c2", "new"]);
});

test("two marks that were joined on one line are one cell", () => {
  expect(identified(cellsOf("# %% a\nx"), [{ id: "p", line: 1 }, { id: "q", line: 1 }], () => "new").map(({ id }) => id)).toEqual(["p"]);
});

test("a run stays with its cell while that is edited, and is stale until the text is as before", () => {
  const owners = new Owners();
  const cells = begin(TEXT);
  const runs = [run("r", "y = 2", 5)];
  expect(owners.place(runs, cells).get("c2")).toMatchObject({ whole: true, stale: false });
  const edited = identified(cellsOf(TEXT.replace("y = 2", "totally = 'else'")), marksOf(cells), counter());
  expect(owners.place(runs, edited).get("c2")).toMatchObject({ stale: true });
  expect(owners.place(runs, cells).get("c2")).toMatchObject({ stale: false });
});

test("the newest run of a cell is shown", () => {
  expect(new Owners().place([run("old", "x = 1\n", 2), run("new", "x = 1\n", 2)], begin(TEXT)).get("c1")?.run.cell).toBe("new");
});

test("of equal cells the nearest has it", () => {
  const cells = begin("# %%\nx\n# %%\nx\n# %%\nx");
  expect([...new Owners().place([run("r", "x", 4)], cells).keys()]).toEqual(["c2"]);
});

test("after a reload a run finds its edited cell by line and likeness, and none that is of another file", () => {
  const cells = begin("# %%\na = 1\nb = 2\nc = 33\n# %%\nq = 5");
  expect(new Owners().place([run("r", "a = 1\nb = 2\nc = 3", 2)], cells).get("c1")).toMatchObject({ stale: true, whole: true });
  expect(new Owners().place([run("r", "other = 1\nlines = 2", 2)], cells).size).toBe(0);
});

test("a selection is shown at its cell and does not make it stale", () => {
  expect(new Owners().place([run("r", "b = 2", 3)], begin("# %%\na = 1\nb = 2")).get("c1")).toMatchObject({ whole: false, stale: false });
});

test("a cell that was cut and put in elsewhere gets its run back, one that is gone leaves none", () => {
  const owners = new Owners();
  const runs = [run("r", "x = 1\n", 2)];
  const cells = begin(TEXT);
  owners.place(runs, cells);
  expect(owners.place(runs, identified(cellsOf("# %% b\ny = 2"), [], () => "n1")).size).toBe(0);
  const back = identified(cellsOf("# %% b\ny = 2\n# %% a\nx = 1"), [{ id: "c2", line: 1 }], () => "n2");
  expect([...owners.place(runs, back).keys()]).toEqual(["n2"]);
});

test("what was typed in the window is of no cell", () => {
  expect(new Owners().place([run("r", "x = 1\n", 0)], begin(TEXT)).size).toBe(0);
});
