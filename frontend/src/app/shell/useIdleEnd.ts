import { useEffect } from "react";

import { useSession } from "@/api/session";
import { signOut } from "@/features/auth/api";

const CHECK_MS = 10_000;
const STORE = "quantdesk.touched";
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** End the session after the server's idle time without a touch, in any of the browser's tabs.
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
      if (Date.now() - Number(localStorage.getItem(STORE) ?? Date.now()) >= useSession.getState().idleMinutes * 60_000) void signOut("idle");
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
