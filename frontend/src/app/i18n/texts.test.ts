import { beforeEach, describe, expect, test } from "vitest";

import { usePrefs } from "@/app/prefs";

import { defineTexts, type English } from "./texts";

const zh = { rows: "{{count}} 行" };
const en: English<typeof zh> = { rows: "{{count}} rows", rows_one: "{{count}} row" };
const texts = defineTexts("counting", zh, en);

describe("a text with a count", () => {
  beforeEach(() => usePrefs.getState().set({ language: "en" }));

  test("reads right for none, one and many in English", () => {
    expect([0, 1, 2].map((count) => texts.text("rows", { count }))).toEqual(["0 rows", "1 row", "2 rows"]);
  });

  test("also when the count is written already", () => {
    expect(["1", "1,201"].map((count) => texts.text("rows", { count }))).toEqual(["1 row", "1,201 rows"]);
  });

  test("is the same for any count in Chinese", () => {
    usePrefs.getState().set({ language: "zh" });
    expect([1, 2].map((count) => texts.text("rows", { count }))).toEqual(["1 行", "2 行"]);
  });
});
