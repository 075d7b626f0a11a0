import { useEffect, useState } from "react";

/** Give a clock reading that moves on while `ticking`; for what depends on the time that has passed. */
export function useNow(read: () => number, ticking: boolean, everyMs = 1000): number {
  const [now, setNow] = useState(read);
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => setNow(read()), everyMs);
    return () => clearInterval(timer);
  }, [read, ticking, everyMs]);
  return now;
}

export const wallClock = (): number => Date.now();
export const steadyClock = (): number => performance.now();
