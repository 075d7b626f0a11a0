import { create } from "zustand";
import { persist } from "zustand/middleware";

interface QuickChoice {
  /** Run on each pause in typing. */
  auto: boolean;
  setAuto: (auto: boolean) => void;
}

/** How quick runs start; kept in this browser. */
export const useQuickChoice = create<QuickChoice>()(
  persist((set) => ({ auto: false, setAuto: (auto) => set({ auto }) }), { name: "quantdesk.quick", version: 1 }),
);
