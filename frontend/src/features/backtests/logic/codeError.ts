import type { components } from "@/api/schema.gen";

type CodeError = components["schemas"]["CodeError"];
type Job = components["schemas"]["Job"];

/** The files of the version that ran: the main one's text, and the others. */
export interface Ran {
  code: string;
  files: readonly { path: string; text: string }[];
}

/** A frame of a traceback: the main file's are not named. */
const FRAME = /^(?:(\S+) )?line (\d+), in [^:]*$/;

/** Put the lines of the code back, which are not kept with the job: code is stored encrypted, jobs are not. */
export function withLines(error: CodeError, ran: Ran | undefined): CodeError {
  if (ran === undefined) return error;
  const textOf = (line: number, file: string | null | undefined) => {
    const text = file == null ? ran.code : ran.files.find(({ path }) => path === file)?.text;
    return text?.split("\n")[line - 1]?.trim();
  };
  return {
    ...error,
    source_line: error.source_line ?? (error.line === null ? null : (textOf(error.line, error.file) ?? null)),
    traceback: error.traceback.map((frame) => {
      const [, file, line] = FRAME.exec(frame) ?? [];
      const text = textOf(Number(line ?? Number.NaN), file);
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
