import { create } from "zustand";
import { persist } from "zustand/middleware";

import type { Adjust, Instrument } from "./api";
import type { ChosenIndicators, Parameters } from "./logic/indicators";
import type { Range } from "./logic/ranges";
import type { View } from "./logic/views";

const MOST_RECENT = 12;

export type Recent = Pick<Instrument, "symbol" | "name">;

interface MarketPrefs extends ChosenIndicators {
  interval: View;
  adjust: Adjust;
  range: Range;
  /** Newest first. */
  recent: readonly Recent[];
  /** What stands beside the chart. */
  side: "search" | "watch";
  /** The watchlist beside the chart; null: the first. */
  group: string | null;
  set: (change: Partial<Pick<MarketPrefs, "interval" | "adjust" | "range" | "active" | "side" | "group">>) => void;
  setParameters: (key: string, parameters: Parameters | null) => void;
  visited: (stock: Recent) => void;
}

/** How the reader looks at a stock, and which ones were looked at; kept in this browser. */
export const useMarketPrefs = create<MarketPrefs>()(
  persist(
    (set) => ({
      interval: "1d",
      adjust: "qfq",
      range: "1y",
      active: ["MA", "MACD"],
      parameters: {},
      recent: [],
      side: "search",
      group: null,
      set: (change) => set(change),
      setParameters: (key, parameters) =>
        set((state) => {
          const rest = Object.fromEntries(Object.entries(state.parameters).filter(([other]) => other !== key));
          return { parameters: parameters === null ? rest : { ...rest, [key]: parameters } };
        }),
      visited: ({ symbol, name }) =>
        set(({ recent }) =>
          recent[0]?.symbol === symbol && recent[0].name === name
            ? {}
            : { recent: [{ symbol, name }, ...recent.filter((item) => item.symbol !== symbol)].slice(0, MOST_RECENT) },
        ),
    }),
    { name: "quantdesk.market", version: 1 },
  ),
);
