import type { Job } from "./live";

/** Where the result of a job is read; null while there is none to read. */
export function resultPath({ kind, subject_id: subject, state }: Pick<Job, "kind" | "subject_id" | "state">): string | null {
  if (kind === "backtest") return subject === null ? null : `/backtests/${subject}`;
  if (kind === "optimisation") return subject === null ? null : `/backtests/optimisations/${subject}`;
  if (kind === "import") return subject === null ? null : `/data?import=${subject}`;
  if (state !== "succeeded") return null;
  if (kind === "demo") return "/data";
  return subject === null ? null : `/market/${subject}`;
}
