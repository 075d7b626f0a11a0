import { create } from "zustand";
import { persist } from "zustand/middleware";

interface Progress {
  /** `later`: put off or ended, and not offered again. */
  state: "running" | "later" | "done";
  /** Index of the step. */
  step: number;
  /** The strategy that the steps in the editor point at. */
  strategy: string | null;
}

interface TourState {
  /** By the user's id; the server keeps no preferences. */
  users: Record<string, Progress>;
  set: (user: string, change: Partial<Progress>) => void;
}

const BEGUN: Progress = { state: "running", step: 0, strategy: null };

/** How far each user of this browser is with the tour. */
export const useTour = create<TourState>()(
  persist(
    (set) => ({
      users: {},
      set: (user, change) => set(({ users }) => ({ users: { ...users, [user]: { ...BEGUN, ...users[user], ...change } } })),
    }),
    { name: "quantdesk.tour", version: 1 },
  ),
);
