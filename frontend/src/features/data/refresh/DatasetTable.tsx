import { useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import { formatDuration, formatExact } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import type { DatasetTally } from "./api";
import { refreshTexts } from "./i18n";
import { progressOf } from "./logic";
import { useDatasetName, useErrorText } from "./names";

interface DatasetTableProps {
  datasets: readonly DatasetTally[];
  /** Under way: each with its pace and the time left. */
  live: boolean;
  onChoose?: (dataset: DatasetTally["dataset"]) => void;
}

/** What has become of each dataset of a refresh. */
export function DatasetTable({ datasets, live, onChoose }: DatasetTableProps) {
  const t = refreshTexts.useText();
  const language = useLanguage();
  const nameOf = useDatasetName();
  const errorText = useErrorText();
  const columns = useMemo<Column<DatasetTally>[]>(() => {
    const common: Column<DatasetTally>[] = [
      { key: "dataset", title: t("columnDataset"), width: "minmax(88px, 1fr)", value: (row) => nameOf(row.dataset) },
      {
        key: "progress",
        title: t("columnProgress"),
        width: "minmax(112px, 1fr)",
        numeric: true,
        value: (row) => progressOf(row).done,
        render: (row) => {
          const { done, total } = progressOf(row);
          return (
            <span className="refresh-progress">
              <progress value={done} max={Math.max(1, total)} aria-label={nameOf(row.dataset)} />
              {formatExact(done)} / {formatExact(total)}
            </span>
          );
        },
      },
      {
        key: "failed",
        title: t("columnFailed"),
        width: "64px",
        numeric: true,
        value: (row) => row.counts.failed,
        render: (row) => <span className={row.counts.failed > 0 ? "danger" : undefined}>{formatExact(row.counts.failed)}</span>,
      },
    ];
    const now: Column<DatasetTally>[] = [
      {
        key: "current",
        title: t("columnCurrent"),
        width: "104px",
        value: (row) => row.current ?? t(progressOf(row).state === "waiting" ? "waiting" : "finished"),
        render: (row) => {
          if (row.current !== null) return row.current === "cn" ? t("whole") : row.current;
          return <span className="soft">{t(progressOf(row).state === "waiting" ? "waiting" : "finished")}</span>;
        },
      },
      {
        key: "pace",
        from: 620,
        title: t("columnPace"),
        width: "88px",
        numeric: true,
        value: (row) => progressOf(row).pace,
        render: (row) => {
          const { pace } = progressOf(row);
          return pace === null ? "" : t("pace", { count: formatExact(Math.round(pace)) });
        },
      },
      {
        key: "left",
        from: 620,
        title: t("columnLeft"),
        width: "88px",
        numeric: true,
        value: (row) => progressOf(row).secondsLeft,
        render: (row) => {
          const { secondsLeft } = progressOf(row);
          return secondsLeft === null ? "" : formatDuration(secondsLeft, language);
        },
      },
    ];
    const then: Column<DatasetTally>[] = [
      { key: "unchanged", from: 480, title: t("columnUnchanged"), width: "72px", numeric: true, value: (row) => row.counts.unchanged, render: (row) => formatExact(row.counts.unchanged) },
      { key: "rows", from: 400, title: t("columnRows"), width: "80px", numeric: true, value: (row) => row.inserted, render: (row) => formatExact(row.inserted) },
    ];
    return [
      ...common,
      ...(live ? now : then),
      { key: "error", from: 760, title: t("columnError"), width: "minmax(120px, 2fr)", value: (row) => row.error, render: (row) => <span title={row.error ?? undefined}>{errorText(row.error_kind, row.error)}</span> },
    ];
  }, [t, nameOf, errorText, live, language]);
  const rows = datasets.filter((row) => progressOf(row).total > 0);
  return (
    <DataTable
      label={t("datasets")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.dataset}
      maxHeight={live ? 360 : 280}
      empty={<Empty title={t("datasetsEmpty")} />}
      {...(onChoose === undefined ? {} : { onRowClick: (row: DatasetTally) => onChoose(row.dataset) })}
    />
  );
}
