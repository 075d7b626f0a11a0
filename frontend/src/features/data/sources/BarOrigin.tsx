import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";

import { searchQuery, stockQuery } from "@/features/market/api";
import { ErrorPanel, Loading } from "@/ui/state";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { sourceTexts } from "./i18n";

const OriginCard = lazy(() => import("@/features/market/components/OriginCard"));

/** Ask any stored bar where it comes from. */
export function BarOrigin() {
  const t = sourceTexts.useText();
  const [search, setSearch] = useSearchParams();
  const symbol = search.get("origin");
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<string | null>(search.get("day"));
  const { data: hits } = useQuery(searchQuery(useDebounced(typed.trim(), TYPING_MS), 20));
  const stock = useQuery({ ...stockQuery(symbol ?? ""), enabled: symbol !== null });
  const choose = (value: string) => {
    setPicked(null);
    setSearch((params) => (params.set("origin", value), params), { replace: true });
  };
  return (
    <section aria-label={t("origin")}>
      <h2>{t("origin")}</h2>
      <p className="soft">{t("originHelp")}</p>
      <Select
        showSearch={{ filterOption: false, onSearch: setTyped }}
        style={{ width: 260 }}
        aria-label={t("originSymbol")}
        placeholder={t("originSymbol")}
        value={symbol}
        onChange={choose}
        options={(hits ?? []).map((hit) => ({ value: hit.symbol, label: `${hit.symbol} ${hit.name}` }))}
      />
      {stock.isError && <ErrorPanel error={stock.error} onRetry={() => void stock.refetch()} />}
      {symbol !== null && stock.data === null && <p className="soft">{t("originNone")}</p>}
      {stock.data != null && !stock.data.stored && <p className="soft">{t("originNone")}</p>}
      {stock.data?.stored === true && (
        <Suspense fallback={<Loading height={48} />}>
          <OriginCard key={stock.data.symbol} stock={stock.data} picked={picked ?? stock.data.last_date} onPick={setPicked} />
        </Suspense>
      )}
    </section>
  );
}
