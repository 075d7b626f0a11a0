import type { components } from "@/api/schema.gen";
import { formatNumber, formatPercent } from "@/ui/format";

export type Objective = components["schemas"]["Objective"];
export type ObjectiveMetric = Objective["metric"];

export const OBJECTIVES: readonly ObjectiveMetric[] = ["sharpe", "sortino", "calmar", "annual_return", "total_return", "information_ratio", "max_drawdown"];

const SIGNED = new Set(["total_return", "annual_return"]);
const PERCENT = new Set(["max_drawdown", "volatility", "win_rate", "exposure"]);

/** The metrics whose figure needs a word after it, by the kind of unit. */
const UNITS = { round_trips: "count", turnover: "times", total_costs: "money" } as const;

/** Give the kind of unit that stands after a figure; null where the figure says it itself. */
export const unitOf = (metric: string): (typeof UNITS)[keyof typeof UNITS] | null =>
  Object.hasOwn(UNITS, metric) ? UNITS[metric as keyof typeof UNITS] : null;

/** Write a figure of a trial in the unit of its metric. */
export function formatFigure(metric: string, value: number | null | undefined): string {
  if (SIGNED.has(metric)) return formatPercent(value, { sign: true });
  if (PERCENT.has(metric)) return formatPercent(value);
  if (metric === "round_trips") return formatNumber(value, { digits: 0 });
  if (metric === "total_costs") return formatNumber(value);
  return formatNumber(value);
}
