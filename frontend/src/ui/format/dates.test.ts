import { describe, expect, test } from "vitest";

import { formatAge, formatDate, formatDuration, formatInstant } from "./dates";

test("a trading date is shown as it comes, in any time zone of the browser", () => {
  expect(formatDate("2024-03-15")).toBe("2024-03-15");
  expect(formatDate(null)).toBe("—");
});

test("an instant is shown in Beijing time", () => {
  expect(formatInstant("2024-03-14T17:30:05Z")).toBe("2024-03-15 01:30:05");
  expect(formatInstant("2024-03-14T17:30:05Z", { seconds: false })).toBe("2024-03-15 01:30");
  expect(formatInstant("yesterday")).toBe("—");
});

describe("spans", () => {
  test.each([
    [4.2, "4.2秒", "4.2s"],
    [42, "42秒", "42s"],
    [59.97, "1分", "1m"],
    [60, "1分", "1m"],
    [3725, "1小时 2分", "1h 2m"],
    [90_000, "1天 1小时", "1d 1h"],
  ])("%d seconds are %s and %s", (seconds, zh, en) => {
    expect(formatDuration(seconds, "zh")).toBe(zh);
    expect(formatDuration(seconds, "en")).toBe(en);
  });
  test("a span that is not known reads as a dash", () => expect(formatDuration(Number.NaN, "zh")).toBe("—"));
});

test("an age never lies in the future, even when the clocks differ", () => {
  const now = Date.parse("2024-03-15T00:00:00Z");
  expect(formatAge("2024-03-14T23:57:00Z", now, "en")).toBe("3 min. ago");
  expect(formatAge("2024-03-15T00:00:09Z", now, "en")).toBe("now");
});
