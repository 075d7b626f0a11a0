import { describe, expect, it } from "vitest";

import { edit, isDirty, startEditing, type EditEvent, type Editing } from "./editing";
import type { Project } from "./project";

const only = (code: string): Project => ({ code, files: [] });
const v1 = { version: 1, ...only("a") };
const v2 = { version: 2, ...only("theirs") };
const typed = (code: string): EditEvent => ({ type: "changed", project: only(code) });
const after = (events: EditEvent[], start: Editing = startEditing(v1)): Editing => events.reduce(edit, start);

describe("editing a strategy", () => {
  it("is unsaved from the first change to the save, and saved again when the change is taken back", () => {
    expect(isDirty(after([typed("ab")]))).toBe(true);
    expect(isDirty(after([typed("ab"), typed("a")]))).toBe(false);
    expect(isDirty(after([typed("ab"), { type: "saveStarted" }, { type: "saved", saved: { version: 2, ...only("ab") } }]))).toBe(false);
  });

  it("keeps what was typed while a save was under way", () => {
    const state = after([
      typed("ab"),
      { type: "saveStarted" },
      typed("abc"),
      { type: "saved", saved: { version: 2, ...only("ab") } },
    ]);
    expect(state.project.code).toBe("abc");
    expect(isDirty(state)).toBe(true);
    expect(state.base.version).toBe(2);
  });

  it("is unsaved when a file came, went, moved or changed", () => {
    const files = [{ path: "signals/cross.py", text: "x" }];
    const start = startEditing({ version: 1, code: "a", files });
    const with_ = (next: Project["files"]) => isDirty(edit(start, { type: "changed", project: { code: "a", files: next } }));
    expect(with_([{ path: "signals/cross.py", text: "x" }])).toBe(false);
    expect(with_([])).toBe(true);
    expect(with_([{ path: "signals/cross.py", text: "y" }])).toBe(true);
    expect(with_([{ path: "cross.py", text: "x" }])).toBe(true);
    expect(with_([...files, { path: "sizing.py", text: "" }])).toBe(true);
  });

  it("keeps the text after a failed save", () => {
    const state = after([typed("ab"), { type: "saveStarted" }, { type: "refused", error: new Error("down") }]);
    expect(state).toMatchObject({ project: only("ab"), base: v1, save: { step: "failed" } });
  });
});

describe("when somebody else saved first", () => {
  const conflict: EditEvent[] = [
    typed("mine"),
    { type: "saveStarted" },
    { type: "conflicted", mine: only("mine") },
    { type: "theirsRead", theirs: v2 },
  ];

  it("decides nothing before their version is read", () => {
    const waiting = after(conflict.slice(0, 3));
    expect(edit(waiting, { type: "keepMine" })).toBe(waiting);
    expect(edit(waiting, { type: "takeTheirs" })).toBe(waiting);
  });

  it("keeps mine on top of theirs: the next save refers to their version", () => {
    const state = after([...conflict, { type: "keepMine" }]);
    expect(state).toEqual({ base: v2, project: only("mine"), save: { step: "idle" } });
    expect(isDirty(state)).toBe(true);
  });

  it("takes theirs and drops mine", () => {
    expect(after([...conflict, { type: "takeTheirs" }])).toEqual({ base: v2, project: only("theirs"), save: { step: "idle" } });
  });

  it("leaves everything as it was when the choice is put off", () => {
    expect(after([...conflict, { type: "laterChosen" }])).toEqual({ base: v1, project: only("mine"), save: { step: "idle" } });
  });
});
