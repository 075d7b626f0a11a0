import { describe, expect, it, vi } from "vitest";

import { DraftKeeper, dropDraft, queuedSave, queueSave, readDraft, type Draft } from "./draft";

const draft = (code: string, files: Record<string, string> = {}, base = 3): Draft => ({
  base,
  at: 5,
  code,
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
});

describe("drafts", () => {
  it("gives back what was kept, per strategy", () => {
    const kept = draft("x = 1\n", { "README.md": "", "signals/cross.py": "y = 2\n" });
    expect(new DraftKeeper("s1").write(kept)).toBe(true);
    expect(readDraft("s1")).toEqual(kept);
    expect(readDraft("s2")).toBeNull();
    dropDraft("s1");
    expect(readDraft("s1")).toBeNull();
    expect(localStorage.length).toBe(0);
  });

  it("writes at a keystroke only the file that was typed in", () => {
    const keeper = new DraftKeeper("s1");
    const files = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`lib/m${n}.py`, "x = 1\n".repeat(500)]));
    keeper.write(draft("a", files));
    const write = vi.spyOn(Storage.prototype, "setItem");
    keeper.write(draft("a", { ...files, "lib/m7.py": "y" }));
    const written = write.mock.calls.map(([key, value]) => [key, value.length] as const);
    expect(written.map(([key]) => key)).toEqual(["quantdesk.draft.s1:lib/m7.py", "quantdesk.draft.s1"]);
    expect(written.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(1500);
  });

  it("forgets files that went, and moves those that moved", () => {
    const keeper = new DraftKeeper("s1");
    keeper.write(draft("a", { "one.py": "1", "two.py": "2" }));
    keeper.write(draft("a", { "lib/two.py": "2" }));
    expect(readDraft("s1")).toEqual(draft("a", { "lib/two.py": "2" }));
    expect(Object.keys(localStorage).sort()).toEqual(["quantdesk.draft.s1", "quantdesk.draft.s1:", "quantdesk.draft.s1:lib/two.py"]);
  });

  it("is wholly that of the page that typed last, when two pages have the strategy open", async () => {
    const here = new DraftKeeper("s1");
    here.write(draft("mine", { "one.py": "mine" }));
    vi.resetModules();
    const other = await import("./draft");
    new other.DraftKeeper("s1").write(draft("theirs", { "one.py": "theirs" }));
    expect(readDraft("s1")).toEqual(draft("theirs", { "one.py": "theirs" }));
    here.write(draft("mine", { "one.py": "mine!" }));
    expect(readDraft("s1")).toEqual(draft("mine", { "one.py": "mine!" }));
  });

  it("is whole again after it was dropped", () => {
    const keeper = new DraftKeeper("s1");
    keeper.write(draft("a", { "one.py": "1" }));
    dropDraft("s1");
    keeper.write(draft("b", { "one.py": "1" }));
    expect(readDraft("s1")).toEqual(draft("b", { "one.py": "1" }));
  });

  it("reads drafts of before there were files", () => {
    localStorage.setItem("quantdesk.draft.s1", JSON.stringify({ base: 3, code: "x", at: 5 }));
    expect(readDraft("s1")).toEqual(draft("x"));
  });

  it("ignores what is no draft", () => {
    localStorage.setItem("quantdesk.draft.s1", "{not json");
    expect(readDraft("s1")).toBeNull();
    localStorage.setItem("quantdesk.draft.s1", '{"code": 5}');
    expect(readDraft("s1")).toBeNull();
  });

  it("says when the browser has no room", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(new DraftKeeper("s1").write(draft("x"))).toBe(false);
  });

  it("remembers a save that waits for the connection until it is through", () => {
    expect(queuedSave("s1")).toBeNull();
    queueSave("s1", "");
    queueSave("s2", "止损改为 8%");
    expect([queuedSave("s1"), queuedSave("s2")]).toEqual(["", "止损改为 8%"]);
    queueSave("s1", null);
    expect(queuedSave("s1")).toBeNull();
  });
});
