import { describe, expect, it } from "vitest";

import { codeErrorOf, withLines } from "./codeError";

const error = { type: "ZeroDivisionError", message: "division by zero", line: 12, source_line: "x = 1 / 0", traceback: ["..."] };
const job = (detail: Record<string, unknown> | null) => ({
  error: { code: "strategy_failed", message_zh: "策略出错", message_en: "The strategy failed", detail },
});

describe("error of the user's code in a failed job", () => {
  it("is the detail itself, or stands in it under a name", () => {
    expect(codeErrorOf(job(error))).toBe(error);
    expect(codeErrorOf(job({ code_error: error, seconds: 3 }))).toBe(error);
  });

  it("may have happened outside of the user's file", () => {
    expect(codeErrorOf(job({ ...error, line: null }))?.line).toBeNull();
  });

  it("is absent when the job failed for another reason", () => {
    expect(codeErrorOf(job({ limit: "2 GiB" }))).toBeNull();
    expect(codeErrorOf(job(null))).toBeNull();
    expect(codeErrorOf(null)).toBeNull();
  });
});

describe("the lines of an error", () => {
  const only = (code: string) => ({ code, files: [] });
  const bare = { ...error, source_line: null, hint_zh: null, hint_en: null, line: 2, traceback: ["line 2, in next", "… 3 frames …", "ZeroDivisionError: division by zero"] };

  it("are read from the version again", () => {
    expect(withLines(bare, only("a = 1\n    x = 1 / 0\n"))).toMatchObject({
      source_line: "x = 1 / 0",
      traceback: ["line 2, in next: x = 1 / 0", "… 3 frames …", "ZeroDivisionError: division by zero"],
    });
  });

  it("are those of the file that each is in", () => {
    const ran = { code: "import sizing\nsizing.size()\n", files: [{ path: "lib/sizing.py", text: "def size():\n    return 1 / 0\n" }] };
    const deep = { ...bare, file: "lib/sizing.py", traceback: ["line 2, in next", "lib/sizing.py line 2, in size", "gone.py line 1, in f"] };
    expect(withLines(deep, ran)).toMatchObject({
      source_line: "return 1 / 0",
      traceback: ["line 2, in next: sizing.size()", "lib/sizing.py line 2, in size: return 1 / 0", "gone.py line 1, in f"],
    });
  });

  it("are left out while the version is not there, or has no such line", () => {
    expect(withLines(bare, undefined)).toBe(bare);
    expect(withLines(bare, only("a = 1"))).toMatchObject({ source_line: null, traceback: bare.traceback });
  });
});
