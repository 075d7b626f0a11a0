import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { Loading } from "@/ui/state";

import { searchQuery } from "../api";
import { marketTexts } from "../i18n";
import { NotStored } from "./NotStored";
import { InstrumentTags } from "./Tags";

/** A symbol that is not listed: what is like it, and how to get it. */
export function Unknown({ symbol }: { symbol: string }) {
  const t = marketTexts.useText();
  const digits = /\d{3,6}/.exec(symbol)?.[0] ?? symbol;
  const { data: like = [], isPending } = useQuery(searchQuery(digits, 8));
  if (isPending) return <Loading rows={4} />;
  return (
    <>
      <NotStored
        symbol={symbol}
        kind="stock"
        simulated={symbol.toUpperCase().endsWith(".DEMO")}
        title={t("unknownTitle", { symbol })}
        text={t(like.length > 0 ? "unknownText" : "unknownNone")}
      />
      {like.length > 0 && (
        <ul className="market-suggestions">
          {like.map((stock) => (
            <li key={stock.symbol}>
              <Link to={`/market/${stock.symbol}`}>
                {stock.name} {stock.symbol}
              </Link>{" "}
              <InstrumentTags stock={stock} brief />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
