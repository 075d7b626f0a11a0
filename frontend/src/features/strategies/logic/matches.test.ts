import { expect, test } from "vitest";

import { grouped, pieces, placeOf } from "./matches";

test("matches of a strategy stand together, in the order they came", () => {
  const match = (strategy_id: string, line: number) => ({ strategy_id, name: `n${strategy_id}`, line });
  expect(grouped([match("b", 1), match("a", 2), match("b", 3)])).toEqual([
    { id: "b", name: "nb", matches: [match("b", 1), match("b", 3)] },
    { id: "a", name: "na", matches: [match("a", 2)] },
  ]);
});

test("a line is cut where matches begin and end", () => {
  expect(pieces("sma(sma)", [[0, 3], [4, 7]])).toEqual([
    { text: "sma", hit: true },
    { text: "(", hit: false },
    { text: "sma", hit: true },
    { text: ")", hit: false },
  ]);
  expect(pieces("x", [])).toEqual([{ text: "x", hit: false }]);
});

test("an emoji before a match does not shift it", () => {
  expect(pieces("📈 sma", [[2, 5]])[1]).toEqual({ text: "sma", hit: true });
});

test("a place names its file, but for the main one", () => {
  expect(placeOf(null, 3)).toBe("line=3");
  expect(placeOf("signals/cross.py", 3)).toBe("file=signals%2Fcross.py&line=3");
});
