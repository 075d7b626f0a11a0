/** The trials of a search: columns as the API sends them, events merged in, rows to show. */
import type { components } from "@/api/schema.gen";

export type TrialColumns = components["schemas"]["TrialColumns"];
export type TrialTable = components["schemas"]["TrialTable"];
export type TrialState = TrialColumns["state"][number];
export type Value = boolean | number | string;

export interface Trial {
  number: number;
  state: TrialState;
  params: Readonly<Record<string, Value>>;
  objective: number | null;
  metrics: Readonly<Record<string, number | null>>;
  errorCode: string | null;
}

/** Give the trials over all days, by number. */
export function rowsOf(columns: TrialColumns): Trial[] {
  const names = Object.entries(columns.params);
  const figures = Object.entries(columns.metrics);
  return columns.number
    .flatMap((number, at): Trial[] => {
      const state = columns.state[at];
      if (state === undefined || columns.fold[at] !== 0) return [];
      return [
        {
          number,
          state,
          params: Object.fromEntries(names.map(([name, values]) => [name, values[at] ?? ""])),
          objective: columns.objective[at] ?? null,
          metrics: Object.fromEntries(figures.map(([name, values]) => [name, values[at] ?? null])),
          errorCode: columns.error_code[at] ?? null,
        },
      ];
    })
    .sort((a, b) => a.number - b.number);
}

/** Lay some trials over the known ones, by number; those of a fold's own search are left out. */
export function merge(known: TrialColumns, incoming: TrialColumns): TrialColumns {
  const places = new Map(known.number.map((number, at) => [number, at]));
  const next: TrialColumns = {
    number: [...known.number],
    fold: [...known.fold],
    role: [...known.role],
    state: [...known.state],
    objective: [...known.objective],
    error_code: [...known.error_code],
    params: Object.fromEntries(Object.entries(known.params).map(([name, values]) => [name, [...values]])),
    metrics: Object.fromEntries(Object.entries(known.metrics).map(([name, values]) => [name, [...values]])),
  };
  let changed = false;
  for (const [from, number] of incoming.number.entries()) {
    if (incoming.fold[from] !== 0) continue;
    const at = places.get(number) ?? next.number.length;
    // What ended stays so: a table read before an event may arrive after it.
    if (incoming.state[from] === "queued" && (known.state[at] ?? "queued") !== "queued") continue;
    changed = true;
    places.set(number, at);
    next.number[at] = number;
    next.fold[at] = 0;
    next.role[at] = incoming.role[from] ?? "search";
    next.state[at] = incoming.state[from] ?? "queued";
    next.objective[at] = incoming.objective[from] ?? null;
    next.error_code[at] = incoming.error_code[from] ?? null;
    for (const [name, values] of Object.entries(incoming.params)) (next.params[name] ??= [])[at] = values[from] ?? "";
    for (const [name, values] of Object.entries(incoming.metrics)) (next.metrics[name] ??= [])[at] = values[from] ?? null;
  }
  return changed ? next : known;
}

/** Take a table that was read again, keeping what events had told before it. */
export function keepEnded(known: TrialTable, incoming: TrialTable): TrialTable {
  const { number, state } = incoming.trials;
  const ended = new Set(known.trials.number.filter((_, at) => known.trials.state[at] !== "queued"));
  const overtaken = number.some((one, at) => state[at] === "queued" && ended.has(one)) || [...ended].some((one) => !number.includes(one));
  return overtaken ? { ...incoming, trials: merge(known.trials, incoming.trials) } : incoming;
}

/** Give the best trial so far; of equals the first. */
export function bestOf(trials: readonly Trial[]): Trial | null {
  let best: Trial | null = null;
  for (const trial of trials) {
    if (trial.objective !== null && (best?.objective == null || trial.objective > best.objective)) best = trial;
  }
  return best;
}

/** Give the best objective up to each trial; null before the first that counts. */
export function runningBest(trials: readonly Trial[]): (number | null)[] {
  let best: number | null = null;
  return trials.map(({ objective }) => {
    if (objective !== null && (best === null || objective > best)) best = objective;
    return best;
  });
}

/** Write a parameter's value as a person would type it. */
export function valueText(value: Value | undefined): string {
  if (typeof value !== "number") return value === undefined ? "" : String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

export const paramsText = (params: Readonly<Record<string, Value>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(", ");
