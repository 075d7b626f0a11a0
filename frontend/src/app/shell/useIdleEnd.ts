import { useEffect } from "react";

import { signOut } from "@/features/auth/api";

/** As the server's default: what is longer there ends here first, what is shorter ends there first. */
const IDLE_MS = 30 * 60_000;
const CHECK_MS = 10_000;
const STORE = "quantdesk.touched";
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** End the session after half an hour without a touch, in any of the browser's tabs.
 *
 * The page asks the server by itself now and then, so the server alone would never see that nobody is there.
 */
export function useIdleEnd(): void {
  useEffect(() => {
    let written = 0;
    const touch = () => {
      const now = Date.now();
      if (now - written < CHECK_MS) return;
      written = now;
      localStorage.setItem(STORE, String(now));
    };
    const check = () => {
      if (Date.now() - Number(localStorage.getItem(STORE) ?? Date.now()) >= IDLE_MS) void signOut("idle");
    };
    // Whoever has just signed in, or opened the page, is there.
    localStorage.setItem(STORE, String(Date.now()));
    const timer = setInterval(check, CHECK_MS);
    // Timers sleep in hidden tabs and with the machine.
    document.addEventListener("visibilitychange", check);
    for (const sign of SIGNS) window.addEventListener(sign, touch, { passive: true });
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", check);
      for (const sign of SIGNS) window.removeEventListener(sign, touch);
    };
  }, []);
}
