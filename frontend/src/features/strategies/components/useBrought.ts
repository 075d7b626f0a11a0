import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { parseSymbols } from "@/features/backtests/logic/symbols";

import { strategyTexts } from "../i18n";

/** More symbols than these are only counted. */
const MOST_NAMED = 3;

export interface Brought {
  symbols: readonly string[];
  /** The symbols in words, a long list shortened. */
  names: string;
  /** What carries them on to the next page: `?symbols=…`, or empty. */
  search: string;
}

/** The symbols that another page brought along in the address, to be run with a strategy. */
export function useBrought(): Brought {
  const t = strategyTexts.useText();
  const [search] = useSearchParams();
  const wanted = search.get("symbols") ?? "";
  return useMemo(() => {
    const { symbols } = parseSymbols(wanted);
    const first = symbols.slice(0, MOST_NAMED).join(t("listComma"));
    return {
      symbols,
      names: symbols.length > MOST_NAMED ? t("chooseMore", { symbols: first, count: symbols.length }) : first,
      search: symbols.length === 0 ? "" : `?symbols=${symbols.join(",")}`,
    };
  }, [wanted, t]);
}
