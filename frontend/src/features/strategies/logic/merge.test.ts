import { describe, expect, it } from "vitest";

import { merge, mergeProjects } from "./merge";
import type { Project } from "./project";

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

describe("putting two edits of several files together", () => {
  const project = (code: string, files: Record<string, string> = {}): Project => ({
    code,
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
  });
  const base = project("main\n", { "a.py": BASE, "b.py": "b\n", "c.py": "c\n" });

  it("takes what only one side has changed, made or deleted, and merges files by lines", () => {
    const mine = project("mine\n", { "a.py": "A\nb\nc\nd\ne\nf\n", "b.py": "b\n", "c.py": "c\n", "new.py": "n" });
    const theirs = project("main\n", { "a.py": "a\nb\nc\nd\ne\nF\n", "b.py": "B\n", "other.py": "o" });
    expect(mergeProjects(base, mine, theirs)).toEqual({
      project: project("mine\n", { "a.py": "A\nb\nc\nd\ne\nF\n", "b.py": "B\n", "new.py": "n", "other.py": "o" }),
      contested: [],
      open: [],
    });
  });

  it("leaves a file to a person that both have changed in the same place, made, or one deleted and the other changed", () => {
    const mine = project("main\n", { "a.py": "mine\n", "b.py": "mine\n", "new.py": "mine" });
    const theirs = project("main\n", { "a.py": "theirs\n", "c.py": "theirs\n", "new.py": "theirs" });
    const { project: merged, contested, open } = mergeProjects(base, mine, theirs);
    expect(contested).toEqual(["a.py", "b.py", "c.py", "new.py"]);
    expect(open).toEqual(contested);
    expect(merged).toEqual(mine);
  });

  it("takes the side that was chosen, a file at a time", () => {
    const mine = project("main\n", { "a.py": "mine\n", "b.py": "mine\n", "new.py": "mine" });
    const theirs = project("main\n", { "a.py": "theirs\n", "c.py": "theirs\n", "new.py": "theirs" });
    const chosen = mergeProjects(base, mine, theirs, { "a.py": "theirs", "b.py": "theirs", "c.py": "theirs", "new.py": "mine" });
    expect(chosen.open).toEqual([]);
    expect(chosen.project).toEqual(project("main\n", { "a.py": "theirs\n", "c.py": "theirs\n", "new.py": "mine" }));
    expect(mergeProjects(base, mine, theirs, { "a.py": "mine" }).open).toEqual(["b.py", "c.py", "new.py"]);
  });

  it("needs no choice where both did the same", () => {
    const both = project("x\n", { "a.py": "x" });
    expect(mergeProjects(base, both, both)).toEqual({ project: both, contested: [], open: [] });
  });
});
