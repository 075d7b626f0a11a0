import { expect, test } from "vitest";

import { cellAt, cellsOf, proseOf } from "./cells";

const FILE = ["import numpy", "", "# %% load", "a = 1", "b = 2", "# %%", "c = 3"].join("\n");

test("a file is divided at its marks, and what is before the first is a cell", () => {
  expect(cellsOf(FILE).map(({ line, code }) => [line, code])).toEqual([
    [1, "import numpy\n"],
    [4, "a = 1\nb = 2"],
    [7, "c = 3"],
  ]);
});

test("a file without a mark is one cell", () => {
  expect(cellsOf("x = 1\ny = 2")).toMatchObject([{ mark: 0, line: 1, end: 2, code: "x = 1\ny = 2" }]);
});

test("a file that begins with a mark has no empty cell before it", () => {
  expect(cellsOf("# %%\nx").map(({ line }) => line)).toEqual([2]);
});

test.each([
  [1, 1, 4],
  [2, 1, 4],
  [3, 4, 7],
  [5, 4, 7],
  [6, 7, null],
  [7, 7, null],
])("line %i is in the cell that begins at %i, and the next at %s", (line, begins, next) => {
  const found = cellAt(FILE, line);
  expect([found.cell.line, found.next]).toEqual([begins, next]);
});

test.each([
  ["# %% load prices", "load prices", "code"],
  ["# %% [markdown]", "", "markdown"],
  ["#%% [md] Notes", "Notes", "markdown"],
  ["# %% [raw]", "", "raw"],
])("%s has title %j and is %s", (mark, title, kind) => {
  expect(cellsOf(`${mark}\nx`)[0]).toMatchObject({ title, kind, mark: 1, line: 2 });
});

test("the prose of a Markdown cell is its comments, or its string", () => {
  expect(proseOf("# # Title\n#\n# $a$ text\n")).toBe("# Title\n\n$a$ text");
  expect(proseOf('"""\n# Title\ntext\n"""')).toBe("# Title\ntext");
});
