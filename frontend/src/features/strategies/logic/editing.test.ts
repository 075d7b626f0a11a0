import { describe, expect, it } from "vitest";

import { edit, isDirty, startEditing, type EditEvent, type Editing } from "./editing";

const v1 = { version: 1, code: "a" };
const v2 = { version: 2, code: "theirs" };
const after = (events: EditEvent[], start: Editing = startEditing(v1)): Editing => events.reduce(edit, start);

describe("editing a strategy", () => {
  it("is unsaved from the first change to the save, and saved again when the change is taken back", () => {
    expect(isDirty(after([{ type: "typed", code: "ab" }]))).toBe(true);
    expect(isDirty(after([{ type: "typed", code: "ab" }, { type: "typed", code: "a" }]))).toBe(false);
    expect(isDirty(after([{ type: "typed", code: "ab" }, { type: "saveStarted" }, { type: "saved", saved: { version: 2, code: "ab" } }]))).toBe(false);
  });

  it("keeps what was typed while a save was under way", () => {
    const state = after([
      { type: "typed", code: "ab" },
      { type: "saveStarted" },
      { type: "typed", code: "abc" },
      { type: "saved", saved: { version: 2, code: "ab" } },
    ]);
    expect(state.code).toBe("abc");
    expect(isDirty(state)).toBe(true);
    expect(state.base.version).toBe(2);
  });

  it("keeps the text after a failed save", () => {
    const state = after([{ type: "typed", code: "ab" }, { type: "saveStarted" }, { type: "refused", error: new Error("down") }]);
    expect(state).toMatchObject({ code: "ab", base: v1, save: { step: "failed" } });
  });
});

describe("when somebody else saved first", () => {
  const conflict: EditEvent[] = [
    { type: "typed", code: "mine" },
    { type: "saveStarted" },
    { type: "conflicted", mine: "mine" },
    { type: "theirsRead", theirs: v2 },
  ];

  it("decides nothing before their version is read", () => {
    const waiting = after(conflict.slice(0, 3));
    expect(edit(waiting, { type: "keepMine" })).toBe(waiting);
    expect(edit(waiting, { type: "takeTheirs" })).toBe(waiting);
  });

  it("keeps mine on top of theirs: the next save refers to their version", () => {
    const state = after([...conflict, { type: "keepMine" }]);
    expect(state).toEqual({ base: v2, code: "mine", save: { step: "idle" } });
    expect(isDirty(state)).toBe(true);
  });

  it("takes theirs and drops mine", () => {
    expect(after([...conflict, { type: "takeTheirs" }])).toEqual({ base: v2, code: "theirs", save: { step: "idle" } });
  });

  it("leaves everything as it was when the choice is put off", () => {
    expect(after([...conflict, { type: "laterChosen" }])).toEqual({ base: v1, code: "mine", save: { step: "idle" } });
  });
});
