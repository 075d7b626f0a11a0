import { Segmented } from "antd";
import { lazy, Suspense, useCallback } from "react";
import { NavLink, useNavigate, useParams } from "react-router";

import { Loading } from "@/ui/state";

import { StockList } from "../components/StockList";
import { StockView } from "../components/StockView";
import { overviewTexts } from "../overview/i18n";
import { useMarketPrefs } from "../store";
import { SideList } from "../watchlists/SideList";
import "../components/market.css";

const FuturesView = lazy(() => import("../futures/FuturesView"));
const OverviewView = lazy(() => import("../overview/OverviewView"));
const WatchlistsView = lazy(() => import("../watchlists/WatchlistsView"));
/** Take the place of a symbol in the address; none is written like them. A product of futures follows its own. */
const WATCHLISTS = "watchlists";
const FUTURES = "futures";

export default function MarketPage() {
  const { symbol, product } = useParams();
  const navigate = useNavigate();
  const open = useCallback((chosen: string) => void navigate(`/market/${encodeURIComponent(chosen)}`), [navigate]);
  return (
    <div className="market">
      <Side current={symbol === WATCHLISTS || symbol === FUTURES ? undefined : symbol} onOpen={open} />
      <div className="market-main">
        <Suspense fallback={<Loading rows={12} />}>
          {symbol === undefined ? (
            <OverviewView onOpen={open} />
          ) : symbol === WATCHLISTS ? (
            <WatchlistsView onOpen={open} />
          ) : symbol === FUTURES && product !== undefined ? (
            <FuturesView key={product} product={product} />
          ) : (
            <StockView key={symbol} symbol={symbol} />
          )}
        </Suspense>
      </div>
    </div>
  );
}

/** The ways to a stock: the market, the watchlists, a search, or the watched ones one after the other. */
function Side({ current, onOpen }: { current: string | undefined; onOpen: (symbol: string) => void }) {
  const t = overviewTexts.useText();
  const { side, set } = useMarketPrefs();
  return (
    <aside className="market-side">
      <nav className="market-nav" aria-label={t("nav")}>
        <NavLink to="/market" end>
          {t("title")}
        </NavLink>
        <NavLink to={`/market/${WATCHLISTS}`}>{t("watchlists")}</NavLink>
      </nav>
      <Segmented<"search" | "watch">
        block
        size="small"
        className="market-switch"
        aria-label={t("side")}
        value={side}
        options={[
          { value: "search", label: t("search") },
          { value: "watch", label: t("watched") },
        ]}
        onChange={(chosen) => set({ side: chosen })}
      />
      {side === "watch" ? <SideList current={current} onOpen={onOpen} /> : <StockList current={current} onOpen={onOpen} />}
    </aside>
  );
}
