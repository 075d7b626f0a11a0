import { describe, expect, it } from "vitest";

import { fileChanges, MAIN, moved, pathsOf, sameProject, textOf, within, without, withText, type Project } from "./project";

const project: Project = {
  code: "main",
  files: [
    { path: "README.md", text: "read" },
    { path: "signals/cross.py", text: "cross" },
    { path: "signals/deep/wave.py", text: "wave" },
    { path: "sizing.py", text: "sizing" },
  ],
};

describe("the files of a strategy", () => {
  it("are read by their path, the main file by its name", () => {
    expect(pathsOf(project)).toEqual([MAIN, "README.md", "signals/cross.py", "signals/deep/wave.py", "sizing.py"]);
    expect(textOf(project, MAIN)).toBe("main");
    expect(textOf(project, "signals/cross.py")).toBe("cross");
    expect(textOf(project, "signals")).toBeNull();
  });

  it("that are not written stay the same objects", () => {
    const next = withText(project, "sizing.py", "new");
    expect(textOf(next, "sizing.py")).toBe("new");
    expect(next.files[1]).toBe(project.files[1]);
    expect(withText(project, "sizing.py", "sizing")).toBe(project);
    expect(withText(project, MAIN, "other").files).toBe(project.files);
  });

  it("are made where they belong in the order", () => {
    expect(pathsOf(withText(project, "risk.py", ""))).toEqual([MAIN, "README.md", "risk.py", "signals/cross.py", "signals/deep/wave.py", "sizing.py"]);
  });

  it("move alone or with their folder; the main file stays", () => {
    expect(pathsOf(moved(project, "signals", "lib/rules"))).toEqual([MAIN, "README.md", "lib/rules/cross.py", "lib/rules/deep/wave.py", "sizing.py"]);
    expect(textOf(moved(project, "sizing.py", "signals/sizing.py"), "signals/sizing.py")).toBe("sizing");
    expect(moved(project, MAIN, "x.py")).toBe(project);
  });

  it("go alone or with their folder", () => {
    expect(within(project, "signals")).toEqual(["signals/cross.py", "signals/deep/wave.py"]);
    expect(pathsOf(without(project, within(project, "signals")))).toEqual([MAIN, "README.md", "sizing.py"]);
    expect(without(project, [MAIN])).toBe(project);
  });

  it("are the same when paths and texts are", () => {
    const copy: Project = { code: "main", files: project.files.map((file) => ({ ...file })) };
    expect(sameProject(project, copy)).toBe(true);
    expect(sameProject(project, withText(project, "sizing.py", "x"))).toBe(false);
    expect(sameProject(project, moved(project, "sizing.py", "size.py"))).toBe(false);
    expect(sameProject(project, without(project, ["sizing.py"]))).toBe(false);
  });

  it("are told apart: added, removed, changed", () => {
    const other = withText(withText(without(project, ["README.md"]), MAIN, "x"), "signals/wave.py", "w");
    expect(fileChanges(project, withText(other, "sizing.py", "s"))).toEqual([
      { path: MAIN, state: "changed" },
      { path: "README.md", state: "removed" },
      { path: "signals/wave.py", state: "added" },
      { path: "sizing.py", state: "changed" },
    ]);
    expect(fileChanges(project, project)).toEqual([]);
  });
});
