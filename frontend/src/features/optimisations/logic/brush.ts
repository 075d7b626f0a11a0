/** Brushing the parallel coordinates: which trials pass all chosen intervals. */
import { axisOf, type Ranges } from "./axes";
import type { Trial } from "./trials";

/** Chosen intervals of each axis, in the axis' own numbers. */
export type Brushes = Readonly<Record<string, readonly (readonly [low: number, high: number])[]>>;

export const OBJECTIVE = "objective";

export interface ParallelAxis {
  name: string;
  /** Words at the places of an axis of choices; null on an axis of numbers. */
  labels: readonly string[] | null;
  low: number;
  high: number;
  log: boolean;
  /** The distance of the values that are tried, where these are few enough to be written; null leaves it to the chart. */
  step: number | null;
  value: (trial: Trial) => number | null;
}

/** So many values of a parameter are written on its axis. */
const MOST_TICKS = 12;

function stepOf(name: string, range: Ranges[string]): number | null {
  const { exact, labels } = axisOf(name, range);
  return exact && labels.length <= MOST_TICKS && "step" in range ? (range.step ?? null) : null;
}

/** The axes of a search: each parameter, then the objective. */
export function parallelAxes(ranges: Ranges, trials: readonly Trial[]): ParallelAxis[] {
  const params = Object.entries(ranges).map(([name, range]): ParallelAxis => {
    if (range.kind === "choice") {
      const axis = axisOf(name, range);
      const place = (trial: Trial) => {
        const at = axis.place(trial.params[name]);
        return at < 0 ? null : at;
      };
      return { name, labels: axis.labels, low: 0, high: axis.labels.length - 1, log: false, step: 1, value: place };
    }
    const value = (trial: Trial) => {
      const own = trial.params[name];
      return typeof own === "number" ? own : null;
    };
    return { name, labels: null, low: range.low, high: range.high, log: range.kind === "float" && range.log, step: stepOf(name, range), value };
  });
  const scores = trials.flatMap(({ objective }) => (objective === null ? [] : [objective]));
  const low = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const objective = { name: OBJECTIVE, labels: null, low: scores.length === 0 ? 0 : low, high: scores.length === 0 ? 1 : high, log: false, step: null };
  return [...params, { ...objective, value: (trial) => trial.objective }];
}

/** Keep the trials inside of an interval of each brushed axis. */
export function brushed(trials: readonly Trial[], axes: readonly ParallelAxis[], brushes: Brushes): readonly Trial[] {
  const active = axes.filter(({ name }) => (brushes[name]?.length ?? 0) > 0);
  if (active.length === 0) return trials;
  return trials.filter((trial) =>
    active.every(({ name, value }) => {
      const own = value(trial);
      return own !== null && (brushes[name] ?? []).some(([low, high]) => own >= low && own <= high);
    }),
  );
}
