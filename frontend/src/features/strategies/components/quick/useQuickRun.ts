import { useCallback, useEffect, useRef, useState } from "react";

import { runQuick, type BriefReport, type QuickReport, type QuickRun } from "@/features/backtests/mini/api";
import { comparable } from "@/features/backtests/mini/change";

export interface QuickState {
  running: boolean;
  /** The last answer; stays while a newer one is on its way. */
  report: QuickReport | null;
  /** The finished run before the one shown, where it can be compared. */
  before: BriefReport | null;
  /** Why there was no answer. */
  error: unknown;
  /** From pressing the key to the answer. */
  seconds: number | null;
}

const NOTHING: QuickState = { running: false, report: null, before: null, error: null, seconds: null };

/** One quick run at a time: a newer one ends the older. */
export function useQuickRun() {
  const [state, setState] = useState<QuickState>(NOTHING);
  const current = useRef<AbortController | null>(null);
  const done = useRef<BriefReport | null>(null);

  const run = useCallback(async (body: QuickRun) => {
    current.current?.abort();
    const own = new AbortController();
    current.current = own;
    const began = performance.now();
    setState((was) => ({ ...was, running: true, error: null }));
    try {
      const report = await runQuick(body, own.signal);
      if (own.signal.aborted) return;
      let before: BriefReport | null = null;
      if (report.status === "ok") {
        before = done.current !== null && comparable(report, done.current) ? done.current : null;
        done.current = report;
      }
      setState({ running: false, report, before, error: null, seconds: (performance.now() - began) / 1000 });
    } catch (error) {
      if (!own.signal.aborted) setState((was) => ({ ...was, running: false, error, seconds: null }));
    }
  }, []);

  const cancel = useCallback(() => {
    current.current?.abort();
    setState((was) => ({ ...was, running: false }));
  }, []);

  // Leaving the page ends what nobody will see.
  useEffect(() => () => current.current?.abort(), []);

  return { ...state, run, cancel };
}
