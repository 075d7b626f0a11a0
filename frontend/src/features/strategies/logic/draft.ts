/** Unsaved text, kept in this browser at every keystroke. */

export interface Draft {
  /** The version it was made from. */
  base: number;
  code: string;
  /** Milliseconds since the epoch. */
  at: number;
}

const keyOf = (strategyId: string): string => `quantdesk.draft.${strategyId}`;

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { base, code, at } = value as Partial<Record<keyof Draft, unknown>>;
  return typeof base === "number" && typeof code === "string" && typeof at === "number";
}

/** Give the draft of a strategy, or null when there is none that can be read. */
export function readDraft(strategyId: string): Draft | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(strategyId)) ?? "null");
    return isDraft(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keep a draft.
 *
 * @returns false when the browser has no room or allows no storage: then only the page itself holds the text.
 */
export function writeDraft(strategyId: string, draft: Draft): boolean {
  try {
    localStorage.setItem(keyOf(strategyId), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(strategyId: string): void {
  try {
    localStorage.removeItem(keyOf(strategyId));
  } catch {
    // Without storage there is nothing to drop.
  }
}

const queueKeyOf = (strategyId: string): string => `quantdesk.queued.${strategyId}`;

/** Remember, over a reload too, that a save waits for the connection; null: none waits. */
export function queueSave(strategyId: string, note: string | null): void {
  try {
    if (note === null) localStorage.removeItem(queueKeyOf(strategyId));
    else localStorage.setItem(queueKeyOf(strategyId), note);
  } catch {
    // Without storage it waits as long as the page is open.
  }
}

/** The message of the save that waits; null when none does. */
export function queuedSave(strategyId: string): string | null {
  try {
    return localStorage.getItem(queueKeyOf(strategyId));
  } catch {
    return null;
  }
}
