import { formatExact, formatNumber, formatPercent } from "@/ui/format";

import type { Metrics } from "../api";

export type MetricKey = Exclude<keyof Metrics, "max_drawdown_start" | "max_drawdown_end" | "max_drawdown_recovered" | "days">;
type Kind = "percent" | "change" | "points" | "ratio" | "count" | "days" | "money" | "times";

export interface MetricInfo {
  key: MetricKey;
  kind: Kind;
}

/** The cards of a report, in the order in which they are read: result, risk, market, trading. */
export const METRICS: readonly MetricInfo[] = [
  { key: "total_return", kind: "change" },
  { key: "annual_return", kind: "change" },
  { key: "max_drawdown", kind: "percent" },
  { key: "sharpe", kind: "ratio" },
  { key: "volatility", kind: "percent" },
  { key: "sortino", kind: "ratio" },
  { key: "calmar", kind: "ratio" },
  { key: "benchmark_return", kind: "change" },
  { key: "excess_return", kind: "points" },
  { key: "alpha", kind: "change" },
  { key: "beta", kind: "ratio" },
  { key: "information_ratio", kind: "ratio" },
  { key: "round_trips", kind: "count" },
  { key: "win_rate", kind: "percent" },
  { key: "profit_factor", kind: "ratio" },
  { key: "average_holding_days", kind: "days" },
  { key: "turnover", kind: "times" },
  { key: "exposure", kind: "percent" },
  { key: "total_costs", kind: "money" },
  { key: "final_equity", kind: "money" },
];

/** The row of a report's first screen; the others stand further down. */
const FIRST: readonly MetricKey[] = ["total_return", "annual_return", "max_drawdown", "sharpe", "volatility", "excess_return", "win_rate", "final_equity"];
export const FIRST_METRICS: readonly MetricInfo[] = METRICS.filter(({ key }) => FIRST.includes(key));

/** The few that say most, for a small place. */
export const KEY_METRICS: readonly MetricInfo[] = METRICS.slice(0, 4);

/** Write a metric's value; gains and losses keep their sign. */
export function formatMetric<Key extends MetricKey>({ key, kind }: MetricInfo & { key: Key }, metrics: Pick<Metrics, Key>): string {
  const value: number | string | null = metrics[key];
  switch (kind) {
    case "percent":
      return formatPercent(value);
    case "change":
      return formatPercent(value, { sign: true });
    case "points":
      return formatNumber(value === null ? null : Number(value) * 100, { sign: true });
    case "ratio":
    case "times":
      return formatNumber(value);
    case "count":
      return formatNumber(value, { digits: 0 });
    case "days":
      return formatNumber(value, { digits: 1 });
    case "money":
      return formatExact(value);
  }
}
