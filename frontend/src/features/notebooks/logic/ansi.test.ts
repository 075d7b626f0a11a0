import { expect, test } from "vitest";

import { spansOf } from "./ansi";

test("colours and bold begin and end where the sequences say", () => {
  expect(spansOf("a\x1b[31mred\x1b[1mbold\x1b[0mplain")).toEqual([
    { text: "a", style: "" },
    { text: "red", style: "ansi-red" },
    { text: "bold", style: "ansi-bold ansi-red" },
    { text: "plain", style: "" },
  ]);
});

test("other sequences and colours of 256 are left out, and their text stays", () => {
  expect(spansOf("\x1b[2Kx\x1b[38;5;28my").map(({ text, style }) => text + style)).toEqual(["x", "y"]);
});
