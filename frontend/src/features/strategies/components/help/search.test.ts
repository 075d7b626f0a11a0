import { describe, expect, test } from "vitest";

import sdk from "../../sdk.gen.json";
import { findHelp } from "./search";

const ids = (query: string) => findHelp(sdk.entries, query).map(({ id }) => id);

describe("a search in the help", () => {
  test("gives everything in its order when it is empty", () => expect(ids("  ")).toEqual(sdk.entries.map(({ id }) => id)));
  test("finds a function by how it is called, its own name first", () => {
    expect(ids("self.buy(").slice(0, 2).toSorted()).toEqual(["Strategy.buy", "bt.buy"].toSorted());
  });
  test("finds Chinese words", () => expect(ids("移动平均")).toContain("Strategy.sma"));
  test("finds an argument by what is said of it", () => expect(ids("good_till")).toContain("Strategy.buy"));
  test("needs every word", () => expect(ids("buy nothing-of-the-sort")).toEqual([]));
});
