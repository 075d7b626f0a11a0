import type { components } from "@/api/schema.gen";

type CodeError = components["schemas"]["CodeError"];
type Job = components["schemas"]["Job"];

/** Put the lines of the code back, which are not kept with the job: code is stored encrypted, jobs are not. */
export function withLines(error: CodeError, code: string | undefined): CodeError {
  if (code === undefined) return error;
  const lines = code.split("\n");
  const textOf = (line: number) => lines[line - 1]?.trim();
  return {
    ...error,
    source_line: error.source_line ?? (error.line === null ? null : (textOf(error.line) ?? null)),
    traceback: error.traceback.map((frame) => {
      const text = textOf(Number(/^line (\d+), in [^:]*$/.exec(frame)?.[1] ?? Number.NaN));
      return text === undefined ? frame : `${frame}: ${text}`;
    }),
  };
}

/** Find the error of the user's own code in a failed job; null when it failed for another reason. */
export function codeErrorOf(job: Pick<Job, "error"> | null | undefined): CodeError | null {
  const detail: Record<string, unknown> | null | undefined = job?.error?.detail;
  if (detail === null || detail === undefined) return null;
  // Some errors carry it under a name of its own, beside other figures.
  const inner = detail.code_error ?? detail.error;
  const candidate = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : detail;
  const { type, message, line, traceback } = candidate;
  if (typeof type !== "string" || typeof message !== "string" || !Array.isArray(traceback)) return null;
  if (line !== null && typeof line !== "number") return null;
  return candidate as CodeError;
}
