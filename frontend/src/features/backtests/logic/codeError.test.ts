import { describe, expect, it } from "vitest";

import { codeErrorOf } from "./codeError";

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
