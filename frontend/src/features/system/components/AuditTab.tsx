import { useInfiniteQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";

import { formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable } from "@/ui/table";

import { auditQuery, type AuditEntry } from "../api";
import { systemTexts } from "../i18n";
import { deviceName } from "../logic/device";

const ACTIONS = [
  "auth.login",
  "auth.login_failed",
  "auth.new_ip",
  "auth.logout",
  "auth.password_changed",
  "auth.password_failed",
  "auth.refresh_reused",
  "auth.session_revoked",
  "auth.setup",
  "api_key.created",
  "api_key.revoked",
  "user.created",
  "user.updated",
  "strategy.deleted",
  "strategy.restored",
  "backtest.deleted",
] as const;

/** Sensitive acts, newest first; older ones come as one scrolls. */
export function AuditTab() {
  const t = systemTexts.useText();
  const [action, setAction] = useState<string | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(auditQuery(action));
  const rows = data?.pages.flatMap(({ items }) => items);
  const actionName = (name: string) => {
    const key = `action.${name}`;
    return systemTexts.has(key) ? t(key) : name;
  };
  const detail = (entry: AuditEntry) => Object.entries(entry.detail).map(([name, value]) => `${name}: ${value}`).join(", ");

  return (
    <section className="panel" aria-labelledby="audit-title">
      <div className="panel-title">
        <h2 id="audit-title">{t("audit")}</h2>
        <Select
          aria-label={t("auditFilter")}
          value={action ?? ""}
          onChange={(value) => setAction(value === "" ? null : value)}
          popupMatchSelectWidth={false}
          style={{ minWidth: 160 }}
          options={[{ value: "", label: t("allActions") }, ...ACTIONS.map((value) => ({ value: value, label: actionName(value) }))]}
        />
      </div>
      <DataTable<AuditEntry>
        label={t("audit")}
        rows={rows}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(entry) => entry.id}
        maxHeight="calc(100vh - 300px)"
        onEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        exportName="audit"
        empty={<Empty title={t("auditEmpty")} />}
        columns={[
          { key: "at", title: t("columnTime"), value: (entry) => formatInstant(entry.at), width: "150px" },
          { key: "who", title: t("columnWho"), value: (entry) => entry.username ?? t("nobody"), width: "minmax(90px, 1fr)" },
          {
            key: "action",
            title: t("columnAction"),
            value: (entry) => entry.action,
            render: (entry) => <span title={entry.action}>{actionName(entry.action)}</span>,
            width: "minmax(120px, 1.5fr)",
          },
          { key: "target", title: t("columnTarget"), value: (entry) => entry.target ?? "", width: "minmax(100px, 1.5fr)" },
          { key: "ip", title: t("columnIp"), value: (entry) => entry.ip ?? "", width: "minmax(100px, 1fr)" },
          {
            key: "device",
            title: t("columnDevice"),
            value: (entry) => entry.user_agent ?? "",
            render: (entry) => <span title={entry.user_agent ?? ""}>{deviceName(entry.user_agent ?? "") ?? ""}</span>,
            width: "minmax(110px, 1fr)",
          },
          {
            key: "detail",
            title: t("columnDetail"),
            value: detail,
            render: (entry) => <span title={detail(entry)}>{detail(entry)}</span>,
            width: "minmax(120px, 2fr)",
          },
        ]}
      />
    </section>
  );
}
