/** What a strategy is debugged with: a small part of what its backtest would run on. */
import { faultsOf, toSpec, type BacktestDraft, type Parameter, type SpecInput } from "@/features/backtests/logic/form";

/** A year: at most 250 trading days. */
const DAYS = 364;
const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What a person chose otherwise. */
export interface Chosen {
  symbols?: readonly string[];
  start?: string;
  end?: string;
}

export interface Settings {
  symbols: readonly string[];
  start: string;
  end: string;
  /** Those to choose from. */
  known: readonly string[];
  adjust: BacktestDraft["adjustment"];
  parameters: NonNullable<SpecInput["params"]>;
  cash: string;
  fault: "noSymbols" | "badSettings" | "badDates" | null;
}

export function yearBefore(end: string): string {
  return new Date(Date.parse(end) - DAYS * DAY_MS).toISOString().slice(0, 10);
}

/** Give what to debug with: the form's first stock and the end of its time, unless chosen otherwise. */
export function settingsOf(draft: BacktestDraft, parameters: readonly Parameter[], chosen: Chosen): Settings {
  const symbols = chosen.symbols ?? draft.symbols.slice(0, 1);
  const end = chosen.end ?? draft.end;
  const early = DATE.test(end) ? yearBefore(end) : "";
  const start = chosen.start ?? (draft.start > early ? draft.start : early);
  const { params, cash, adjustment } = toSpec(draft, parameters);
  const faults = Object.keys(faultsOf(draft, parameters));
  const wrong = faults.some((field) => field === "cash" || field.startsWith("params."));
  const dated = DATE.test(start) && DATE.test(end);
  return {
    symbols,
    start,
    end,
    known: draft.symbols,
    adjust: adjustment,
    parameters: params ?? {},
    cash: String(cash),
    fault: symbols.length === 0 || !dated ? "noSymbols" : start >= end ? "badDates" : wrong ? "badSettings" : null,
  };
}
