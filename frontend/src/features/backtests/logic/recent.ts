import { create } from "zustand";
import { persist } from "zustand/middleware";

const MOST = 12;
const MOST_NAMES = 400;

interface Recent {
  /** Symbols of the latest runs, newest first. */
  symbols: string[];
  /** Names of symbols that were seen, so that a picked symbol reads well after a reload. */
  names: Record<string, string>;
  use: (symbols: readonly string[]) => void;
  learn: (names: Readonly<Record<string, string>>) => void;
}

/** Put the symbols first; a long list counts by its first few. */
export function mostRecent(known: readonly string[], used: readonly string[]): string[] {
  const first = used.slice(0, MOST);
  return [...first, ...known.filter((symbol) => !first.includes(symbol))].slice(0, MOST);
}

export const useRecent = create<Recent>()(
  persist(
    (set) => ({
      symbols: [],
      names: {},
      use: (used) => set(({ symbols }) => ({ symbols: mostRecent(symbols, used) })),
      learn: (learned) =>
        set(({ names }) => {
          const fresh = Object.entries(learned).filter(([symbol, name]) => names[symbol] !== name);
          if (fresh.length === 0) return {};
          return { names: Object.fromEntries([...fresh, ...Object.entries(names)].slice(0, MOST_NAMES)) };
        }),
    }),
    { name: "quantdesk.recent-symbols", version: 1, partialize: ({ symbols, names }) => ({ symbols, names }) },
  ),
);
