/** Unsaved text, kept in this browser at every keystroke: a key a file, so that a keystroke writes one file. */
import { type Project, type SourceFile } from "./project";

export interface Draft extends Project {
  /** The version it was made from. */
  base: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What the draft's own key holds; drafts of before there were files have the code in it, and no paths. */
interface Head {
  base: number;
  at: number;
  code?: string;
  paths?: string[];
  /** Which page wrote it. */
  page?: string;
}

const keyOf = (strategyId: string): string => `quantdesk.draft.${strategyId}`;
/** A path has no `:`, and the main file's is empty. */
const fileKeyOf = (strategyId: string, path: string): string => `${keyOf(strategyId)}:${path}`;

function isHead(value: unknown): value is Head {
  if (typeof value !== "object" || value === null) return false;
  const { base, code, at, paths } = value as Partial<Record<keyof Head, unknown>>;
  if (typeof base !== "number" || typeof at !== "number") return false;
  return typeof code === "string" || (Array.isArray(paths) && paths.every((path) => typeof path === "string"));
}

function readHead(strategyId: string): Head | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(strategyId)) ?? "null");
    return isHead(value) ? value : null;
  } catch {
    return null;
  }
}

/** Give the draft of a strategy, or null when there is none that can be read. */
export function readDraft(strategyId: string): Draft | null {
  const head = readHead(strategyId);
  if (head === null) return null;
  const { base, at, code, paths = [] } = head;
  if (code !== undefined) return { base, at, code, files: [] };
  const main = localStorage.getItem(fileKeyOf(strategyId, ""));
  if (main === null) return null;
  const files = paths.flatMap((path): SourceFile[] => {
    const text = localStorage.getItem(fileKeyOf(strategyId, path));
    return text === null ? [] : [{ path, text }];
  });
  return { base, at, code: main, files };
}

/** Makes the pages that are open at once tell their drafts apart. */
const PAGE = crypto.getRandomValues(new Uint32Array(2)).join("-");

/** Keeps the draft of one strategy: it remembers what it wrote, and writes what differs. */
export class DraftKeeper {
  private readonly written = new Map<string, string>();

  constructor(private readonly strategyId: string) {}

  /** Keep a draft.
   *
   * @returns false when the browser has no room or allows no storage: then only the page itself holds the text.
   */
  write({ code, files, base, at }: Draft): boolean {
    try {
      // Another page has written its own draft over ours, or dropped it: nothing of what we wrote can be relied on.
      if (readHead(this.strategyId)?.page !== PAGE) this.written.clear();
      this.put("", code);
      for (const { path, text } of files) this.put(path, text);
      // The files are there before their list is, and go after it.
      const head: Head = { base, at, paths: files.map(({ path }) => path), page: PAGE };
      localStorage.setItem(keyOf(this.strategyId), JSON.stringify(head));
      this.leave(files);
      return true;
    } catch {
      return false;
    }
  }

  private put(path: string, text: string): void {
    if (this.written.get(path) === text) return;
    localStorage.setItem(fileKeyOf(this.strategyId, path), text);
    this.written.set(path, text);
  }

  private leave(files: readonly SourceFile[]): void {
    if (this.written.size === files.length + 1) return;
    const kept = new Set(files.map(({ path }) => path));
    for (const path of [...this.written.keys()]) {
      if (path === "" || kept.has(path)) continue;
      localStorage.removeItem(fileKeyOf(this.strategyId, path));
      this.written.delete(path);
    }
  }
}

export function dropDraft(strategyId: string): void {
  try {
    localStorage.removeItem(keyOf(strategyId));
    const prefix = fileKeyOf(strategyId, "");
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
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
