import { create } from "zustand";
import { persist } from "zustand/middleware";

export type ThemeChoice = "system" | "light" | "dark";
export type Language = "zh" | "en";
/** The colour of a rise; a fall gets the other one. Chinese markets read red as up. */
export type UpColour = "red" | "green";

interface Prefs {
  theme: ThemeChoice;
  language: Language;
  upColour: UpColour;
  railCollapsed: boolean;
  set: (change: Partial<Omit<Prefs, "set">>) => void;
}

/** What the reader chose about the interface; kept in this browser, holds nothing personal. */
export const usePrefs = create<Prefs>()(
  persist(
    (set) => ({
      theme: "system",
      language: "zh",
      upColour: "red",
      railCollapsed: false,
      set: (change) => set(change),
    }),
    { name: "quantdesk.prefs", version: 1 },
  ),
);
