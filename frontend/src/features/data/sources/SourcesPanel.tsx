import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";

import { formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { overviewQuery, useSourceEvents } from "./api";
import { BarOrigin } from "./BarOrigin";
import { Chains } from "./Chains";
import { CrossChecks } from "./CrossChecks";
import { Events } from "./Events";
import { HostTable } from "./HostTable";
import { sourceTexts } from "./i18n";
import "./sources.css";

/** The sources: how each has been, who is asked for what, what went wrong, where two differ, where a bar comes from. */
export default function SourcesPanel() {
  const t = sourceTexts.useText();
  const { data, error, isError, refetch } = useQuery(overviewQuery);
  useSourceEvents();
  if (isError && data === undefined) return <ErrorPanel title={t("overviewError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={12} />;
  return (
    <div className="sources">
      {!data.online && <Alert type="info" showIcon title={t("offlineTitle")} description={t("offlineText")} />}
      <section aria-label={t("sources")}>
        <h2>{t("sources")}</h2>
        <HostTable overview={data} />
        <p className="soft">{t("limits", { ceiling: formatExact(data.requests_per_day), seconds: data.seconds_between })}</p>
      </section>
      <Events overview={data} />
      <CrossChecks share={data.cross_check_share} />
      <BarOrigin />
      {data.chains.length > 0 && <Chains chains={data.chains} />}
    </div>
  );
}
