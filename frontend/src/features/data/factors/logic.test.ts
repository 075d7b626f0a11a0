import { describe, expect, test } from "vitest";

import { FUNCTIONS } from "./functions";
import { inserted, markedAt, matching, meanOf, movingMean } from "./logic";

describe("the factors page", () => {
  test("means leave out what is missing", () => {
    expect(meanOf([1, null, 3])).toBe(2);
    expect(meanOf([null])).toBeNull();
    expect(movingMean([1, 3, null, 5], 2)).toEqual([1, 2, 3, 5]);
    expect(movingMean([1, null, null, null], 4)).toEqual([null, null, null, null]);
  });

  test("the place of an error is marked, also past the end", () => {
    expect(markedAt("$a+$b", 3)).toEqual(["$a+", "$", "b"]);
    expect(markedAt("Mean(", 5)).toEqual(["Mean(", " ", ""]);
    expect(markedAt("😀$a", 1)).toEqual(["😀", "$", "a"]);
  });

  test("a function goes where the cursor is", () => {
    expect(inserted("1+", 2, 2, "Mean(x, N)")).toEqual({ text: "1+Mean(x, N)", cursor: 7 });
    expect(inserted("abc", 1, 2, "$close")).toEqual({ text: "a$closec", cursor: 7 });
  });

  test("factors are found by name and by what they are made of", () => {
    const entries = [{ name: "MA5", expression: "Mean($close, 5)" }, { name: "量", expression: "$volume" }];
    expect(matching(entries, "mean 5")).toEqual([entries[0]]);
    expect(matching(entries, "")).toHaveLength(2);
    expect(matching(entries, "量")).toEqual([entries[1]]);
  });

  test("each function has its words in both languages", () => {
    for (const words of Object.values(FUNCTIONS)) expect(words.every((word) => word.length > 1)).toBe(true);
  });
});
