import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { summaryQuery } from "@/features/data/api";
import { formatBytes, formatCompact, formatDate, formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";

/** How much is stored, how new it is, where it is from. */
export function DataHealth() {
  const t = dashboardTexts.useText();
  const language = useLanguage();
  const { data, error, refetch } = useQuery(summaryQuery);
  return (
    <Panel title={t("data")} action={<Link to="/data">{t("manageData")}</Link>}>
      {data === undefined && error !== null && (
        <ErrorPanel title={t("dataError")} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Loading rows={4} />}
      {data !== undefined && (
        <div className="panel-body">
          {data.symbols > 0 && data.symbols === data.simulated_symbols && (
            <p className="dashboard-simulated">
              <span className="tag" data-tone="primary">
                {t("simulated")}
              </span>{" "}
              {t("allSimulated")}
            </p>
          )}
          <dl className="data-facts">
            <Fact name={t("symbols")}>
              {formatExact(data.symbols)}
              {data.simulated_symbols > 0 && data.simulated_symbols < data.symbols && (
                <span className="soft"> {t("simulatedCount", { count: data.simulated_symbols })}</span>
              )}
            </Fact>
            <Fact name={t("rows")}>
              <span title={formatExact(data.rows)}>{formatCompact(data.rows, language, { digits: 1 })}</span>
            </Fact>
            <Fact name={t("lastDate")}>{formatDate(data.last)}</Fact>
            <Fact name={t("firstDate")}>{formatDate(data.first)}</Fact>
            <Fact name={t("size")}>{formatBytes(data.bytes)}</Fact>
            <Fact name={t("sources")}>{data.online_sources.length > 0 ? data.online_sources.join(", ") : t("noSources")}</Fact>
          </dl>
        </div>
      )}
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
