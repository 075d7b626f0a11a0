import { describe, expect, it } from "vitest";

import { flatSpan } from "./span";

describe("axis of an equity curve", () => {
  it("shows one percent either way of one that has not moved, or hardly", () => {
    expect(flatSpan([1_000_000, 1_000_000])).toEqual({ min: 990_000, max: 1_010_000 });
    expect(flatSpan([999_990, 1_000_010])).toEqual({ min: 990_000, max: 1_010_000 });
  });

  it("leaves one that moves, an empty one and one at nothing to the chart", () => {
    expect(flatSpan([1_000_000, 1_020_000])).toBeNull();
    expect(flatSpan([])).toBeNull();
    expect(flatSpan([0, 0])).toBeNull();
  });
});
