/** The form of an optimisation: what a person types, whether it can be used, and the plan it stands for. */
import type { components } from "@/api/schema.gen";
import { normalise } from "@/features/backtests/logic/decimals";
import { faultsOf, fromSpec, toSpec, type BacktestDraft, type Faults, type Parameter } from "@/features/backtests/logic/form";

import { valueText, type Value } from "./trials";
import type { Range } from "./axes";
import type { Objective } from "./metric";

type Optimisation = components["schemas"]["Optimisation"];
type SearchPlan = components["schemas"]["SearchPlan"];
export type SearchKind = components["schemas"]["Search"]["kind"];

/** A range as typed. */
export interface RangeDraft {
  kind: Range["kind"];
  low: string;
  high: string;
  /** Empty: any value between (float only, and not for a grid). */
  step: string;
  log: boolean;
  /** Of a choice: the values tried, as texts. */
  values: string[];
}

export interface PlanDraft {
  base: BacktestDraft;
  /** The parameters that are searched; the others stay fixed as `base.params` says. */
  ranges: Record<string, RangeDraft>;
  search: SearchKind;
  /** Of random and TPE. */
  trials: string;
  metric: Objective["metric"];
  minRoundTrips: string;
  walkForward: boolean;
  trainDays: string;
  testDays: string;
  anchored: boolean;
  embargoDays: string;
}

export type PlanField = "trials" | "minRoundTrips" | "trainDays" | "testDays" | "embargoDays" | "ranges" | `ranges.${string}`;
/** Keys of the form's texts. */
export type PlanFault =
  | "faultWhole"
  | "faultNumber"
  | "faultOrder"
  | "faultStep"
  | "faultStepNeeded"
  | "faultLog"
  | "faultValues"
  | "faultTrials"
  | "faultRoundTrips"
  | "faultTrain"
  | "faultTest"
  | "faultEmbargo"
  | "faultNothing"
  | "faultTooMany";
export type PlanFaults = Partial<Record<PlanField, PlanFault>>;

/** Points of a range that a form starts with, at most. */
const START_POINTS = 10;
const MOST_TRIALS = 5000;
const MOST_RANGES = 10;
/** Parameters that a form starts to search: two make a heat map. */
const START_RANGES = 2;

/** The values a parameter may only be chosen from; null of a number that may be any. */
export function choicesOf({ type, choices }: Parameter): Value[] | null {
  if (choices != null && choices.length > 0) return choices;
  return type === "bool" ? [false, true] : null;
}

export const isSearchable = (parameter: Parameter): boolean =>
  choicesOf(parameter) !== null || parameter.type === "int" || parameter.type === "float";

/** A round step (1, 2 or 5 times a power of ten) that leaves no more than the points from low to high. */
function niceStep(span: number, points: number, whole: boolean): number {
  const least = span / (points - 1);
  if (whole && least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least * (1 - 1e-9)) ?? 10 * power;
  return Number(step.toPrecision(6));
}

/** A first range of a parameter: the declared one, with about ten points; else around its default. */
export function startRange(parameter: Parameter): RangeDraft {
  const empty = { low: "", high: "", step: "", log: false, values: [] };
  const choices = choicesOf(parameter);
  if (choices !== null) return { ...empty, kind: "choice", values: choices.map(valueText) };
  const whole = parameter.type === "int";
  const own = typeof parameter.default === "number" ? parameter.default : 1;
  const low = parameter.minimum ?? (whole ? Math.ceil(own / 2) : own / 2);
  const high = parameter.maximum ?? own * 2;
  const span = Math.abs(high - low);
  return {
    ...empty,
    kind: whole ? "int" : "float",
    low: valueText(Math.min(low, high)),
    high: valueText(Math.max(low, high)),
    step: span > 0 ? valueText(niceStep(span, START_POINTS, whole)) : "1",
  };
}

/** A form for a strategy: its first numbers are searched on the settings given. */
export function startDraft(base: BacktestDraft, parameters: readonly Parameter[]): PlanDraft {
  const first = parameters.filter(({ type }) => type === "int" || type === "float").slice(0, START_RANGES);
  return {
    base,
    ranges: Object.fromEntries(first.map((parameter) => [parameter.name, startRange(parameter)])),
    search: "grid",
    trials: "200",
    metric: "sharpe",
    minRoundTrips: "1",
    walkForward: false,
    trainDays: "488",
    testDays: "122",
    anchored: false,
    embargoDays: "0",
  };
}

/** A form filled from an optimisation, to run it again with changes. */
export function draftOf({ spec, ranges, search, objective, walk_forward: walk }: Optimisation): PlanDraft {
  const start = startDraft(fromSpec(spec), []);
  return {
    ...start,
    ranges: Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, rangeDraft(range)])),
    search: search.kind,
    trials: search.trials == null ? start.trials : String(search.trials),
    metric: objective.metric,
    minRoundTrips: String(objective.min_round_trips),
    walkForward: walk !== null,
    ...(walk === null
      ? {}
      : { trainDays: String(walk.train_days), testDays: String(walk.test_days), anchored: walk.anchored, embargoDays: String(walk.embargo_days) }),
  };
}

function rangeDraft(range: Range): RangeDraft {
  if (range.kind === "choice") return { kind: "choice", low: "", high: "", step: "", log: false, values: range.values.map(valueText) };
  return {
    kind: range.kind,
    low: valueText(range.low),
    high: valueText(range.high),
    step: range.step == null ? "" : valueText(range.step),
    log: range.kind === "float" && range.log,
    values: [],
  };
}

const numberOf = (text: string): number | null => {
  const plain = normalise(text);
  return plain === null ? null : Number(plain);
};

