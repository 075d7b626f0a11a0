import { describe, expect, it } from "vitest";

import { compare, decimalPlaces, fromFraction, isDecimal, normalise, shift, toFraction } from "./decimals";

describe("decimal strings", () => {
  it("turns per ten thousand and percent into fractions digit by digit", () => {
    expect(toFraction("2.5", "permyriad")).toBe("0.00025");
    expect(toFraction("0.05", "percent")).toBe("0.0005");
    expect(toFraction("0.1", "permyriad")).toBe("0.00001");
    expect(toFraction("100", "percent")).toBe("1");
  });

  it("gives back what was typed", () => {
    for (const typed of ["2.5", "0.29", "1.15", "33.3333", "0"]) {
      expect(fromFraction(toFraction(typed, "permyriad") ?? "", "permyriad")).toBe(typed);
    }
  });

  it("keeps digits that a float would lose", () => {
    expect(shift("0.1000000000000000055511151231257827", 2)).toBe("10.00000000000000055511151231257827");
    expect(normalise("123456789012345678.01")).toBe("123456789012345678.01");
    expect(1.15 * 100).not.toBe(115);
    expect(shift("1.15", 2)).toBe("115");
  });

  it("reads separators, a bare point and superfluous zeros, and refuses the rest", () => {
    expect(normalise("1,000,000.00")).toBe("1000000");
    expect(normalise(".5")).toBe("0.5");
    expect(normalise("-0.0")).toBe("0");
    for (const text of ["", ".", "-", "1e5", "12a", "1.2.3", "０"]) expect(isDecimal(text)).toBe(false);
  });

  it("compares across different numbers of decimals", () => {
    expect(compare("0.10", "0.1")).toBe(0);
    expect(compare("0.09999999", "0.1")).toBe(-1);
    expect(compare("-1", "-2")).toBe(1);
    expect(compare("x", "1")).toBeNull();
  });

  it("counts the decimals that matter", () => {
    expect(decimalPlaces("0.2500")).toBe(2);
    expect(decimalPlaces("5")).toBe(0);
  });
});
