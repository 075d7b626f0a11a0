/** What a form that nobody has filled yet starts with, so that one click runs. */
import type { components } from "@/api/schema.gen";

import { presetRange } from "./dates";
import type { BacktestDraft } from "./form";

type DataSummary = components["schemas"]["DataSummary"];

/** A stock of the demo market that trades on every day of it, and the demo market's broad index. */
const DEMO = { symbol: "600001.DEMO", benchmark: "900001.DEMO" };
const isDemo = (symbol: string): boolean => symbol.endsWith(".DEMO");

/** Fill a fresh form: the last five stored years, the symbol used last or, where only the demo market is stored, one of its own.
 *
 * A form with dates has been filled before: it is given back as it is.
 */
export function withDefaults(draft: BacktestDraft, { last, symbols, simulated_symbols }: DataSummary, recent: readonly string[]): BacktestDraft {
  if (last === null || draft.start !== "" || draft.end !== "") return draft;
  const demoOnly = symbols > 0 && simulated_symbols === symbols;
  const usable = demoOnly ? recent.filter(isDemo) : recent;
  const chosen = draft.symbols.length > 0 ? draft.symbols : (usable.slice(0, 1).concat(demoOnly ? [DEMO.symbol] : [])).slice(0, 1);
  const demo = simulated_symbols > 0 && chosen.length > 0 && chosen.every(isDemo);
  return { ...draft, ...presetRange("5y", last), symbols: chosen, benchmark: draft.benchmark ?? (demo ? DEMO.benchmark : null) };
}
