import type { components } from "@/api/schema.gen";

type CodeError = components["schemas"]["CodeError"];
type Job = components["schemas"]["Job"];

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
