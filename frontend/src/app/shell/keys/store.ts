import { create } from "zustand";

interface HelpState {
  open: boolean;
  show: () => void;
  hide: () => void;
}

/** Whether the sheet of keys is shown. */
export const useHelp = create<HelpState>()((set) => ({
  open: false,
  show: () => set({ open: true }),
  hide: () => set({ open: false }),
}));
