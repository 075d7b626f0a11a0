import { useQuery } from "@tanstack/react-query";
import { Checkbox, Segmented } from "antd";
import { useState } from "react";

import { Empty, ErrorPanel, Loading } from "@/ui/state";

import type { PartProps } from "./CompanyPanel";
import { fundamentalsQuery, type ReportView } from "./api";
import { companyTexts } from "./i18n";
import { annualOnly } from "./logic";
import { NoTable } from "./NoTable";
import { Origin } from "./Origin";
import { ReportsCharts } from "./ReportsCharts";
import { ReportsTable } from "./ReportsTable";

/** Financial reports by period, charted and listed. */
export function ReportsPart({ stock, asOf, onAsk }: PartProps) {
  const t = companyTexts.useText();
  const [view, setView] = useState<ReportView>("cumulative");
  const [annual, setAnnual] = useState(false);
  const [growth, setGrowth] = useState(true);
  const { data, error, isPlaceholderData, refetch } = useQuery(fundamentalsQuery(stock.symbol, annual ? "cumulative" : view, asOf));
  if (error !== null && data === undefined) return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={480} />;
  if (data.stored === null) return <NoTable stock={stock} title={t("none.reports")} />;
  const reports = annual ? annualOnly(data) : data;
  return (
    <div className="company-part" aria-busy={isPlaceholderData}>
      <div className="company-choices">
        <Segmented<boolean>
          aria-label={t("periods")}
          value={annual}
          onChange={setAnnual}
          options={[
            { value: false, label: t("quarters") },
            { value: true, label: t("years") },
          ]}
        />
        <Segmented<ReportView>
          aria-label={t("view")}
          value={annual ? "cumulative" : view}
          disabled={annual}
          onChange={setView}
          options={[
            { value: "cumulative", label: t("cumulative") },
            { value: "single", label: t("single") },
          ]}
        />
        <Checkbox checked={growth} onChange={(event) => setGrowth(event.target.checked)}>
          {t("growthToggle")}
        </Checkbox>
        <Origin stock={stock} table="statements" stored={data.stored} />
      </div>
      {reports.periods.length === 0 ? (
        <Empty title={t("noneThen", { day: asOf ?? "" })} />
      ) : (
        <>
          <ReportsCharts reports={reports} annual={annual} />
          <ReportsTable reports={reports} annual={annual} growth={growth} onAsk={onAsk} />
          {!annual && view === "single" && <p className="company-note soft">{t("singleHint")}</p>}
        </>
      )}
    </div>
  );
}
