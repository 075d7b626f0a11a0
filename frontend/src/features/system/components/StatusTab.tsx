import { CheckCircleFilled, CloseCircleFilled, ReloadOutlined, WarningFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { ReactNode } from "react";

import { formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { doctorQuery, useInfo, type Check } from "../api";
import { systemTexts } from "../i18n";

const ICONS: Record<Check["status"], ReactNode> = {
  ok: <CheckCircleFilled aria-hidden />,
  warning: <WarningFilled aria-hidden />,
  failed: <CloseCircleFilled aria-hidden />,
};

/** What works and what does not, as `quantdesk doctor` says. */
export function StatusTab() {
  const t = systemTexts.useText();
  const { data, error, refetch, isFetching, dataUpdatedAt } = useQuery(doctorQuery);
  const count = (status: Check["status"]) => data?.filter((check) => check.status === status).length ?? 0;
  const summary =
    data === undefined
      ? ""
      : count("failed") > 0
        ? t("someFailed", { count: count("failed") })
        : count("warning") > 0
          ? t("someWarnings", { count: count("warning") })
          : t("allWell");
  return (
    <div className="system-sections">
      <section className="panel" aria-labelledby="status-title">
        <div className="panel-title">
          <h2 id="status-title">
            {t("status")} <span className="soft">{summary}</span>
          </h2>
          {data !== undefined && (
            <span className="soft">{t("checkedAt", { time: formatInstant(new Date(dataUpdatedAt).toISOString()) })}</span>
          )}
          <Button icon={<ReloadOutlined aria-hidden />} loading={isFetching} onClick={() => void refetch()}>
            {t("refresh")}
          </Button>
        </div>
        {data === undefined && error !== null && (
          <ErrorPanel title={t("statusError")} error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Loading rows={10} />}
        {data !== undefined && (
          <ul className="checks">
            {data.map(({ name, status, detail }) => {
              const key = `check.${name}`;
              return (
                <li key={name} data-status={status}>
                  <span className="check-state">
                    <span aria-hidden="true">{ICONS[status]}</span> {t(`state.${status}`)}
                  </span>
                  <span className="check-name">{systemTexts.has(key) ? t(key) : name}</span>
                  <span className="check-detail">{detail}</span>
                </li>
              );
            })}
          </ul>
        )}
      </section>
      <Info />
    </div>
  );
}

function Info() {
  const t = systemTexts.useText();
  const { data, error, refetch } = useInfo();
  if (data === undefined) return error === null ? <Loading rows={4} /> : <ErrorPanel error={error} onRetry={() => void refetch()} />;
  const facts: [string, string][] = [
    [t("version"), data.version],
    [t("environment"), t(`environment.${data.environment}`)],
    [t("databaseKind"), data.database],
    [t("redisKind"), t(`redis.${data.redis}`)],
    [t("onlineSources"), data.online_sources.join(", ") || t("none")],
    [t("demoMarket"), t(data.demo ? "yes" : "no")],
  ];
  return (
    <section className="panel">
      <dl className="panel-body facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="soft">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
