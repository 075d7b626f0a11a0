import { create } from "zustand";
import { persist } from "zustand/middleware";

interface OutputPlace {
  /** Outputs stand below their cells; else in the window only. */
  below: boolean;
  put: (below: boolean) => void;
}

/** Where outputs of cells are shown; kept in this browser. */
export const useOutputPlace = create<OutputPlace>()(
  persist((set) => ({ below: true, put: (below) => set({ below }) }), { name: "quantdesk.outputs", version: 1 }),
);
