import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { summaryQuery } from "@/features/data/api";
import { overviewQuery as qualityQuery } from "@/features/data/quality/api";
import { scheduleQuery } from "@/features/data/refresh/api";
import { formatCompact, formatDate, formatExact, formatInstant, formatNumber } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { sourcesQuery } from "../api";
import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";

/** How much is stored, how new and how good it is, and whether it stays so. */
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
            <Fact name={t("quality")}>
              <Quality />
            </Fact>
            <Fact name={t("sources")}>
              <Sources />
            </Fact>
            <Fact name={t("nextRefresh")}>
              <NextRefresh />
            </Fact>
          </dl>
        </div>
      )}
    </Panel>
  );
}

/** The lowest score of the newest check; a click leads to what it rests on. */
function Quality() {
  const t = dashboardTexts.useText();
  const { data } = useQuery(qualityQuery);
  if (data === undefined) return <>—</>;
  const scores = data.latest?.datasets.map(({ score }) => score) ?? [];
  if (scores.length === 0) return <Link to="/data?tab=quality">{t(data.running === null ? "notChecked" : "checking")}</Link>;
  return (
    <Link to="/data?tab=quality" title={t("qualityTip")}>
      {formatNumber(Math.min(...scores), { digits: 1 })} <span className="soft">/ 100</span>
    </Link>
  );
}

/** How many sources can be asked, and which of them rest after errors. */
function Sources() {
  const t = dashboardTexts.useText();
  const { data } = useQuery(sourcesQuery);
  if (data === undefined) return <>—</>;
  if (!data.online) return <>{t("noSources")}</>;
  const resting = data.sources.filter(({ state }) => state === "resting");
  const ready = data.sources.filter(({ state }) => state === "ready").length;
  return (
    <Link to="/data?tab=sources" title={resting.map(({ source }) => source).join(", ")}>
      {t("sourcesReady", { count: ready })}
      {resting.length > 0 && <span className="danger"> · {t("sourcesResting", { count: resting.length })}</span>}
    </Link>
  );
}

function NextRefresh() {
  const t = dashboardTexts.useText();
  const { data } = useQuery(scheduleQuery);
  if (data === undefined) return <>—</>;
  return <Link to="/data?tab=refresh">{data.enabled && data.next_at !== null ? formatInstant(data.next_at, { seconds: false }) : t("noSchedule")}</Link>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
