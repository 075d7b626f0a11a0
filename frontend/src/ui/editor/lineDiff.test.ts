import { describe, expect, it } from "vitest";

import { changes, lineAfter, toEdits, type RangeEdit } from "./lineDiff";

/** Do to a text what the editor does with the edits. */
function applied(text: string, edits: RangeEdit[]): string {
  const starts = [0];
  for (const found of text.matchAll(/\n/g)) starts.push(found.index + 1);
  return [...edits].reverse().reduce((done, { line, column, endLine, endColumn, text: put }) => {
    const from = (starts[line - 1] ?? 0) + column - 1;
    const to = (starts[endLine - 1] ?? 0) + endColumn - 1;
    return done.slice(0, from) + put + done.slice(to);
  }, text);
}

describe("lines as edits", () => {
  const texts = ["", "\n", "a", "a\n", "a\nb", "a\nb\nc\n", "b\nc", "\n\na\nx\nc\n", "x\na\ny\nb\nz\nc\nw", "c\nb\na\n", "a\nb\n\n\n"];
  it("lead from any text to any other", () => {
    for (const before of texts) {
      for (const after of texts) {
        const found = changes(before.split("\n"), after.split("\n"));
        expect(applied(before, toEdits(before.split("\n"), found ?? [])), JSON.stringify([before, after])).toBe(after);
      }
    }
  });
});

describe("the cursor's line", () => {
  const before = ["import os", "", "class A:", "    x = { 'a' : 1 }", "    y = 2"];
  it("moves with what is removed and added above it", () => {
    expect(lineAfter(changes(before, before.slice(2)) ?? [], 5)).toBe(3);
    expect(lineAfter(changes(before, ["# a", "# b", ...before]) ?? [], 4)).toBe(6);
  });
  it("stays within a line that is laid out anew", () => {
    const after = ["import os", "", "", "class A:", '    x = {"a": 1}', "    y = 2"];
    expect(lineAfter(changes(before, after) ?? [], 4)).toBe(5);
    expect(lineAfter(changes(before, after) ?? [], 1)).toBe(1);
  });
  it("goes to the next line when its own is removed", () => {
    expect(lineAfter(changes(before, before.slice(1)) ?? [], 1)).toBe(1);
  });
});
