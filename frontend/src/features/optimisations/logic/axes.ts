/** The places of a parameter on an axis: each value of a short list, or bins of a long or continuous range. */
import type { components } from "@/api/schema.gen";

import { valueText, type Value } from "./trials";

export type Range = components["schemas"]["IntRange"] | components["schemas"]["FloatRange"] | components["schemas"]["ChoiceRange"];
export type Ranges = Readonly<Record<string, Range>>;

/** More values than this are put into bins. */
const MOST_VALUES = 48;
const BINS = 16;

export interface Axis {
  name: string;
  labels: readonly string[];
  /** The index of a value's place; -1 when it has none. */
  place: (value: Value | undefined) => number;
  /** Whether each place is one value. */
  exact: boolean;
}

/** Count the steps from low to high; the end counts when it is a step (to a millionth of one). */
const stepsIn = (low: number, high: number, step: number): number => Math.floor((high - low) / step + 1e-6);

/** List the values of a range with steps or choices; null of a continuous or very long one. */
export function valuesOf(range: Range): Value[] | null {
  if (range.kind === "choice") return range.values;
  const step = range.kind === "int" ? range.step : (range.step ?? null);
  if (step === null || !(step > 0) || (range.kind === "float" && range.log)) return null;
  const steps = stepsIn(range.low, range.high, step);
  if (!(steps >= 0) || steps >= 1000) return null;
  return Array.from({ length: steps + 1 }, (_, index) => Number((range.low + index * step).toPrecision(12)));
}

export function axisOf(name: string, range: Range): Axis {
  const values = valuesOf(range);
  if (values !== null && values.length <= MOST_VALUES) {
    const labels = values.map(valueText);
    const places = new Map(labels.map((label, index) => [label, index]));
    return { name, labels, exact: true, place: (value) => places.get(valueText(value)) ?? -1 };
  }
  return binned(name, range);
}

function binned(name: string, range: Range): Axis {
  if (range.kind === "choice") {
    const labels = range.values.map(valueText);
    return { name, labels, exact: true, place: (value) => labels.indexOf(valueText(value)) };
  }
  const log = range.kind === "float" && range.log && range.low > 0;
  const scale = (value: number) => (log ? Math.log(value) : value);
  const [low, high] = [scale(range.low), scale(range.high)];
  const width = (high - low) / BINS;
  const edge = (index: number) => {
    const value = low + width * index;
    return Number((log ? Math.exp(value) : value).toPrecision(3));
  };
  return {
    name,
    exact: false,
    labels: Array.from({ length: BINS }, (_, index) => `${valueText(edge(index))}–${valueText(edge(index + 1))}`),
    place: (value) => {
      if (typeof value !== "number" || width <= 0) return -1;
      const at = Math.floor((scale(value) - low) / width + 1e-9);
      return value === range.high ? BINS - 1 : at >= 0 && at < BINS ? at : -1;
    },
  };
}
