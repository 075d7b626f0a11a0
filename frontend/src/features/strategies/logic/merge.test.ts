import { describe, expect, it } from "vitest";

import { merge } from "./merge";

const BASE = "a\nb\nc\nd\ne\nf\n";

describe("putting two edits together", () => {
  it("takes changes of different places from both", () => {
    expect(merge(BASE, "A\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nE2\nf\n")).toBe("A\nb\nc\nd\nE\nE2\nf\n");
    expect(merge(BASE, "b\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nf\ng\n")).toBe("b\nc\nd\ne\nf\ng\n");
  });

  it("gives the other side where one has changed nothing", () => {
    expect(merge(BASE, BASE, "x\n")).toBe("x\n");
    expect(merge(BASE, "x\n", BASE)).toBe("x\n");
    expect(merge("", "", "x")).toBe("x");
  });

  it("leaves changes of the same or of neighbouring lines to a person", () => {
    expect(merge(BASE, "a\nB\nc\nd\ne\nf\n", "a\nbb\nc\nd\ne\nf\n")).toBeNull();
    expect(merge(BASE, "a\nB\nc\nd\ne\nf\n", "a\nb\nC\nd\ne\nf\n")).toBeNull();
    expect(merge(BASE, "new\n" + BASE, "other\n" + BASE)).toBeNull();
  });

  it("is not tried on files too long to compare in a moment", () => {
    const long = Array.from({ length: 5000 }, (_, n) => `line ${n}`).join("\n");
    const other = Array.from({ length: 5000 }, (_, n) => `other ${n}`).join("\n");
    expect(merge(long, other, `${long}\nend`)).toBeNull();
  });
});
