/** Bars of the API as the K-line draws them. */
import type { KLineBars, KLinePane } from "@/ui/kline";

import type { BarSeries } from "../api";
import { inShanghai } from "./views";

/** Times as read in Shanghai, volume of futures in contracts. */
export function shownBars(bars: BarSeries, kind: string): KLineBars {
  const time = bars.days === null ? bars.time : bars.time.map(inShanghai);
  return { ...bars, time, ...(kind === "future" ? { lot: 1 } : {}) };
}

/** The open interest in a pane of its own; null where none is known. */
export function openInterestPane({ open_interest: held }: Pick<BarSeries, "open_interest">, title: string): KLinePane | null {
  if (held?.some((value) => value !== null) !== true) return null;
  return { key: "open-interest", title, digits: 0, lines: [{ name: "OI", values: held }] };
}
