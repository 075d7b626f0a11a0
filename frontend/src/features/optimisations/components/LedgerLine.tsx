import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";

import { useLanguage } from "@/app/i18n/local";
import { formatNumber } from "@/ui/format";

import { ledgerQuery } from "../api";
import { optimisationTexts } from "../i18n";
import "./ledger.css";

/** How often a strategy was tried, and on a click what that makes of its best. */
export function LedgerLine({ strategyId }: { strategyId: string }) {
  const t = optimisationTexts.useText();
  const language = useLanguage();
  const { data } = useQuery(ledgerQuery(strategyId));
  if (data === undefined || data.runs === 0) return null;
  return (
    <Popover content={<p className="ledger-words">{data.words[language]}</p>} title={t("ledgerTitle")} trigger={["click", "hover"]}>
      <button type="button" className="ledger-line">
        {t("ledger", { count: formatNumber(data.distinct, { digits: 0 }) })}
      </button>
    </Popover>
  );
}
