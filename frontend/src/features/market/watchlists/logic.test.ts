import { describe, expect, test } from "vitest";

import { chosenGroup, freeName, moved } from "./logic";

describe("an item moves to a place", () => {
  const items = ["a", "b", "c"];
  test.each([
    ["a", 2, ["b", "c", "a"]],
    ["c", 0, ["c", "a", "b"]],
    ["b", 1, ["a", "b", "c"]],
    ["a", 99, ["b", "c", "a"]],
  ])("%s to %i", (item, to, wanted) => {
    expect(moved(items, item, to)).toEqual(wanted);
  });
});

describe("the group that is shown", () => {
  const groups = [{ id: "1" }, { id: "2" }];
  test("is the one asked for", () => {
    expect(chosenGroup(groups, "2")).toBe(groups[1]);
  });
  test("is the first where that one is gone", () => {
    expect(chosenGroup(groups, "3")).toBe(groups[0]);
  });
  test("is none where there is none", () => {
    expect(chosenGroup(groups.slice(0, 0), "1")).toBeUndefined();
  });
});

test("a name that is taken gets a number", () => {
  expect(freeName([], "自选")).toBe("自选");
  expect(freeName([{ name: "自选" }, { name: "自选 2" }], "自选")).toBe("自选 3");
});
