import { expect, test } from "vitest";

import { mergeCompletions } from "./mergeCompletions";

const item = (name: string, kind = "function") => ({ name, kind, detail: "" });
const match = (text: string) => ({ text, kind: "function" });

test("a name that the text and the kernel know stands once, as the text has it, and the kernel's own follow", () => {
  const before = "x = 1\nframe.he";
  const found = { start: 6, end: 8, items: [item("head"), item("_hidden")] };
  const live = { start: 6, end: before.length, matches: [match("frame.head"), match("frame.height")] };
  const merged = mergeCompletions(before, found, live);
  expect(merged.map(({ name, live }) => [name, live])).toEqual([
    ["head", false],
    ["_hidden", false],
    ["height", true],
  ]);
  expect([...merged].sort((a, b) => (a.sort < b.sort ? -1 : 1)).map(({ name }) => name)).toEqual(["head", "height", "_hidden"]);
  expect(merged.map(({ start, end }) => before.slice(start, end))).toEqual(["he", "he", "he"]);
});

test("a keyword argument and the variable of its name are one", () => {
  const found = { start: 2, end: 2, items: [item("period=", "param")] };
  expect(mergeCompletions("f(", found, { start: 2, end: 2, matches: [match("period"), match("x")] }).map(({ name }) => name)).toEqual(["period=", "x"]);
});

test("columns count characters, also those that take two units", () => {
  const before = 'a = "😀"; fo';
  const [found] = mergeCompletions(before, { start: 9, end: 11, items: [item("foo")] }, null);
  expect(before.slice(found?.start, found?.end)).toBe("fo");
});

test("keys of a live table replace what the kernel says", () => {
  const before = 'frame["cl';
  const [key] = mergeCompletions(before, null, { start: 7, end: 9, matches: [match("close")] });
  expect(before.slice(key?.start, key?.end)).toBe("cl");
});
