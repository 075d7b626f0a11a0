import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { contractsQuery, type FuturesProduct } from "./api";
import { ContractsTable } from "./ContractsTable";
import { futuresTexts } from "./i18n";
import { exampleContract } from "./logic";
import { MainSeries } from "./MainSeries";
import { TermChart } from "./TermChart";
import "./futures.css";

/** A futures product: its contracts, main series and term structure. */
export default function FuturesView({ product: key }: { product: string }) {
  const t = futuresTexts.useText();
  const language = useLanguage();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(contractsQuery(key));
  if (data === undefined) {
    return (
      <Page title={key}>
        {error === null ? <Loading rows={10} /> : <ErrorPanel title={t("contractsError")} error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  const { product, items } = data;
  const open = (symbol: string) => void navigate(`/market/${encodeURIComponent(symbol)}`);
  return (
    <Page
      title={t("product", { name: product.name[language], code: product.symbol })}
      extra={<Figures product={product} />}
      actions={product.main_stored && <Button onClick={() => open(product.symbol)}>{t("backToMain", { symbol: product.symbol })}</Button>}
    >
      {items.length === 0 ? (
        <NoContracts product={product} />
      ) : (
        <>
          <ContractsTable product={product} contracts={items} onOpen={open} />
          <MainSeries product={product} />
          <TermChart product={product} contracts={items} />
        </>
      )}
    </Page>
  );
}

function Figures({ product }: { product: FuturesProduct }) {
  const t = futuresTexts.useText();
  return (
    <span className="market-origin soft">
      <span>{t("figures", { multiplier: product.multiplier, tick: product.price_tick })}</span>
      {product.night && <span>{t("night")}</span>}
      {product.last_date !== null && <span>{t("lastDay", { date: product.last_date })}</span>}
    </span>
  );
}

function NoContracts({ product }: { product: FuturesProduct }) {
  const t = futuresTexts.useText();
  const language = useLanguage();
  const [example] = useState(() => exampleContract(product.symbol, new Date()));
  const name = product.name[language];
  return (
    <Empty
      title={t("noContracts", { name })}
      action={
        <>
          <Link to={`/market/${encodeURIComponent(example)}`}>
            <Button type="primary">{t("getContract", { example })}</Button>
          </Link>
          {product.main_stored && (
            <Link to={`/market/${encodeURIComponent(product.symbol)}`}>
              <Button>{t("openMain", { symbol: product.symbol })}</Button>
            </Link>
          )}
        </>
      }
    >
      <p>{t("noContractsText", { example })}</p>
      {product.main_stored && <p>{t("noContractsMain", { symbol: product.symbol })}</p>}
    </Empty>
  );
}
