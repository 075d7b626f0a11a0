import { describe, expect, test } from "vitest";

import type { Parameter } from "./form";
import { moved, stepOf, written } from "./paramSteps";

const parameter = (changed: Partial<Parameter>): Parameter => ({ name: "x", type: "int", default: 10, minimum: null, maximum: null, choices: null, help: null, line: 1, ...changed });

describe("one step of a parameter", () => {
  test("is one for a whole number", () => expect(stepOf(parameter({ minimum: 2, maximum: 250 }))).toBe(1));
  test("is about a hundredth of a range, of round size", () => {
    expect(stepOf(parameter({ type: "float", default: 0.95, minimum: 0.1, maximum: 1 }))).toBeCloseTo(0.01);
    expect(stepOf(parameter({ type: "float", default: 0, minimum: -1, maximum: 5 }))).toBeCloseTo(0.1);
  });
  test("follows the default without a range", () => expect(stepOf(parameter({ type: "float", default: 0.08 }))).toBeCloseTo(0.01));
  test("is none for a text", () => expect(stepOf(parameter({ type: "str", default: "sma" }))).toBeNull());
});

describe("a moved value", () => {
  test("stays within the range", () => {
    expect(moved(parameter({ minimum: 2, maximum: 12 }), "12", 1)).toBe("12");
    expect(moved(parameter({ minimum: 2, maximum: 12 }), "3", -10)).toBe("2");
  });
  test("has no digits of floating point", () => expect(moved(parameter({ type: "float", default: 0.95, minimum: 0.1, maximum: 1 }), "0.7", 1)).toBe("0.71"));
  test("leaves alone what is no number", () => expect(moved(parameter({}), "abc", 1)).toBe("abc"));
  test("is written with the decimals of its step", () => expect(written(0.30000000000000004, 0.01)).toBe("0.3"));
});
