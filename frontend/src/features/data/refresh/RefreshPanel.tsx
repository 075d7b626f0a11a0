import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { formatExact, formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { refreshesQuery, useRefreshChanged, type Refresh } from "./api";
import { Freshness } from "./Freshness";
import { refreshTexts } from "./i18n";
import { progressOf } from "./logic";
import { RefreshDrawer } from "./RefreshDrawer";
import { Running } from "./Running";
import { SchedulePart } from "./SchedulePart";
import "./refresh.css";

/** Keep what is stored fresh: how fresh it is, a refresh now or each day, and what came of those before. */
export default function RefreshPanel() {
  const t = refreshTexts.useText();
  const list = useInfiniteQuery(refreshesQuery);
  const changed = useRefreshChanged();
  const [openId, setOpenId] = useState<string | null>(null);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const newest = rows?.[0] ?? null;
  const live = useLiveJob(newest?.job);
  const { job } = live;
  const busy = job !== null && !isFinished(job);
  const ended = newest !== null && !isFinished(newest.job) && job !== null && isFinished(job);

  useEffect(() => {
    if (ended) void changed();
    // Once, when the job has ended.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ended]);

  const columns = useMemo<Column<Refresh>[]>(
    () => [
      { key: "state", title: t("columnState"), width: "88px", value: (row) => row.job.state, render: (row) => <JobStateTag state={row.job.state} /> },
      { key: "day", title: t("columnDay"), width: "104px", value: (row) => row.day },
      { key: "origin", from: 620, title: t("columnOrigin"), width: "72px", value: (row) => t(`origin.${row.part ?? "manual"}`) },
      { key: "datasets", from: 840, title: t("columnDatasets"), width: "72px", numeric: true, value: (row) => row.datasets.filter((one) => progressOf(one).total > 0).length },
      { key: "done", title: t("columnDone"), width: "72px", numeric: true, value: (row) => row.counts.done, render: (row) => formatExact(row.counts.done) },
      { key: "unchanged", from: 720, title: t("columnUnchanged"), width: "96px", numeric: true, value: (row) => row.counts.unchanged, render: (row) => formatExact(row.counts.unchanged) },
      {
        key: "failed",
        title: t("columnFailed"),
        width: "64px",
        numeric: true,
        value: (row) => row.counts.failed,
        render: (row) => <span className={row.counts.failed > 0 ? "danger" : undefined}>{formatExact(row.counts.failed)}</span>,
      },
      { key: "pending", title: t("columnPending"), width: "72px", numeric: true, value: (row) => row.counts.pending, render: (row) => formatExact(row.counts.pending) },
      { key: "rows", from: 840, title: t("columnRows"), width: "104px", numeric: true, value: (row) => row.inserted, render: (row) => formatExact(row.inserted) },
      {
        key: "note",
        from: 960,
        title: "",
        width: "minmax(120px, 2fr)",
        sortable: false,
        value: (row) => (row.goes_on_at !== null ? t("stoppedAt", { at: formatInstant(row.goes_on_at, { seconds: false }) }) : row.stopped !== null ? t("stopped") : ""),
      },
      { key: "created", title: t("columnCreated"), width: "144px", value: (row) => row.created_at, render: (row) => formatInstant(row.created_at, { seconds: false }) },
    ],
    [t],
  );
  return (
    <>
      <div className="refresh-top">
        <Freshness busy={busy} />
        <SchedulePart />
      </div>
      {busy && newest !== null && <Running id={newest.id} live={live} />}
      <h2 className="refresh-history-title">{t("history")}</h2>
      <DataTable
        label={t("history")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        onRowClick={(row) => setOpenId(row.id)}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={<Empty title={t("historyEmpty")}>{t("historyEmptyText")}</Empty>}
      />
      <RefreshDrawer refresh={rows?.find(({ id }) => id === openId) ?? null} onClose={() => setOpenId(null)} />
    </>
  );
}
