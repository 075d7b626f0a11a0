import { expect, test } from "vitest";

import { lineIn } from "./lines";
import { functionStart, inlineValues } from "./values";

const CODE = [
  "x = 1",
  "class S:",
  "    def next(self):",
  "        fast = self.fast[0]",
  "",
  "        # fast is a comment",
  '        note = "fast"',
  "        if fast > slow:",
  "            self.buy()",
  "    def stop(self):",
  "        fast = 2",
].join("\n");

test("a line is in the function that it is indented in", () => {
  const lines = CODE.split("\n");
  expect([1, 3, 4, 9, 11].map((line) => functionStart(lines, line))).toEqual([1, 3, 3, 3, 10]);
});

test("values stand at the lines that name them, not in comments, texts, attributes or lines to come", () => {
  const variables = [
    { name: "fast", value: "10.5" },
    { name: "slow", value: "9.75" },
    { name: "self", value: "<strategy.S object at 0x7fdf07cbb210>" },
    { name: "helper", value: "<function helper at 0x1>" },
  ];
  expect(Object.fromEntries(inlineValues(CODE, 8, variables))).toEqual({
    4: "fast = 10.5",
    8: "fast = 10.5, slow = 9.75",
  });
});

test("a long value is cut, and one of several lines is one line", () => {
  const shown = inlineValues("a", 1, [{ name: "a", value: `1\n${"2".repeat(100)}` }]).get(1) ?? "";
  expect(shown).toMatch(/^a = 1 2+…$/);
  expect(shown.length).toBeLessThan(70);
});

test("lines of the code that runs are found in code that was edited meanwhile", () => {
  const now = `# new\n# lines\n${CODE}`;
  expect(lineIn(CODE, now, 8)).toBe(10);
  expect(lineIn(now, CODE, 10)).toBe(8);
  expect(lineIn(undefined, now, 8)).toBe(8);
});
