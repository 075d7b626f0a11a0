import { describe, expect, it } from "vitest";

import { MAIN } from "./project";
import { keyStep, treeRows } from "./tree";

const PATHS = ["README.md", "a.py", "signals/cross.py", "signals/deep/wave.py", "signals/z.py", MAIN];
const none = new Set<string>();

describe("the tree of files", () => {
  it("has the main file first, then folders before files, each with its place", () => {
    const rows = treeRows(PATHS, none);
    expect(rows.map(({ path, level }) => `${level} ${path}`)).toEqual([
      `1 ${MAIN}`,
      "1 signals",
      "2 signals/deep",
      "3 signals/deep/wave.py",
      "2 signals/cross.py",
      "2 signals/z.py",
      "1 README.md",
      "1 a.py",
    ]);
    expect(rows[4]).toEqual({ path: "signals/cross.py", name: "cross.py", kind: "file", level: 2, place: 2, siblings: 3 });
  });

  it("leaves out what is in a closed folder", () => {
    expect(treeRows(PATHS, new Set(["signals"])).map(({ path }) => path)).toEqual([MAIN, "signals", "README.md", "a.py"]);
  });

  it("shows a folder that waits for its first file", () => {
    expect(treeRows([MAIN], none, "lib/rules").map(({ path, kind }) => `${kind} ${path}`)).toEqual([`file ${MAIN}`, "folder lib", "folder lib/rules"]);
  });

  it("is walked by the arrow keys", () => {
    const rows = treeRows(PATHS, none);
    expect(keyStep("ArrowDown", rows, MAIN, none)).toEqual({ to: "signals" });
    expect(keyStep("ArrowUp", rows, MAIN, none)).toBeNull();
    expect(keyStep("ArrowLeft", rows, "signals/deep/wave.py", none)).toEqual({ to: "signals/deep" });
    expect(keyStep("ArrowLeft", rows, "signals", none)).toEqual({ toggle: "signals" });
    expect(keyStep("ArrowRight", rows, "signals", none)).toEqual({ to: "signals/deep" });
    const shut = new Set(["signals"]);
    expect(keyStep("ArrowRight", treeRows(PATHS, shut), "signals", shut)).toEqual({ toggle: "signals" });
    expect(keyStep("End", rows, MAIN, none)).toEqual({ to: "a.py" });
    expect(keyStep("Home", rows, "a.py", none)).toEqual({ to: MAIN });
    expect(keyStep("ArrowDown", rows, "gone.py", none)).toEqual({ to: MAIN });
  });
});
