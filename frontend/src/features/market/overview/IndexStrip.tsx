import { Link } from "react-router";

import { Sparkline } from "@/features/backtests/components/Sparkline";
import { Change, formatNumber, Money } from "@/ui/format";

import type { MarketDay } from "./api";
import { overviewTexts } from "./i18n";
import "./overview.css";

/** The main indices, each with its last 60 closes. */
export function IndexStrip({ indices }: { indices: MarketDay["indices"] }) {
  const t = overviewTexts.useText();
  if (indices.length === 0) return null;
  return (
    <ul className="index-strip">
      {indices.map(({ symbol, name, close, change, amount, closes }) => (
        <li key={symbol}>
          <Link to={`/market/${symbol}`} className="index-tile">
            <span className="index-tile-name" title={name}>
              {name}
            </span>
            <strong>{formatNumber(close)}</strong>
            <Change value={change} />
            <span className="index-tile-spark">
              <Sparkline values={closes} label={t("closesOf", { name })} width={120} height={30} />
            </span>
            <span className="soft index-tile-amount">
              {t("amount")} <Money value={amount} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
