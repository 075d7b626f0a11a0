import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { formatExact, formatInstant } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import { eventsQuery, type SourceEvent, type SourcesOverview } from "./api";
import { sourceTexts } from "./i18n";
import { byHost, cellsOf, isUnused, lastDays, TROUBLES } from "./logic";
import { useSourceName } from "./names";

const DAYS = 30;

/** A month of each host at a glance, and the events themselves. */
export function Events({ overview }: { overview: SourcesOverview }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const query = useQuery(eventsQuery);
  const events = query.data?.items;
  const [now] = useState(() => Date.now());
  const days = useMemo(() => lastDays(now, DAYS), [now]);
  const hosts = useMemo(
    () => overview.sources.filter(({ off }) => off === null).flatMap(({ source, hosts }) => hosts.filter((host) => !isUnused(host)).map(({ host }) => ({ source, host }))),
    [overview],
  );
  const rows = useMemo(() => [...byHost(events ?? [], hosts)], [events, hosts]);
  const columns = useMemo<Column<SourceEvent>[]>(
    () => [
      { key: "last_at", title: t("columnTime"), width: "136px", value: (row) => row.last_at, render: (row) => formatInstant(row.last_at, { seconds: false }) },
      { key: "source", title: t("columnSource"), width: "88px", value: (row) => name(row.source) },
      { key: "dataset", title: t("columnDataset"), width: "104px", value: (row) => t(`dataset.${row.dataset}`) },
      { key: "kind", title: t("columnKind"), width: "minmax(104px, 1fr)", value: (row) => t(`kind.${row.error_kind}`) },
      {
        key: "next",
        title: t("columnNext"),
        width: "96px",
        value: (row) => (row.next_source === null ? t("nobody") : name(row.next_source)),
      },
      { key: "count", from: 640, title: t("columnCount"), width: "64px", numeric: true, value: (row) => row.count, render: (row) => formatExact(row.count) },
      {
        key: "recovered",
        from: 720,
        title: t("columnRecovered"),
        width: "136px",
        value: (row) => row.recovered_at,
        render: (row) => (row.recovered_at === null ? <span className="danger">{t("notYet")}</span> : formatInstant(row.recovered_at, { seconds: false })),
      },
      { key: "message", from: 960, title: t("columnMessage"), width: "minmax(160px, 3fr)", value: (row) => row.message, render: (row) => <span title={row.message}>{row.message}</span> },
    ],
    [t, name],
  );
  return (
    <section aria-label={t("history")}>
      <h2>{t("history")}</h2>
      {rows.length > 0 && (
        <>
          <div className="sources-legend soft">
            <span>{t("historyHelp")}</span>
            {[...TROUBLES].reverse().map((trouble) => (
              <span key={trouble}>
                <i className="sources-cell" data-trouble={trouble} aria-hidden /> {t(`trouble.${trouble}`)}
              </span>
            ))}
          </div>
          <div className="sources-timeline">
            {rows.map(([host, own]) => (
              <div key={host}>
                <span className="sources-host">{host === own[0]?.source ? name(host) : host}</span>
                <ol>
                  {cellsOf(own, days).map(({ day, worst, counts }) => {
                    const told = counts.map(([trouble, count]) => t("cellCount", { trouble: t(`trouble.${trouble}`), count })).join("、") || t("trouble.none");
                    const label = t("cell", { host, day, told });
                    return <li key={day} className="sources-cell" data-trouble={worst ?? "none"} title={label} aria-label={worst === null ? undefined : label} />;
                  })}
                </ol>
              </div>
            ))}
          </div>
        </>
      )}
      <DataTable
        label={t("events")}
        columns={columns}
        rows={events}
        rowKey={(row) => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        maxHeight={320}
        exportName="source-events"
        empty={
          <p className="soft">
            {t("eventsEmpty")} {t("eventsEmptyText")}
          </p>
        }
      />
    </section>
  );
}
