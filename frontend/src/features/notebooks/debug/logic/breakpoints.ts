/** Where a document's program is to stop, as a person set it. */
import type { components } from "@/api/schema.gen";
import type { CodeBreakpoint } from "@/ui/editor";

import type { Chosen } from "./settings";

export type Verdict = components["schemas"]["SetBreakpoint"];
type Sent = components["schemas"]["Breakpoint"];

/** The file of a document that holds the strategy itself. */
export const MAIN = "strategy.py";
const MOST = 500;

export interface Breakpoint {
  id: string;
  path: string;
  /** From 1. */
  line: number;
  enabled: boolean;
  /** Empty: always. */
  condition: string;
  /** Stops the n-th time and from then on; null: at once. */
  hits: number | null;
  /** Printed instead of stopping; empty: it stops. */
  log: string;
}

export const at = (list: readonly Breakpoint[], path: string, line: number): Breakpoint | undefined =>
  list.find((each) => each.path === path && each.line === line);

const sorted = (list: Breakpoint[]): Breakpoint[] => list.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);

export const made = (path: string, line: number): Breakpoint => ({
  id: crypto.randomUUID(),
  path,
  line,
  enabled: true,
  condition: "",
  hits: null,
  log: "",
});

/** Set one in a line, or take it away. */
export function toggled(list: readonly Breakpoint[], path: string, line: number): readonly Breakpoint[] {
  const there = at(list, path, line);
  if (there !== undefined) return list.filter((each) => each !== there);
  return list.length >= MOST ? list : sorted([...list, made(path, line)]);
}

/** Put one in, in place of the one that had its id or stands in its line. */
export function put(list: readonly Breakpoint[], breakpoint: Breakpoint): readonly Breakpoint[] {
  const others = list.filter(({ id, path, line }) => id !== breakpoint.id && (path !== breakpoint.path || line !== breakpoint.line));
  return others.length >= MOST ? list : sorted([...others, breakpoint]);
}

/** Move them with the text; of two that come to one line the first stays. */
export function moved(list: readonly Breakpoint[], lines: ReadonlyMap<string, number>): readonly Breakpoint[] {
  const places = new Set<string>();
  return sorted(list.map((each) => ({ ...each, line: lines.get(each.id) ?? each.line }))).filter(({ path, line }) => {
    const place = `${line} ${path}`;
    return places.size < places.add(place).size;
  });
}

/** What the kernel is told: those that are on, at the lines of the text that runs. */
export function sent(list: readonly Breakpoint[], lineThere: (path: string, line: number) => number): Sent[] {
  return list
    .filter(({ enabled }) => enabled)
    .map(({ path, line, condition, hits, log }) => ({
      path,
      line: lineThere(path, line),
      condition: condition.trim() || null,
      hits,
      log: log.trim() || null,
    }));
}

/** How one is drawn in the editor. */
export function drawn(breakpoint: Breakpoint, verdict: Verdict | undefined, hint: string): CodeBreakpoint {
  const { id, line, log, condition, hits, enabled } = breakpoint;
  const kind = log.trim() !== "" ? "log" : condition.trim() !== "" || hits !== null ? "condition" : "plain";
  return { id, line, kind, state: !enabled ? "off" : verdict?.verified === false ? "unverified" : "on", hint };
}

const keyOf = (document: string): string => `quantdesk.debug.${document}`;

/** What is kept of a document's debugger in this browser. */
export interface Kept {
  breakpoints: readonly Breakpoint[];
  watches: readonly string[];
  /** What it was started with, where that is not what the backtest has. */
  chosen: Chosen;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isLine = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function isBreakpoint(value: unknown): value is Breakpoint {
  if (typeof value !== "object" || value === null) return false;
  const { id, path, line, enabled, condition, hits, log } = value as Record<string, unknown>;
  return [id, path, condition, log].every(isText) && isLine(line) && typeof enabled === "boolean" && (hits === null || isLine(hits));
}

function chosenOf(value: unknown): Chosen {
  const { symbols, start, end } = (typeof value === "object" ? (value ?? {}) : {}) as Record<string, unknown>;
  return {
    ...(Array.isArray(symbols) && { symbols: symbols.filter(isText) }),
    ...(isText(start) && { start }),
    ...(isText(end) && { end }),
  };
}

export function readKept(document: string): Kept {
  let stored: unknown = null;
  try {
    stored = JSON.parse(localStorage.getItem(keyOf(document)) ?? "null");
  } catch {
    // Unreadable breakpoints are as good as none.
  }
  const { breakpoints, watches, chosen } = (typeof stored === "object" ? (stored ?? {}) : {}) as Record<string, unknown>;
  return {
    breakpoints: Array.isArray(breakpoints) ? breakpoints.filter(isBreakpoint) : [],
    watches: Array.isArray(watches) ? watches.filter(isText) : [],
    chosen: chosenOf(chosen),
  };
}

export function writeKept(document: string, kept: Kept): void {
  try {
    localStorage.setItem(keyOf(document), JSON.stringify(kept));
  } catch {
    // Without storage they live as long as the page.
  }
}
