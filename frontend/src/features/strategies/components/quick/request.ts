import type { QuickRun } from "@/features/backtests/mini/api";
import { faultsOf, toSpec, type BacktestDraft, type Fault, type Parameter } from "@/features/backtests/logic/form";

import type { Project } from "../../logic/project";

/** A quick run takes so many symbols at most. */
export const MOST_SYMBOLS = 20;

/** Make the request of a quick run, or say what is wrong with the form. */
export function quickRequest(project: Project, draft: BacktestDraft, parameters: readonly Parameter[]): { body: QuickRun } | { fault: Fault } {
  const fault = Object.values(faultsOf(draft, parameters)).at(0);
  if (fault !== undefined) return { fault };
  const spec = toSpec({ ...draft, symbols: draft.symbols.slice(0, MOST_SYMBOLS) }, parameters);
  return { body: { code: project.code, files: project.files.map(({ path, text }) => ({ path, text })), spec } };
}
