import { expect, test } from "vitest";

import { toCsv } from "./csv";

test("quotes what holds a comma, a quote or a line break, and starts with a byte-order mark", () => {
  expect(toCsv({ headers: ["代码", "note"], rows: [["600519.SH", 'a "b", c'], [1.5, null]] })).toBe(
    '\uFEFF代码,note\r\n600519.SH,"a ""b"", c"\r\n1.5,\r\n',
  );
});

test("a text that a spreadsheet would run as a formula is disarmed; a negative number is not touched", () => {
  expect(toCsv({ headers: ["x"], rows: [["=1+1"], ["-12.5"], [-3]] })).toBe("\uFEFFx\r\n'=1+1\r\n-12.5\r\n-3\r\n");
});

test("a sheet of nothing is its heading", () => expect(toCsv({ headers: ["a", "b"], rows: [] })).toBe("\uFEFFa,b\r\n"));
