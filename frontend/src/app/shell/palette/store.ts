import { create } from "zustand";

export interface PaletteItem {
  id: string;
  title: string;
  /** A short second column: a code, a date. */
  detail?: string | undefined;
  /** Where it leads; or `run` for what it does. */
  path?: string;
  run?: () => void;
}

/** A source of results for the global search. */
export interface PaletteProvider {
  id: string;
  /** The group's heading, in the language in force. */
  title: () => string;
  /** Give the best results first; an empty query asks for what is useful at once, e.g. recent ones. */
  search: (query: string, signal: AbortSignal) => Promise<PaletteItem[]>;
}

interface PaletteState {
  open: boolean;
  show: () => void;
  hide: () => void;
}

export const usePalette = create<PaletteState>()((set) => ({
  open: false,
  show: () => set({ open: true }),
  hide: () => set({ open: false }),
}));
