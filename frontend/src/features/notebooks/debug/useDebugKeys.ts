import { useEffect, useEffectEvent, useRef } from "react";

import type { How } from "./DebugToolbar";

const KEYS: Record<string, How> = { F5: "continue", F10: "over", F11: "in", "Shift+F11": "out", "Shift+F5": "stop" };
/** After a step the next press may come before the next stop: the browser is not to take it. */
const GRACE_MS = 800;

/** The debugger's keys, from anywhere on the page, while something is stopped; at other times they are the browser's. */
export function useDebugKeys(stopped: boolean, onStep: (how: How) => void): void {
  const until = useRef(0);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const how = KEYS[`${event.shiftKey ? "Shift+" : ""}${event.key}`];
    if (how === undefined || (!stopped && event.timeStamp > until.current)) return;
    event.preventDefault();
    event.stopPropagation();
    until.current = event.timeStamp + GRACE_MS;
    if (stopped && !event.repeat) onStep(how);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);
}
