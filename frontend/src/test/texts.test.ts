import { describe, expect, test } from "vitest";

type TextModule = Record<string, Record<string, string>>;

const zhFiles = import.meta.glob<TextModule>("../**/*.zh.ts", { eager: true });
const enFiles = import.meta.glob<TextModule>("../**/*.en.ts", { eager: true });

const placeholders = (text: string) => [...text.matchAll(/{{\s*(\w+)\s*}}/g)].map((match) => match[1]).sort();

test("every Chinese file has an English one, and the other way round", () => {
  expect(Object.keys(zhFiles).map((name) => name.replace(".zh.ts", ".en.ts")).sort()).toEqual(Object.keys(enFiles).sort());
  expect(Object.keys(zhFiles).length).toBeGreaterThan(0);
});

describe.each(Object.entries(zhFiles))("%s", (name, { zh = {} }) => {
  const { en = {} } = enFiles[name.replace(".zh.ts", ".en.ts")] ?? {};

  /** English alone has a word for one thing; it must be one of a text that counts. */
  const single = Object.keys(en).filter((key) => key.endsWith("_one"));

  test("has the keys of its English file", () =>
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).filter((key) => !single.includes(key)).sort()));

  test.runIf(single.length > 0)("words for one thing stand beside those for many and take the same values", () => {
    for (const key of single) expect(placeholders(en[key] ?? "")).toEqual(placeholders(zh[key.slice(0, -"_one".length)] ?? "missing {{key}}"));
  });

  test.each(Object.keys(zh))("%s is written in both and takes the same values", (key) => {
    expect(zh[key]?.trim()).not.toBe("");
    expect(en[key]?.trim()).not.toBe("");
    expect(placeholders(zh[key] ?? "")).toEqual(placeholders(en[key] ?? ""));
  });
});
