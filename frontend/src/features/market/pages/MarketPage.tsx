import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useCallback } from "react";
import { Link, Navigate, useNavigate, useParams } from "react-router";

import { Page } from "@/ui/Page";
import { Empty, Loading } from "@/ui/state";

import { searchQuery } from "../api";
import { StockList } from "../components/StockList";
import { StockView } from "../components/StockView";
import { marketTexts } from "../i18n";
import { useMarketPrefs } from "../store";
import "../components/market.css";

export default function MarketPage() {
  const { symbol } = useParams();
  const navigate = useNavigate();
  const open = useCallback((chosen: string) => void navigate(`/market/${encodeURIComponent(chosen)}`), [navigate]);
  return (
    <div className="market">
      <aside className="market-side">
        <StockList current={symbol} onOpen={open} />
      </aside>
      <div className="market-main">{symbol === undefined ? <First /> : <StockView key={symbol} symbol={symbol} />}</div>
    </div>
  );
}

/** Without a symbol: the one looked at last, else the first with bars, else how to get data. */
function First() {
  const t = marketTexts.useText();
  const last = useMarketPrefs(({ recent }) => recent[0]);
  const { data, isPending } = useQuery({ ...searchQuery("", 100), enabled: last === undefined });
  const first = last ?? data?.[0];
  if (first !== undefined) return <Navigate to={`/market/${encodeURIComponent(first.symbol)}`} replace />;
  return (
    <Page title={t("searchLabel")}>
      {isPending ? (
        <Loading rows={8} />
      ) : data === undefined ? (
        <Empty title={t("chooseTitle")}>{t("chooseText")}</Empty>
      ) : (
        <Empty
          title={t("emptyTitle")}
          action={
            <Link to="/data">
              <Button type="primary">{t("emptyAction")}</Button>
            </Link>
          }
        >
          {t("emptyText")}
        </Empty>
      )}
    </Page>
  );
}
