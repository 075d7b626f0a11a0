import { create } from "zustand";
import { persist } from "zustand/middleware";

/** The panels at the left of the editor, and those below it. */
export type SideKey = "files" | "debug" | "help";
export type DockKey = "problems" | "interactive" | "quick";

const WIDE = 1440;
export const DOCK = { least: 120, most: 0.7, usual: 280 };

interface IdeLayout {
  side: SideKey | null;
  dock: DockKey | null;
  dockHeight: number;
  /** The panel at the right, with the settings of a backtest and its result. */
  run: boolean;
  showSide: (key: SideKey | null) => void;
  showDock: (key: DockKey | null) => void;
  resizeDock: (height: number) => void;
  showRun: (run: boolean) => void;
}

/** Which panels of the IDE are open; kept in this browser. */
export const useIdeLayout = create<IdeLayout>()(
  persist(
    (set) => ({
      side: globalThis.innerWidth >= WIDE ? "files" : null,
      dock: null,
      dockHeight: DOCK.usual,
      run: true,
      showSide: (side) => set({ side }),
      showDock: (dock) => set({ dock }),
      showRun: (run) => set({ run }),
      resizeDock: (height) => set({ dockHeight: Math.round(Math.min(Math.max(height, DOCK.least), globalThis.innerHeight * DOCK.most)) }),
    }),
    { name: "quantdesk.ide", version: 1 },
  ),
);
