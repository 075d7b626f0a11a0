import { useCallback, useMemo, useState } from "react";

import type { CodeBreakpoint } from "@/ui/editor";

import { debugTexts } from "./i18n";
import { at, drawn, made, moved, put, readKept, toggled, writeKept, type Breakpoint, type Kept, type Verdict } from "./logic/breakpoints";
import type { Chosen } from "./logic/settings";

interface Editing {
  breakpoint: Breakpoint;
  at: { x: number; y: number };
}

/** The breakpoints, watch expressions and settings of a document's debugger; kept in this browser. */
export function useBreakpoints(document: string, path: string, verdictOf: (breakpoint: Breakpoint) => Verdict | undefined) {
  const t = debugTexts.useText();
  const [kept, setKept] = useState<Kept>(() => readKept(document));
  const [editing, setEditing] = useState<Editing | null>(null);
  const { breakpoints, watches, chosen } = kept;

  const keep = useCallback(
    (change: (before: Kept) => Partial<Kept>) =>
      setKept((before) => {
        const after = { ...before, ...change(before) };
        writeKept(document, after);
        return after;
      }),
    [document],
  );
  const change = useCallback((next: (list: readonly Breakpoint[]) => readonly Breakpoint[]) => keep((before) => ({ breakpoints: next(before.breakpoints) })), [keep]);

  const hint = useCallback(
    (each: Breakpoint): string => {
      const verdict = each.enabled ? verdictOf(each) : undefined;
      const wrong = verdict?.verified === false ? (verdict.message ? t("unverified", { message: verdict.message }) : t("unverifiedPlain")) : verdict?.message;
      return [
        wrong,
        !each.enabled && t("hintOff"),
        each.condition.trim() !== "" && t("hintIf", { condition: each.condition }),
        each.hits !== null && t("hintHits", { hits: each.hits }),
        each.log.trim() !== "" && t("hintLog", { log: each.log }),
        t("hintEdit"),
      ]
        .filter(Boolean)
        .join(" · ");
    },
    [t, verdictOf],
  );
  const marks = useMemo<CodeBreakpoint[]>(
    () => breakpoints.filter((each) => each.path === path).map((each) => drawn(each, verdictOf(each), hint(each))),
    [breakpoints, path, verdictOf, hint],
  );

  return {
    breakpoints,
    watches,
    chosen,
    marks,
    hint,
    editing,
    setWatches: useCallback((next: readonly string[]) => keep(() => ({ watches: next })), [keep]),
    choose: useCallback((next: Chosen) => keep((before) => ({ chosen: { ...before.chosen, ...next } })), [keep]),
    toggle: useCallback((line: number) => change((list) => toggled(list, path, line)), [change, path]),
    move: useCallback((lines: ReadonlyMap<string, number>) => change((list) => moved(list, lines)), [change]),
    put: useCallback((breakpoint: Breakpoint) => change((list) => put(list, breakpoint)), [change]),
    remove: useCallback((breakpoint: Breakpoint) => change((list) => list.filter(({ id }) => id !== breakpoint.id)), [change]),
    removeAll: useCallback(() => change(() => []), [change]),
    edit: setEditing,
    editLine: (line: number, place: { x: number; y: number }) => setEditing({ breakpoint: at(breakpoints, path, line) ?? made(path, line), at: place }),
  };
}
