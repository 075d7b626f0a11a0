import type { Backtest } from "@/features/backtests/api";

/** Give the newest run with a report, of one version or of any; runs come newest first. */
export function newestFinished(runs: readonly Backtest[], version?: number): Backtest | null {
  return runs.find((run) => run.job.state === "succeeded" && (version === undefined || run.version === version)) ?? null;
}
