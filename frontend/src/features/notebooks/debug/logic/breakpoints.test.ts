import { afterEach, describe, expect, test } from "vitest";

import { drawn, MAIN, made, moved, put, readKept, sent, toggled, writeKept, type Breakpoint } from "./breakpoints";

const point = (line: number, over: Partial<Breakpoint> = {}): Breakpoint => ({ ...made(MAIN, line), id: `b${line}`, ...over });
const lines = (list: readonly Breakpoint[]) => list.map(({ line }) => line);

afterEach(() => localStorage.clear());

describe("a set of breakpoints", () => {
  test("a second press takes away what the first has set, in that file only", () => {
    const once = toggled(toggled([], MAIN, 7), "lib/a.py", 7);
    expect(once.map(({ path }) => path)).toEqual(["lib/a.py", MAIN]);
    expect(toggled(once, MAIN, 7).map(({ path }) => path)).toEqual(["lib/a.py"]);
  });
  test("moves with the text, and two that come to one line are one", () => {
    const list = [point(3), point(5), point(9)];
    expect(lines(moved(list, new Map([["b5", 6], ["b9", 10]])))).toEqual([3, 6, 10]);
    expect(lines(moved(list, new Map([["b5", 3]])))).toEqual([3, 9]);
  });
  test("an edited one takes the place of that of its line", () => {
    const list = put([point(3)], point(3, { id: "other", condition: "x > 1" }));
    expect(list).toHaveLength(1);
    expect(list[0]?.condition).toBe("x > 1");
  });
});

test("the kernel is told those that are on, at the lines of what runs, with empty fields as none", () => {
  const list = [point(3, { condition: " x > 1 ", hits: 4 }), point(5, { enabled: false }), point(8, { log: "close {c}" })];
  expect(sent(list, (_, line) => line + 2)).toEqual([
    { path: MAIN, line: 5, condition: "x > 1", hits: 4, log: null },
    { path: MAIN, line: 10, condition: null, hits: null, log: "close {c}" },
  ]);
});

test("one is drawn by what it does, grey where it is off or cannot stop", () => {
  const verdict = { path: MAIN, line: 3, verified: false, message: "" };
  expect(drawn(point(3), undefined, "")).toMatchObject({ kind: "plain", state: "on" });
  expect(drawn(point(3, { hits: 2 }), verdict, "")).toMatchObject({ kind: "condition", state: "unverified" });
  expect(drawn(point(3, { log: "x", enabled: false }), verdict, "")).toMatchObject({ kind: "log", state: "off" });
});

test("they are kept by document, and what is unreadable is left out", () => {
  const kept = { breakpoints: [point(4)], watches: ["len(self.data)"], chosen: { symbols: ["600519.SH"], end: "2024-03-01" } };
  writeKept("one", kept);
  expect(readKept("one")).toEqual(kept);
  expect(readKept("two")).toEqual({ breakpoints: [], watches: [], chosen: {} });
  localStorage.setItem("quantdesk.debug.one", JSON.stringify({ breakpoints: [point(4), { line: -1 }, null], watches: [3], chosen: 1 }));
  expect(readKept("one")).toEqual({ breakpoints: [point(4)], watches: [], chosen: {} });
  localStorage.setItem("quantdesk.debug.one", "{");
  expect(readKept("one").breakpoints).toEqual([]);
});
