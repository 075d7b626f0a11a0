import { describe, expect, it } from "vitest";

import { cleanPath, copyName, moveTrouble, newFileTrouble, pathTrouble } from "./paths";
import { MAIN, pathsOf, type Project } from "./project";

const project: Project = {
  code: "",
  files: [
    { path: "README.md", text: "" },
    { path: "signals/cross.py", text: "" },
    { path: "sizing.py", text: "" },
  ],
};
const trouble = (path: string) => newFileTrouble(path, pathsOf(project));

describe("paths of a strategy's files", () => {
  it.each(["risk.py", "signals/wave.py", "lib/a/b/c/d.py", "notes.md", "信号/均线.py", "json.md", "_x.py"])("%s can be", (path) => {
    expect(trouble(path)).toBeNull();
  });

  it.each([
    ["", "empty"],
    ["risk", "ending"],
    ["risk.txt", "ending"],
    [".py", "name"],
    ["2fast.py", "name"],
    ["my-file.py", "name"],
    ["a b.py", "name"],
    ["lib//x.py", "name"],
    ["/risk.py", "name"],
    ["../risk.py", "name"],
    ["lib/..py", "name"],
    ["ﬁx.py", "name"],
    ["class.py", "keyword"],
    ["a/b/c/d/e/f.py", "deep"],
    [`${"x".repeat(200)}.py`, "long"],
    [MAIN, "taken"],
    ["Strategy.py", "taken"],
    ["sizing.py", "taken"],
    ["SIZING.py", "taken"],
    ["Signals/wave.py", "taken"],
    ["signals.py", "both"],
    ["sizing/x.py", "both"],
    ["json.py", "reserved"],
    ["numpy/x.py", "reserved"],
    ["quantdesk.py", "reserved"],
  ])("%j cannot: %s", (path, why) => {
    expect(trouble(path)).toBe(why);
  });

  it("are at most fifty beside the main one", () => {
    const files = Array.from({ length: 50 }, (_, n) => ({ path: `m${n}.py`, text: "" }));
    expect(newFileTrouble("one_more.py", pathsOf({ code: "", files }))).toBe("many");
    expect(newFileTrouble("one_more.py", pathsOf({ code: "", files: files.slice(1) }))).toBeNull();
  });

  it("may change in case only, and move onto the place of a file that moves, too", () => {
    expect(moveTrouble([{ from: "sizing.py", to: "Sizing.py" }], pathsOf(project))).toBeNull();
    expect(moveTrouble([{ from: "signals/cross.py", to: "sizing.py" }], pathsOf(project))).toBe("taken");
    expect(moveTrouble([{ from: "signals/cross.py", to: "Signals/cross.py" }], pathsOf(project))).toBeNull();
    expect(
      moveTrouble(
        [
          { from: "signals/cross.py", to: "x.py" },
          { from: "sizing.py", to: "X.py" },
        ],
        pathsOf(project),
      ),
    ).toBe("taken");
  });

  it("of copies are free", () => {
    expect(copyName("sizing.py", project)).toBe("sizing_copy.py");
    expect(copyName("signals/cross.py", project)).toBe("signals/cross_copy.py");
    const more = { code: "", files: [...project.files, { path: "sizing_copy.py", text: "" }] };
    expect(copyName("sizing.py", more)).toBe("sizing_copy2.py");
  });

  it("are tidied as they are typed", () => {
    expect(cleanPath(" signals\\cross ")).toBe("signals/cross.py");
    expect(cleanPath("/notes.md")).toBe("notes.md");
    expect(cleanPath("")).toBe("");
    expect(pathTrouble(cleanPath("lib/"), [])).toBeNull();
  });
});
