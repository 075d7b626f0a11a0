import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { formatExact, formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { importsQuery, type Import } from "../api";
import { dataTexts } from "../i18n";

const total = (data: Import, key: "accepted" | "rejected") => data.reports.reduce((sum, report) => sum + report[key], 0);

/** Every import so far. */
export function ImportHistory({ onOpen }: { onOpen: (id: string) => void }) {
  const t = dataTexts.useText();
  const list = useInfiniteQuery(importsQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<Import>[]>(
    () => [
      { key: "state", title: t("columnState"), width: "96px", value: (row) => row.job.state, render: (row) => <JobStateTag state={row.job.state} /> },
      { key: "files", title: t("columnFiles"), width: "minmax(200px, 3fr)", value: (row) => row.files.join(" "), render: (row) => <span title={row.files.join("\n")}>{row.files.join("、")}</span> },
      { key: "accepted", title: t("columnAccepted"), numeric: true, width: "128px", value: (row) => total(row, "accepted"), render: (row) => formatExact(total(row, "accepted")) },
      {
        key: "rejected",
        title: t("columnRejected"),
        numeric: true,
        width: "128px",
        value: (row) => total(row, "rejected"),
        render: (row) => <span className={total(row, "rejected") > 0 ? "danger" : undefined}>{formatExact(total(row, "rejected"))}</span>,
      },
      { key: "created", title: t("columnCreated"), width: "160px", value: (row) => row.created_at, render: (row) => formatInstant(row.created_at) },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("history")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      error={list.error}
      onRetry={() => void list.refetch()}
      onRowClick={(row) => onOpen(row.id)}
      onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
      empty={<Empty title={t("historyEmpty")}>{t("historyEmptyText")}</Empty>}
    />
  );
}
