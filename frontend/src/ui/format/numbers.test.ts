import { describe, expect, test } from "vitest";

import { ABSENT, formatBytes, formatCompact, formatExact, formatNumber, formatPercent, formatPrice, formatTick, formatVolume, tickDigits } from "./numbers";

test("absent and undefined figures read as a dash, never as NaN or zero", () => {
  for (const value of [null, undefined, "", Number.NaN, Number.POSITIVE_INFINITY, "abc"]) {
    expect(formatNumber(value)).toBe(ABSENT);
    expect(formatPercent(value)).toBe(ABSENT);
    expect(formatCompact(value, "zh")).toBe(ABSENT);
  }
});

describe("signs", () => {
  test("a loss has a true minus sign as wide as a digit", () => expect(formatNumber(-1234.5)).toBe("−1,234.50"));
  test("a gain has a plus only where asked", () => {
    expect(formatPercent(0.1234)).toBe("12.34%");
    expect(formatPercent(0.1234, { sign: true })).toBe("+12.34%");
  });
  test("what rounds to zero has no sign", () => {
    expect(formatPercent(-0.00001, { sign: true })).toBe("0.00%");
    expect(formatNumber(0.001, { sign: true })).toBe("0.00");
  });
});

describe("money in units", () => {
  test.each([
    [0, "0", "0"],
    [999, "999", "999"],
    [9999.5, "9,999.50", "10.00K"],
    [12_345, "1.23万", "12.35K"],
    [123_456_789, "1.23亿", "123.46M"],
    [2.5e12, "2.50万亿", "2.50T"],
    [-50_000, "−5.00万", "−50.00K"],
  ])("%d is %s in Chinese and %s in English", (value, zh, en) => {
    expect(formatCompact(value, "zh")).toBe(zh);
    expect(formatCompact(value, "en")).toBe(en);
  });
  test("a value that would read as the next unit's 1.00 gets that unit", () => {
    expect(formatCompact(9999.999, "zh")).toBe("1.00万");
  });
});

describe("money on an axis", () => {
  test.each([
    [1_000_000, "100万", "1M"],
    [1_025_000, "102.5万", "1.03M"],
    [800_000, "80万", "800K"],
    [-2_500, "−2,500", "−2.5K"],
    [0, "0", "0"],
    [0.5, "0.5", "0.5"],
  ])("%d is %s in Chinese and %s in English", (value, zh, en) => {
    expect(formatTick(value, "zh")).toBe(zh);
    expect(formatTick(value, "en")).toBe(en);
  });
});

describe("the exact value", () => {
  test("keeps every digit of a decimal string that a float would lose", () => {
    expect(formatExact("12345678901234567.89")).toBe("12,345,678,901,234,567.89");
  });
  test("groups the whole part only", () => expect(formatExact("-1234.5678")).toBe("−1,234.5678"));
});

describe("prices", () => {
  test.each([
    [0.01, 2],
    [0.001, 3],
    [0.2, 1],
    [1, 0],
    [0.00001, 5],
    [0, 2],
  ])("a tick of %d has %d decimals", (tick, digits) => expect(tickDigits(tick)).toBe(digits));
  test("an ETF's price shows its third decimal", () => expect(formatPrice("4.1", 0.001)).toBe("4.100"));
});

test("file sizes", () => {
  expect(formatBytes(0)).toBe("0 B");
  expect(formatBytes(1536)).toBe("1.5 KB");
  expect(formatBytes(5 * 1024 ** 3)).toBe("5.0 GB");
});

test("volume is in lots for Chinese readers and in shares for others", () => {
  expect(formatVolume(1_234_560_000, "zh")).toBe("1,234.56万手");
  expect(formatVolume(300, "zh")).toBe("3手");
  expect(formatVolume(150, "zh")).toBe("1.50手");
  expect(formatVolume(12_345_600, "en")).toBe("12.35M");
});
