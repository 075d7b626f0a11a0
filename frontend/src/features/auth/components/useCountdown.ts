import { useEffect, useState } from "react";

/** Count whole seconds down to zero. A new `until` (performance.now milliseconds) starts it again. */
export function useCountdown(until: number | null): number {
  const [now, setNow] = useState(() => performance.now());
  const left = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
  const running = left > 0;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- a new deadline is counted from now
    setNow(performance.now());
  }, [until]);
  return left;
}
