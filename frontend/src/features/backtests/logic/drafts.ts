import { useMemo, useSyncExternalStore } from "react";

import { DEFAULT_DRAFT, type BacktestDraft } from "./form";

const keyOf = (strategyId: string): string => `quantdesk.run-settings.${strategyId}`;

/** Whether a stored member can stand where the default stands: the form may have changed since it was stored. */
const fits = (value: unknown, initial: unknown): boolean =>
  initial === null ? value === null || typeof value === "string" : typeof value === typeof initial && Array.isArray(value) === Array.isArray(initial);

/** Give the settings last used with a strategy in this browser, with defaults for what is missing. */
export const readRunDraft = (strategyId: string): BacktestDraft => parsed(localStorage.getItem(keyOf(strategyId)));

function parsed(text: string | null): BacktestDraft {
  let stored: unknown = null;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    // Unreadable settings are as good as none.
  }
  if (typeof stored !== "object" || stored === null) return DEFAULT_DRAFT;
  const initial = Object.entries(DEFAULT_DRAFT) as [keyof BacktestDraft, unknown][];
  const known = stored as Record<string, unknown>;
  return Object.fromEntries(initial.map(([key, value]) => [key, fits(known[key], value) ? known[key] : value])) as unknown as BacktestDraft;
}

export function writeRunDraft(strategyId: string, draft: BacktestDraft): void {
  try {
    localStorage.setItem(keyOf(strategyId), JSON.stringify(draft));
  } catch {
    // Without storage the settings live as long as the page.
  }
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** Follow the settings of a strategy while the form changes them. */
export function useRunDraft(strategyId: string): BacktestDraft {
  const stored = useSyncExternalStore(subscribe, () => localStorage.getItem(keyOf(strategyId)));
  return useMemo(() => parsed(stored), [stored]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
