import { expect, it } from "vitest";

import { Echo } from "./echo";

it("leaves an editor alone that has gone on while the page was still drawing what it told before", () => {
  const echo = new Echo("");
  echo.tell("a");
  echo.tell("ab");
  expect(echo.isNew("a", "ab")).toBe(false);
  echo.tell("abc");
  expect(echo.isNew("abc", "abc")).toBe(false);
});

it("lets the page put in another text, also one that stood there before", () => {
  const echo = new Echo("x=1");
  expect(echo.isNew("x = 1", "x=1")).toBe(true);
  echo.tell("x = 1");
  expect(echo.isNew("x=1", "x = 1")).toBe(true);
});

it("lets the page take back what was typed and taken away again", () => {
  const echo = new Echo("x");
  for (const text of ["xa", "x", "xa"]) echo.tell(text);
  expect(echo.isNew("xa", "xa")).toBe(false);
  expect(echo.isNew("x", "xa")).toBe(true);
});

it("puts nothing in where the page draws the same text again", () => {
  const echo = new Echo("x");
  expect(echo.isNew("x", "x")).toBe(false);
  echo.tell("xy");
  // Another part of the page is drawn anew before the page knows of the key.
  expect(echo.isNew("x", "xy")).toBe(false);
  expect(echo.isNew("xy", "xy")).toBe(false);
});
