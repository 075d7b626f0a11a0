import { isFinished } from "@/features/jobs/api";

import type { DatasetTally, Refresh, RefreshBody, RefreshPlan } from "./api";

export interface Freshness {
  /** Instruments whose bars could be refreshed. */
  total: number;
  fresh: number;
  /** Instruments that no online source has. */
  leftOut: number;
}

/** Count what a plan says of the instruments. */
export function freshnessOf({ symbols, left_out, reasons }: Pick<RefreshPlan, "symbols" | "left_out" | "reasons">): Freshness {
  const unserved = (reasons.unsupported ?? 0) + (reasons.simulated ?? 0);
  const total = symbols - unserved;
  const lacking = (reasons.new ?? 0) + (reasons.behind ?? 0) + (reasons.incomplete ?? 0);
  return { total, fresh: total - lacking, leftOut: left_out + unserved };
}

/** What a person can choose to refresh. */
export const SCOPES = ["everything", "stocks", "indices", "watchlist", "symbols", "datasets"] as const;
export type Choice = (typeof SCOPES)[number];

export const EVERYTHING: RefreshBody = { scope: "everything" };

/** Give the body of a choice; null while something has to be chosen yet. */
export function bodyOf(choice: Choice, symbols: readonly string[], datasets: readonly Dataset[]): RefreshBody | null {
  if (choice === "symbols") return symbols.length > 0 ? { ...EVERYTHING, symbols: [...symbols] } : null;
  if (choice === "datasets") return datasets.length > 0 ? { ...EVERYTHING, datasets: [...datasets] } : null;
  return { scope: choice };
}

/** Whether a refresh has ended with something left to fetch. */
export const canResume = ({ job, counts }: Pick<Refresh, "job" | "counts">): boolean => isFinished(job) && counts.pending + counts.failed > 0;

export interface Progress {
  done: number;
  total: number;
  /** Items a minute; null while it is not the one being fetched. */
  pace: number | null;
  secondsLeft: number | null;
  state: "waiting" | "running" | "finished";
}

/** How far a dataset is. */
export function progressOf({ counts, current, seconds_each }: Pick<DatasetTally, "counts" | "current" | "seconds_each">): Progress {
  const done = counts.done + counts.unchanged + counts.failed;
  const each = current !== null && seconds_each !== null && seconds_each > 0 ? seconds_each : null;
  return {
    done,
    total: done + counts.pending,
    pace: each === null ? null : 60 / each,
    secondsLeft: each === null ? null : counts.pending * each,
    state: current !== null ? "running" : counts.pending > 0 ? "waiting" : "finished",
  };
}

/** The times of day between two minutes of the day, each quarter of an hour; and its own one. */
export function timesOfDay(own: string, first: number, last: number): string[] {
  const times = new Set([own]);
  for (let minutes = first; minutes < last; minutes += 15) {
    times.add(`${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`);
  }
  return [...times].sort();
}

/** Minutes as a person says them: none are less than one. */
export const minutesText = (minutes: number): number => Math.max(1, Math.round(minutes));

/** The datasets that are kept fresh, in the order of fetching. */
export const DATASETS = [
  "calendar",
  "instruments",
  "index_daily",
  "stock_daily",
  "etf_daily",
  "futures_daily",
  "suspensions",
  "limit_up_pool",
  "constituents",
  "futures_contracts",
  "funds",
  "industry_boards",
  "concept_boards",
  "dividends",
  "fund_nav",
  "valuation",
  "names",
  "statements",
] as const;
export type Dataset = (typeof DATASETS)[number];

/** Symbols as a person types them, each once. */
export const symbolsIn = (text: string): string[] => [...new Set(text.split(/[\s,，;；、]+/).filter(Boolean))];
