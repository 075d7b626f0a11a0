import { expect, it } from "vitest";

import { isNearlyTooLarge } from "./size";

const only = (code: string) => ({ code, files: [] });
/** What is sent beside the text. */
const AROUND = JSON.stringify(only("")).length;

it("warns of code that a request can hardly hold, counted as it is sent", () => {
  expect(isNearlyTooLarge(only("x".repeat(900_000 - AROUND)))).toBe(false);
  expect(isNearlyTooLarge(only("x".repeat(900_001 - AROUND)))).toBe(true);
  expect(isNearlyTooLarge(only("\n".repeat(449_000)))).toBe(false);
  expect(isNearlyTooLarge(only("\n".repeat(450_000)))).toBe(true);
  expect(isNearlyTooLarge(only("价".repeat(300_000)))).toBe(true);
});

it("counts all files together", () => {
  const files = Array.from({ length: 9 }, (_, n) => ({ path: `m${n}.py`, text: "x".repeat(90_000) }));
  expect(isNearlyTooLarge({ code: "", files })).toBe(false);
  expect(isNearlyTooLarge({ code: "x".repeat(90_000), files })).toBe(true);
});
