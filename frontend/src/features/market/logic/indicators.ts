/** Which indicators are drawn and with which parameters, and how that is asked of the API and drawn by the chart. */
import type { KLineLine, KLinePane } from "@/ui/kline";

import type { IndicatorInfo, IndicatorResult } from "../api";

export type ParameterValue = number | number[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

export interface ChosenIndicators {
  /** Keys in the order they were switched on. */
  active: readonly string[];
  /** What was changed from the defaults, by indicator. */
  parameters: Readonly<Record<string, Parameters>>;
}

/** More panes than this leave no room for the candles. */
export const MOST_PANES = 4;

/** Give the parameters in force. */
export function parametersOf(info: IndicatorInfo, changed: Parameters = {}): Record<string, ParameterValue> {
  return Object.fromEntries(info.parameters.map(({ name, default: initial }) => [name, changed[name] ?? initial]));
}

/** Write the chosen ones as the API reads them: `MA:5,10,20`, `MACD:12,26,9`. Keys the server no longer knows drop out. */
export function indicatorNames(catalogue: readonly IndicatorInfo[], chosen: ChosenIndicators): string[] {
  return chosen.active.flatMap((key) => {
    const info = catalogue.find((item) => item.key === key);
    if (info === undefined) return [];
    const values = Object.values(parametersOf(info, chosen.parameters[key])).flat();
    return [values.length === 0 ? key : `${key}:${values.join(",")}`];
  });
}

/** Switch one on or off; of panes the oldest gives way when there are too many. */
export function toggled(catalogue: readonly IndicatorInfo[], active: readonly string[], key: string): string[] {
  if (active.includes(key)) return active.filter((item) => item !== key);
  const isPane = (item: string) => catalogue.find((info) => info.key === item)?.pane === "own";
  const next = [...active, key];
  const panes = next.filter(isPane);
  const surplus = panes.slice(0, Math.max(0, panes.length - MOST_PANES));
  return next.filter((item) => !surplus.includes(item));
}

/** Say what is wrong with a value, or null; as the server checks it. */
export function valueProblem(
  { kind, minimum, maximum }: Pick<IndicatorInfo["parameters"][number], "kind" | "minimum" | "maximum">,
  value: ParameterValue | null,
): "missing" | "range" | "whole" | null {
  if (value === null || (Array.isArray(value) && value.length === 0)) return "missing";
  const items = Array.isArray(value) ? value : [value];
  if (items.some((item) => !Number.isFinite(item) || item < minimum || item > maximum)) return "range";
  return kind !== "float" && items.some((item) => !Number.isInteger(item)) ? "whole" : null;
}

/** Read a list of periods as typed: commas of both languages, spaces; null when something is no number. */
export function readPeriods(text: string): number[] | null {
  const items = text.split(/[\s,，、;；]+/).filter((item) => item !== "");
  const numbers = items.map(Number);
  return numbers.some((number) => !Number.isFinite(number)) ? null : [...new Set(numbers)];
}

/** Share the results out over the chart: lines over the candles, and panes. */
export function drawn(results: readonly IndicatorResult[]): { overlays: KLineLine[]; panes: KLinePane[] } {
  const overlays = results.filter(({ pane }) => pane === "overlay").flatMap(({ lines }) => lines);
  const panes = results
    .filter(({ pane }) => pane === "own")
    .map(({ key, parameters, lines }): KLinePane => {
      const histogram = lines.find(({ style }) => style === "bar");
      const values = Object.values(parameters).flat().join(",");
      return {
        key,
        title: values === "" ? key : `${key}(${values})`,
        lines: lines.filter(({ style }) => style === "line"),
        ...(histogram === undefined ? {} : { histogram }),
      };
    });
  return { overlays, panes };
}
