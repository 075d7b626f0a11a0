import { describe, expect, test } from "vitest";

import { include, lastPoints, panBy, zoomAt } from "./zoom";

test("a window over nothing is empty, not negative", () => {
  expect(lastPoints(0, 240)).toEqual({ start: 0, end: 0 });
  expect(lastPoints(100, 240)).toEqual({ start: 0, end: 99 });
});

describe("zooming", () => {
  test("keeps the point under the crosshair where it is", () => {
    const next = zoomAt({ start: 0, end: 1000 }, 1001, 0.5, 250);
    expect(next).toEqual({ start: 125, end: 625 });
  });
  test("stops at ten points and at all of them", () => {
    const closest = zoomAt({ start: 50, end: 60 }, 100, 0.01, 55);
    expect(closest.end - closest.start).toBe(9);
    expect(zoomAt({ start: 10, end: 90 }, 100, 100, 50)).toEqual({ start: 0, end: 99 });
  });
});

test("panning stops at the ends", () => {
  expect(panBy({ start: 10, end: 20 }, 100, -50)).toEqual({ start: 0, end: 10 });
  expect(panBy({ start: 80, end: 90 }, 100, 50)).toEqual({ start: 89, end: 99 });
});

test("a point outside of the window pulls it just far enough", () => {
  expect(include({ start: 10, end: 20 }, 100, 25)).toEqual({ start: 15, end: 25 });
  expect(include({ start: 10, end: 20 }, 100, 15)).toEqual({ start: 10, end: 20 });
});
