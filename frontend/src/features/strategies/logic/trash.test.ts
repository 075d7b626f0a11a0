import { describe, expect, it } from "vitest";

import { daysLeft } from "./trash";

describe("days left in the trash", () => {
  const at = "2026-11-01T00:00:00Z";
  it.each([
    ["2026-11-01T00:00:00Z", 30],
    ["2026-11-01T12:00:00Z", 30],
    ["2026-11-30T12:00:00Z", 1],
    ["2026-12-01T00:00:00Z", 0],
    ["2027-01-01T00:00:00Z", 0],
  ])("at %s there are %i", (now, days) => expect(daysLeft(at, Date.parse(now))).toBe(days));
});
