import { Input, Segmented } from "antd";
import { useId, useState } from "react";

import type { InstrumentDetail } from "../api";
import { DividendsPart } from "./DividendsPart";
import { companyTexts } from "./i18n";
import { NamesPart } from "./NamesPart";
import { ProvenanceDrawer, type Asked } from "./ProvenanceDrawer";
import { ReportsPart } from "./ReportsPart";
import { ValuationPart } from "./ValuationPart";
import "./fundamentals.css";

const TABS = ["reports", "valuation", "dividends", "names"] as const;
type Tab = (typeof TABS)[number];
const PARTS = { reports: ReportsPart, valuation: ValuationPart, dividends: DividendsPart, names: NamesPart };

export interface PartProps {
  stock: InstrumentDetail;
  /** Only what was public by the end of this day; null: all that is known. */
  asOf: string | null;
  onAsk: (asked: Asked) => void;
}

/** What a company reports, is worth and pays, and the names it had; as it was known on any day. */
export default function CompanyPanel({ stock }: { stock: InstrumentDetail }) {
  const t = companyTexts.useText();
  const id = useId();
  const [tab, setTab] = useState<Tab>("reports");
  const [asOf, setAsOf] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  if (stock.simulated) {
    return (
      <section className="panel company">
        <div className="company-head">
          <h2 className="rules-title">{t("title")}</h2>
          <span className="soft">{t("simulated")}</span>
        </div>
      </section>
    );
  }
  const Part = PARTS[tab];
  return (
    <section className="panel company" aria-labelledby={`${id}-title`}>
      <div className="company-head">
        <h2 className="rules-title" id={`${id}-title`}>
          {t("title")}
        </h2>
        <Segmented<Tab> aria-label={t("title")} value={tab} onChange={setTab} options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))} />
        <label className="company-as-of" title={t("asOfHelp")}>
          {t("asOf")}{" "}
          <Input type="date" allowClear style={{ width: 160 }} value={asOf ?? ""} onChange={(event) => setAsOf(event.target.value || null)} />
          {asOf === null && <span className="soft"> {t("asOfNow")}</span>}
        </label>
      </div>
      <Part stock={stock} asOf={asOf} onAsk={setAsked} />
      <ProvenanceDrawer symbol={stock.symbol} asked={asked} onClose={() => setAsked(null)} />
    </section>
  );
}
