import { Checkbox, Tooltip } from "antd";
import { useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import { Change, formatCompact, formatNumber, formatPrice } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import type { FuturesContract, FuturesProduct } from "./api";
import { futuresTexts } from "./i18n";

interface ContractsTableProps {
  product: FuturesProduct;
  contracts: readonly FuturesContract[];
  onOpen: (symbol: string) => void;
}

/** The stored contracts by expiry; those that still trade, or all. */
export function ContractsTable({ product, contracts, onOpen }: ContractsTableProps) {
  const t = futuresTexts.useText();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const tick = product.price_tick;
  const columns: Column<FuturesContract>[] = [
    {
      key: "symbol",
      title: t("contract"),
      value: ({ symbol }) => symbol,
      render: ({ symbol, main }) => (
        <>
          {symbol} {main && <span className="tag">{t("main")}</span>}
        </>
      ),
      width: "minmax(136px, 1.4fr)",
    },
    { key: "close", title: t("close"), numeric: true, value: ({ close }) => close, render: ({ close }) => formatPrice(close, tick), width: "minmax(72px, 1fr)" },
    { key: "change", title: t("change"), numeric: true, value: ({ change }) => change, render: ({ change }) => <Change value={change} /> },
    {
      key: "volume",
      title: t("volume"),
      numeric: true,
      value: ({ volume }) => volume,
      render: ({ volume }) => formatCompact(volume, language),
      width: "minmax(104px, 1fr)",
      from: 760,
    },
    {
      key: "openInterest",
      title: t("openInterest"),
      numeric: true,
      value: (one) => one.open_interest,
      render: (one) => formatCompact(one.open_interest, language),
    },
    {
      key: "openInterestChange",
      title: t("openInterestChange"),
      numeric: true,
      value: (one) => one.open_interest_change,
      render: (one) => formatNumber(one.open_interest_change, { digits: 0, sign: true }),
      from: 860,
    },
    { key: "settle", title: t("settle"), numeric: true, value: ({ settle }) => settle, render: ({ settle }) => formatPrice(settle, tick), from: 640 },
    {
      key: "lastTradeDay",
      title: t("lastTradeDay"),
      value: (one) => one.last_trade_day,
      render: (one) => (one.last_trade_day_known ? one.last_trade_day : <Tooltip title={t("estimated")}>≈ {one.last_trade_day}</Tooltip>),
      from: 1000,
      width: "minmax(112px, 1fr)",
    },
    {
      key: "daysLeft",
      title: t("daysLeft"),
      numeric: true,
      value: (one) => one.days_left,
      render: (one) => (one.active ? one.days_left : <span className="soft">{t("expired")}</span>),
      width: "minmax(76px, 0.8fr)",
      from: 540,
    },
  ];
  return (
    <section className="panel futures-contracts" aria-label={t("contracts")}>
      <header className="futures-head">
        <h2>{t("contracts")}</h2>
        {contracts.some(({ active }) => !active) && (
          <Checkbox checked={all} onChange={({ target }) => setAll(target.checked)}>
            {t("showExpired")}
          </Checkbox>
        )}
      </header>
      <DataTable
        label={t("contracts")}
        columns={columns}
        rows={all ? contracts : contracts.filter(({ active }) => active)}
        rowKey={({ symbol }) => symbol}
        maxHeight={360}
        onRowClick={({ symbol }) => onOpen(symbol)}
        exportName={`${product.symbol}-contracts`}
      />
    </section>
  );
}
