import { expect, it } from "vitest";

import { isNearlyTooLarge } from "./size";

it("warns of code that a request can hardly hold, counted as it is sent", () => {
  expect(isNearlyTooLarge("x".repeat(899_998))).toBe(false);
  expect(isNearlyTooLarge("x".repeat(899_999))).toBe(true);
  expect(isNearlyTooLarge("\n".repeat(449_999))).toBe(false);
  expect(isNearlyTooLarge("\n".repeat(450_000))).toBe(true);
  expect(isNearlyTooLarge("价".repeat(300_000))).toBe(true);
});
