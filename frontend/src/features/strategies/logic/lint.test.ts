import { describe, expect, it } from "vitest";

import type { Diagnostic, TextEdit } from "../api";
import { applyEdits, besides, toMarkers } from "./lint";
import { explainRule } from "./rules";

const edit = (line: number, column: number, end_line: number, end_column: number, text: string): TextEdit => ({ line, column, end_line, end_column, text });

const finding = (code: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  line: 1,
  column: 1,
  end_line: 1,
  end_column: 2,
  code,
  message: "`os` imported but unused",
  severity: "warning",
  url: null,
  fix: null,
  ...more,
});

describe("the edits of a fix", () => {
  it("remove a line with its break", () => {
    expect(applyEdits("import os\nx = 1\n", [edit(1, 1, 2, 1, "")])).toBe("x = 1\n");
  });
  it("reach to the text's end where there is no last break", () => {
    expect(applyEdits("x = 1\nimport os", [edit(2, 1, 3, 1, "")])).toBe("x = 1\n");
  });
  it("all refer to the text before, in whatever order they come", () => {
    expect(applyEdits("a b c", [edit(1, 1, 1, 2, "long"), edit(1, 5, 1, 6, "C"), edit(1, 3, 1, 3, "+")])).toBe("long +b C");
  });
  it("count characters, not halves of them", () => {
    expect(applyEdits('x = "😀😀"; y = f"z"\n', [edit(1, 15, 1, 19, '"z"')])).toBe('x = "😀😀"; y = "z"\n');
  });
  it("fit text from Windows and behind a byte order mark", () => {
    expect(applyEdits("\ufeffa\r\nb\r\nc", [edit(1, 1, 1, 2, "A"), edit(3, 1, 3, 2, "C")])).toBe("\ufeffA\r\nb\r\nC");
  });
});

describe("markers", () => {
  it("stand where the editor counts the columns", () => {
    const [marker] = toMarkers('x = "😀"; y = z\n', [finding("F821", { column: 14, end_column: 15, severity: "error" })], () => "z?");
    expect(marker).toEqual({ line: 1, column: 15, endLine: 1, endColumn: 16, message: "z?", rule: "F821", severity: "error" });
  });
  it("of syntax are left to Python where it names the error itself", () => {
    const found = [finding("invalid-syntax"), finding("F401")];
    expect(besides(1, found).map(({ code }) => code)).toEqual(["F401"]);
    expect(besides(0, found)).toHaveLength(2);
  });
});

describe("what a rule says", () => {
  it("is Chinese for the common ones, with the name", () => {
    expect(explainRule(finding("F401"), "zh")).toBe("导入了 os，但没有用到");
    expect(explainRule(finding("F401", { message: "`a.$&` imported but unused" }), "zh")).toBe("导入了 a.$&，但没有用到");
    expect(explainRule(finding("F541", { message: "f-string without any placeholders" }), "zh")).toBe("f 字符串里没有 {} 占位，可以去掉 f");
  });
  it("is the linter's own sentence in English and for the rare ones", () => {
    expect(explainRule(finding("F401"), "en")).toBe("`os` imported but unused");
    expect(explainRule(finding("B015"), "zh")).toBe("`os` imported but unused");
  });
});
