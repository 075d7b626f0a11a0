import { expect, it } from "vitest";

import { extremes } from "./extremes";

it("keeps the largest gains and losses, and leaves out what is in between or nothing", () => {
  expect(extremes([9, 8, 7, 0, -1, -2, -3], 2, Number)).toEqual([9, 8, -2, -3]);
});

it("shows each row once where there are few", () => {
  expect(extremes([2, -1], 10, Number)).toEqual([2, -1]);
  expect(extremes([], 10, Number)).toEqual([]);
});