function wholeIn(text: string, low: number, high: number): boolean {
  const value = numberOf(text);
  return value !== null && Number.isInteger(value) && value >= low && value <= high;
}

function rangeFaults(name: string, range: RangeDraft, grid: boolean): [PlanField, PlanFault][] {
  if (range.kind === "choice") return range.values.length === 0 ? [[`ranges.${name}.values`, "faultValues"]] : [];
  const found: [PlanField, PlanFault][] = [];
  const figures = { low: numberOf(range.low), high: numberOf(range.high), step: numberOf(range.step) };
  for (const field of ["low", "high"] as const) {
    const value = figures[field];
    if (value === null) found.push([`ranges.${name}.${field}`, "faultNumber"]);
    else if (range.kind === "int" && !Number.isInteger(value)) found.push([`ranges.${name}.${field}`, "faultWhole"]);
  }
  const { low, high, step } = figures;
  if (found.length === 0 && low !== null && high !== null && high <= low) found.push([`ranges.${name}.high`, "faultOrder"]);
  if (range.log && low !== null && low <= 0) found.push([`ranges.${name}.low`, "faultLog"]);
  const free = range.step.trim() === "" && range.kind === "float";
  if (free ? grid : range.log ? grid : step === null || step <= 0) found.push([`ranges.${name}.step`, free || range.log ? "faultStepNeeded" : "faultStep"]);
  else if (range.kind === "int" && step !== null && !Number.isInteger(step)) found.push([`ranges.${name}.step`, "faultWhole"]);
  return found;
}

/** Find every fault of what belongs to the search; the settings of the runs have theirs in `baseFaults`. */
export function planFaults(draft: PlanDraft): PlanFaults {
  const grid = draft.search === "grid";
  const names = Object.keys(draft.ranges);
  const found: [PlanField, PlanFault | undefined][] = [
    ["ranges", names.length === 0 ? "faultNothing" : names.length > MOST_RANGES ? "faultTooMany" : undefined],
    ...Object.entries(draft.ranges).flatMap(([name, range]) => rangeFaults(name, range, grid)),
    ["trials", grid || wholeIn(draft.trials, 1, MOST_TRIALS) ? undefined : "faultTrials"],
    ["minRoundTrips", wholeIn(draft.minRoundTrips, 0, 1_000_000) ? undefined : "faultRoundTrips"],
    ["trainDays", !draft.walkForward || wholeIn(draft.trainDays, 20, 100_000) ? undefined : "faultTrain"],
    ["testDays", !draft.walkForward || wholeIn(draft.testDays, 5, 100_000) ? undefined : "faultTest"],
    ["embargoDays", !draft.walkForward || wholeIn(draft.embargoDays, 0, 100_000) ? undefined : "faultEmbargo"],
  ];
  return Object.fromEntries(found.filter(([, fault]) => fault !== undefined));
}

const fixedOf = (draft: PlanDraft, parameters: readonly Parameter[]) => parameters.filter(({ name }) => !(name in draft.ranges));

export const baseFaults = (draft: PlanDraft, parameters: readonly Parameter[]): Faults => faultsOf(draft.base, fixedOf(draft, parameters));

function toRange(draft: RangeDraft, parameter: Parameter | undefined): Range {
  if (draft.kind === "choice") {
    const known = parameter === undefined ? null : choicesOf(parameter);
    return { kind: "choice", values: draft.values.map((text) => known?.find((value) => valueText(value) === text) ?? text) };
  }
  const low = Number(normalise(draft.low));
  const high = Number(normalise(draft.high));
  const step = numberOf(draft.step);
  if (draft.kind === "int") return { kind: "int", low, high, step: step ?? 1 };
  return { kind: "float", low, high, step: draft.log ? null : step, log: draft.log };
}

/** Make the API's plan of a form without faults. */
export function toPlan(draft: PlanDraft, strategyId: string, version: number, parameters: readonly Parameter[]): SearchPlan {
  const ranges = Object.entries(draft.ranges).map(([name, range]) => [name, toRange(range, parameters.find((one) => one.name === name))] as const);
  const whole = (text: string) => Number(normalise(text));
  return {
    strategy_id: strategyId,
    version,
    spec: toSpec(draft.base, fixedOf(draft, parameters)),
    ranges: Object.fromEntries(ranges),
    search: draft.search === "grid" ? { kind: "grid", seed: 0 } : { kind: draft.search, trials: whole(draft.trials), seed: 0 },
    objective: { metric: draft.metric, min_round_trips: whole(draft.minRoundTrips) },
    walk_forward: draft.walkForward
      ? { train_days: whole(draft.trainDays), test_days: whole(draft.testDays), anchored: draft.anchored, embargo_days: whole(draft.embargoDays) }
      : null,
  };
}

const PLAN_FIELDS: Record<string, PlanField> = {
  "search.trials": "trials",
  search: "trials",
  "objective.min_round_trips": "minRoundTrips",
  "walk_forward.train_days": "trainDays",
  "walk_forward.test_days": "testDays",
  "walk_forward.embargo_days": "embargoDays",
  walk_forward: "trainDays",
};

/** Find the form's field for a field the server named; null of one that belongs to the runs' settings. */
export function planField(path: string): PlanField | null {
  const plain = path.replace(/^body\./, "");
  if (plain === "ranges") return "ranges";
  // The server names the kind of the range between the parameter and its member.
  if (plain.startsWith("ranges.")) return plain.replace(/^(ranges\.[^.]+)\.(?:int|float|choice)(?=\.|$)/, "$1") as PlanField;
  return PLAN_FIELDS[plain] ?? null;
}

