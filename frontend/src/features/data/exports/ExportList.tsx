import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useEffect, useMemo, useState } from "react";

import { explain } from "@/api/errors";
import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { formatBytes, formatExact, formatInstant, formatPercent } from "@/ui/format";
import { download } from "@/ui/format/csv";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { exportKeys, exportsQuery, fetchFile, useDeleteExport, type Export } from "./api";
import { exportTexts } from "./i18n";

const nameOf = (row: Export) => row.file?.name ?? row.job.title;

/** What is being exported, and the files that are there to download. */
export function ExportList() {
  const t = exportTexts.useText();
  const list = useInfiniteQuery(exportsQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const running = rows?.filter(({ job }) => !isFinished(job)) ?? [];
  const columns = useMemo<Column<Export>[]>(
    () => [
      { key: "state", title: t("columnState"), width: "88px", value: (row) => row.job.state, render: (row) => <JobStateTag state={row.job.state} /> },
      { key: "file", title: t("columnFile"), width: "minmax(200px, 3fr)", value: nameOf, render: (row) => <span title={nameOf(row)}>{nameOf(row)}</span> },
      { key: "rows", from: 620, title: t("columnRows"), numeric: true, width: "112px", value: (row) => row.file?.rows ?? null, render: (row) => formatExact(row.file?.rows) },
      { key: "size", title: t("columnSize"), numeric: true, width: "88px", value: (row) => row.file?.size ?? null, render: (row) => formatBytes(row.file?.size) },
      { key: "created", from: 720, title: t("columnCreated"), width: "144px", value: (row) => row.created_at, render: (row) => formatInstant(row.created_at, { seconds: false }) },
      { key: "expires", from: 900, title: t("columnExpires"), width: "144px", value: (row) => row.expires_at ?? null, render: (row) => (row.expires_at === null ? "" : formatInstant(row.expires_at, { seconds: false })) },
      { key: "actions", title: t("columnActions"), width: "176px", sortable: false, value: () => null, render: (row) => <Actions row={row} /> },
    ],
    [t],
  );
  return (
    <>
      {running.map((row) => (
        <Running key={row.id} row={row} />
      ))}
      <DataTable
        label={t("list")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={<Empty title={t("empty")}>{t("emptyText")}</Empty>}
      />
    </>
  );
}

/** An export under way: progress with rate and time left, and its cancel; the list is read again when it ends. */
function Running({ row }: { row: Export }) {
  const client = useQueryClient();
  const live = useLiveJob(row.job);
  const ended = live.job !== null && isFinished(live.job);
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: exportKeys.list() });
  }, [ended, client]);
  if (live.job === null) return null;
  return (
    <div className="export-running">
      <JobProgress live={live} />
      {live.job.error !== null && <JobErrorText error={live.job.error} />}
      <JobActions job={live.job} />
    </div>
  );
}

function Actions({ row }: { row: Export }) {
  const t = exportTexts.useText();
  const { modal, message, notification } = App.useApp();
  const remove = useDeleteExport();
  const [share, setShare] = useState<number | null>(null);
  const { file } = row;
  const name = nameOf(row);
  if (!isFinished(row.job)) return null;

  const save = async () => {
    if (file === null) return;
    setShare(0);
    try {
      download(file.name, await fetchFile(row.id, file.size, setShare));
    } catch (error) {
      notification.error({ title: t("downloadFailed"), description: explain(error).message, duration: 0 });
    } finally {
      setShare(null);
    }
  };
  const confirm = () =>
    modal.confirm({
      title: t("deleteTitle"),
      content: t("deleteText", { name }),
      okText: t("delete"),
      okButtonProps: { danger: true },
      cancelText: t("cancel"),
      onOk: async () => {
        try {
          await remove.mutateAsync(row.id);
          void message.success(t("deleted"));
        } catch (error) {
          notification.error({ title: t("deleteFailed"), description: explain(error).message, duration: 0 });
        }
      },
    });
  return (
    <span className="export-actions">
      {file !== null && (
        <Button size="small" type="primary" aria-label={t("downloadOf", { name })} disabled={share !== null} onClick={() => void save()}>
          {share === null ? t("download") : t("downloading", { percent: formatPercent(share, { digits: 0 }) })}
        </Button>
      )}
      <Button size="small" danger aria-label={t("deleteOf", { name })} onClick={confirm}>
        {t("delete")}
      </Button>
    </span>
  );
}
