import { useMemo, useSyncExternalStore } from "react";

import { usePrefs } from "@/app/prefs";

import { directionColours, PALETTES, type Mode, type Palette } from "./tokens";

const darkQuery = "(prefers-color-scheme: dark)";
const motionQuery = "(prefers-reduced-motion: reduce)";

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", notify);
      return () => media.removeEventListener("change", notify);
    },
    () => window.matchMedia(query).matches,
  );
}

export interface Theme {
  mode: Mode;
  palette: Palette;
  up: string;
  down: string;
  reducedMotion: boolean;
}

/** Give the theme in force: the reader's choice, or the system's. */
export function useTheme(): Theme {
  const choice = usePrefs((prefs) => prefs.theme);
  const upColour = usePrefs((prefs) => prefs.upColour);
  const systemDark = useMedia(darkQuery);
  const reducedMotion = useMedia(motionQuery);
  const mode: Mode = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  return useMemo(() => {
    const palette = PALETTES[mode];
    return { mode, palette, ...directionColours(palette, upColour), reducedMotion };
  }, [mode, upColour, reducedMotion]);
}
