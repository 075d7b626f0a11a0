import { describe, expect, test } from "vitest";

import { safeNext, setupToken } from "./next";
import { strengthOf } from "./strength";

describe("where sign-in leads", () => {
  test("back to the page one came from", () => expect(safeNext("/market/600519.SH?adjust=qfq")).toBe("/market/600519.SH?adjust=qfq"));
  test.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in?next=/sign-in", "/setup"])(
    "never to another site or to itself: %s",
    (wanted) => expect(safeNext(wanted)).toBe("/"),
  );
});

describe("the set-up link", () => {
  test("carries its token in the fragment", () => expect(setupToken({ hash: "#token=abc_-1", search: "" })).toBe("abc_-1"));
  test("or in the query", () => expect(setupToken({ hash: "", search: "?token=abc" })).toBe("abc"));
  test("may have lost it", () => expect(setupToken({ hash: "#token=", search: "" })).toBeNull());
});

describe("password strength", () => {
  test("a short one is weak whatever it holds", () => expect(strengthOf("aB3$x", "li").score).toBe(1));
  test("repeats and keyboard runs stay weak", () => {
    expect(strengthOf("aaaaaaaaaaaa", "li").score).toBe(1);
    expect(strengthOf("1234567890", "li").score).toBe(1);
    expect(strengthOf("qwertyuiop", "li").score).toBe(1);
  });
  test("a common word counts for nothing", () => expect(strengthOf("password123", "li").rules.varied).toBe(false));
  test("the own name counts against it", () => {
    expect(strengthOf("wanglei-2026-x", "wanglei").rules.name).toBe(false);
    expect(strengthOf("wanglei-2026-x", "wanglei").score).toBeLessThanOrEqual(2);
  });
  test("four unrelated words are strong", () => expect(strengthOf("copper-Lantern-orbit-71", "li").score).toBe(4));
});
