import type { BarEvent, TradeMark } from "@/ui/kline";

import type { CorporateActionRecord, Fill, Rejection } from "../api";

/** Collect what happened with one stock as marks on its K-line: fills solid, refused orders hollow with the rule's short name. */
export function marksOf(
  symbol: string,
  fills: readonly Fill[],
  rejections: readonly Rejection[],
  nameOf: (rule: Rejection["rule"]) => string,
): TradeMark[] {
  const filled = fills
    .filter((fill) => fill.symbol === symbol)
    .map(({ date, side, price, quantity }): TradeMark => ({ time: date, side, refused: false, price: Number(price), quantity }));
  const refused = rejections
    .filter((rejection) => rejection.symbol === symbol)
    .map(({ date, side, quantity, rule }): TradeMark => ({
      time: date,
      side,
      refused: true,
      price: null,
      quantity,
      note: nameOf(rule),
    }));
  return [...filled, ...refused];
}

/** Collect what happened to one stock the account held: one mark a day, with the words of all. */
export function eventsOf(
  symbol: string,
  actions: readonly CorporateActionRecord[],
  letterOf: (kind: CorporateActionRecord["kind"]) => string,
  wordsOf: (action: CorporateActionRecord) => string,
): BarEvent[] {
  const days = new Map<string, CorporateActionRecord[]>();
  for (const action of actions) {
    if (action.symbol === symbol) days.set(action.date, [...(days.get(action.date) ?? []), action]);
  }
  return [...days].map(([time, ofDay]) => ({
    time,
    letter: ofDay[0] === undefined ? "" : letterOf(ofDay[0].kind),
    text: ofDay.map(wordsOf).join(" · "),
  }));
}

/** The symbols with the most fills first, then those that were only refused, then the rest of the run. */
export function symbolsByActivity(symbols: readonly string[], fills: readonly Fill[], rejections: readonly Rejection[]): { symbol: string; fills: number }[] {
  const counts = new Map(symbols.map((symbol) => [symbol, { fills: 0, refused: 0 }]));
  for (const { symbol } of fills) {
    const count = counts.get(symbol);
    if (count !== undefined) count.fills += 1;
  }
  for (const { symbol } of rejections) {
    const count = counts.get(symbol);
    if (count !== undefined) count.refused += 1;
  }
  return [...counts]
    .sort(([, a], [, b]) => b.fills - a.fills || b.refused - a.refused)
    .map(([symbol, count]) => ({ symbol, fills: count.fills }));
}

interface Filterable {
  symbol: string;
  side?: "buy" | "sell";
}

/** Keep the rows whose side fits and in which every word of the filter occurs. */
export function filterRows<Row extends Filterable>(rows: readonly Row[], words: string, side: "any" | "buy" | "sell", text: (row: Row) => string): readonly Row[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0 && side === "any") return rows;
  return rows.filter((row) => {
    if (side !== "any" && row.side !== undefined && row.side !== side) return false;
    const haystack = `${row.symbol} ${text(row)}`.toLowerCase();
    return wanted.every((word) => haystack.includes(word));
  });
}
