import { describe, expect, it } from "vitest";

import { addSample, fractionOf, paceOf, type ProgressSample } from "./eta";

const feed = (pairs: [at: number, done: number][]): readonly ProgressSample[] =>
  pairs.reduce<readonly ProgressSample[]>((samples, [at, done]) => addSample(samples, { at, done }), []);

describe("pace of a job", () => {
  it("is unknown with one report", () => {
    expect(paceOf(feed([[0, 10]]), 100, 1000)).toEqual({ rate: null, secondsLeft: null });
  });

  it("gives rate and time left of steady work", () => {
    const pace = paceOf(feed([[0, 0], [1000, 10], [2000, 20]]), 100, 2000);
    expect(pace).toEqual({ rate: 10, secondsLeft: 8 });
  });

  it("has a rate but no time left while the total is unknown", () => {
    expect(paceOf(feed([[0, 0], [2000, 20]]), null, 2000)).toEqual({ rate: 10, secondsLeft: null });
  });

  it("slows down when the work goes quiet, so that the time left does not lie", () => {
    const samples = feed([[0, 0], [1000, 10], [2000, 20]]);
    const quiet = paceOf(samples, 100, 13_000);
    expect(quiet.rate).toBeCloseTo(20 / 12, 10);
    expect(quiet.secondsLeft).toBeCloseTo(48, 10);
  });

  it("starts over when a retry counts from zero", () => {
    expect(feed([[0, 0], [1000, 50], [2000, 3]])).toEqual([{ at: 2000, done: 3 }]);
  });

  it("forgets what is older than the window but keeps slow work measurable", () => {
    expect(feed([[0, 0], [20_000, 1], [40_000, 2]])).toEqual([
      { at: 20_000, done: 1 },
      { at: 40_000, done: 2 },
    ]);
  });

  it("never gives a share outside 0..1", () => {
    expect(fractionOf({ done: 12, total: 10 })).toBe(1);
    expect(fractionOf({ done: 1, total: null })).toBeNull();
    expect(fractionOf(null)).toBeNull();
  });
});
