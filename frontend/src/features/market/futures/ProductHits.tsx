import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { useLanguage } from "@/app/i18n/local";

import { productsQuery } from "./api";
import { futuresTexts } from "./i18n";
import { productsNamed } from "./logic";

/** Futures products that a search names, as links to their views. */
export function ProductHits({ query }: { query: string }) {
  const t = futuresTexts.useText();
  const language = useLanguage();
  const { data } = useQuery({ ...productsQuery, enabled: query.trim() !== "" });
  const found = productsNamed(data ?? [], query);
  if (found.length === 0) return null;
  return (
    <nav className="stock-products" aria-label={t("products")}>
      <div className="stock-group soft">{t("products")}</div>
      {found.map(({ symbol, name }) => (
        <Link key={symbol} to={`/market/futures/${encodeURIComponent(symbol)}`} className="stock-option">
          <span className="stock-name">{name[language]}</span>
          <span className="stock-code soft">{symbol}</span>
        </Link>
      ))}
    </nav>
  );
}
