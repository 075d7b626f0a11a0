import { Segmented } from "antd";
import { useMemo, useState } from "react";

import { Change, formatNumber, Money } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import type { MarketDay, MarketShare } from "./api";
import { overviewTexts } from "./i18n";

type Kind = keyof MarketDay["movers"];
const KINDS = ["gainers", "losers", "active"] as const satisfies readonly Kind[];

/** The shares that moved most, or were traded most. */
export function MoversTable({ movers, onOpen }: { movers: MarketDay["movers"]; onOpen: (symbol: string) => void }) {
  const t = overviewTexts.useText();
  const [kind, setKind] = useState<Kind>("gainers");
  const columns = useMemo<readonly Column<MarketShare>[]>(
    () => [
      { key: "name", title: t("name"), value: ({ name }) => name, width: "minmax(96px, 1fr)" },
      { key: "symbol", title: t("symbol"), value: ({ symbol }) => symbol, width: "104px", from: 420 },
      { key: "close", title: t("close"), numeric: true, value: ({ close }) => close, render: ({ close }) => formatNumber(close), width: "80px" },
      { key: "change", title: t("change"), numeric: true, value: ({ change }) => change, render: ({ change }) => <Change value={change} />, width: "92px" },
      { key: "amount", title: t("amount"), numeric: true, value: ({ amount }) => amount, render: ({ amount }) => <Money value={amount} />, width: "92px" },
    ],
    [t],
  );
  return (
    <section className="panel" aria-label={t("movers")}>
      <div className="panel-title">
        <h2>{t("movers")}</h2>
        <Segmented<Kind>
          size="small"
          aria-label={t("movers")}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(value) }))}
          onChange={setKind}
        />
      </div>
      <DataTable
        key={kind}
        label={t(kind)}
        columns={columns}
        rows={movers[kind]}
        rowKey={({ symbol }) => symbol}
        maxHeight={392}
        onRowClick={({ symbol }) => onOpen(symbol)}
        exportName={kind}
      />
    </section>
  );
}
