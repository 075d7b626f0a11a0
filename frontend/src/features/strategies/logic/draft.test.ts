import { describe, expect, it, vi } from "vitest";

import { dropDraft, queuedSave, queueSave, readDraft, writeDraft } from "./draft";

describe("drafts", () => {
  it("gives back what was kept, per strategy", () => {
    writeDraft("s1", { base: 3, code: "x = 1\n", at: 5 });
    expect(readDraft("s1")).toEqual({ base: 3, code: "x = 1\n", at: 5 });
    expect(readDraft("s2")).toBeNull();
    dropDraft("s1");
    expect(readDraft("s1")).toBeNull();
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
    expect(writeDraft("s1", { base: 1, code: "", at: 0 })).toBe(false);
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
