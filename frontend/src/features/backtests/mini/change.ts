import { METRICS, type MetricInfo, type MetricKey } from "../logic/metrics";
import type { BriefMetrics, BriefReport } from "./api";

type BriefKey = MetricKey & keyof BriefMetrics;
export type BriefInfo = MetricInfo & { key: BriefKey };

const SHOWN: readonly BriefKey[] = [
  "total_return",
  "annual_return",
  "max_drawdown",
  "sharpe",
  "excess_return",
  "win_rate",
  "round_trips",
  "total_costs",
  "final_equity",
];

/** The figures of a quick run, in the order of the report. */
export const BRIEF_METRICS: readonly BriefInfo[] = METRICS.filter((info): info is BriefInfo => (SHOWN as readonly string[]).includes(info.key));

/** Whether two runs asked the same of two states of the code or its parameters: only then a difference says something. */
export const comparable = (one: BriefReport, other: BriefReport): boolean =>
  one.start === other.start &&
  one.end === other.end &&
  one.cash === other.cash &&
  one.benchmark === other.benchmark &&
  one.symbols.join() === other.symbols.join();

/** What a figure has changed by; null where either is undefined or it stayed the same. */
export function changeOf(key: BriefKey, now: BriefMetrics, before: BriefMetrics): number | null {
  const [new_, old] = [now[key], before[key]];
  if (new_ === null || old === null) return null;
  const change = Number(new_) - Number(old);
  return Math.abs(change) < 1e-9 ? null : change;
}
