import { inShanghai } from "../logic/views";
import type { ContinuousSeries, FuturesContract, FuturesProduct } from "./api";

/** Products that a query names: by their letters, name or pinyin initials; those with stored bars come first already. */
export function productsNamed(products: readonly FuturesProduct[], query: string): FuturesProduct[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const code = wanted.replace(/\..*$/, "");
  return products
    .filter(({ product, name, pinyin }) => {
      const letters = product.toLowerCase();
      return letters === code || name.zh.includes(wanted) || name.en.toLowerCase().startsWith(wanted) || pinyin.startsWith(wanted);
    })
    .slice(0, 5);
}

/** The product of a symbol of futures: rb.SHFE of rb2410.SHFE. */
export function productOf(symbol: string): string {
  return symbol.replace(/\d+\./, ".");
}

/** Where the rolls stand among the shown bars: at the first bar of their day, or of the merged run that holds it. */
export function rollPlaces({ bars, rolls }: Pick<ContinuousSeries, "bars" | "rolls">): { time: string; roll: ContinuousSeries["rolls"][number] }[] {
  const days = bars.days ?? bars.time;
  return rolls.flatMap((roll) => {
    const at = days.findIndex((day) => day >= roll.date);
    const time = bars.time[at];
    return time === undefined ? [] : [{ time: bars.days === null ? time : inShanghai(time), roll }];
  });
}

/** Points of the term structure: the settlement of each contract that still trades, else its close. */
export function termStructure(contracts: readonly FuturesContract[]): { symbol: string; date: string; price: number; main: boolean }[] {
  return contracts
    .filter(({ active }) => active)
    .map(({ symbol, last_trade_day, settle, close, main }) => ({ symbol, date: last_trade_day, price: settle ?? close, main }));
}

/** The contract after next, as an example to fetch: of a product that is unknown here every month may be missing. */
export function exampleContract(product: string, today: Date): string {
  const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 2, 1));
  const [code = "", exchange = ""] = product.split(".");
  return `${code}${String(month.getUTCFullYear()).slice(2)}${String(month.getUTCMonth() + 1).padStart(2, "0")}.${exchange}`;
}
