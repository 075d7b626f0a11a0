import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { formatExact } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { itemsQuery, useResumeRefresh, type ItemState, type Refresh, type RefreshItem } from "./api";
import { DatasetTable } from "./DatasetTable";
import { refreshTexts } from "./i18n";
import { canResume } from "./logic";
import { useDatasetName, useErrorText } from "./names";

const STATES: readonly ItemState[] = ["failed", "pending", "done", "unchanged", "skipped"];
type DatasetName = RefreshItem["dataset"];

/** What became of each dataset and item of a refresh; what was not done can be resumed. */
export function RefreshDrawer({ refresh, onClose }: { refresh: Refresh | null; onClose: () => void }) {
  const t = refreshTexts.useText();
  return (
    <Drawer open={refresh !== null} onClose={onClose} size={880} destroyOnHidden title={refresh === null ? "" : t("detail", { day: refresh.day })}>
      {refresh !== null && <Detail key={refresh.id} refresh={refresh} />}
    </Drawer>
  );
}

function Detail({ refresh }: { refresh: Refresh }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const { message, notification } = App.useApp();
  const resume = useResumeRefresh();
  const [state, setState] = useState<ItemState | null>(refresh.counts.failed > 0 ? "failed" : null);
  const [dataset, setDataset] = useState<DatasetName | null>(null);
  const counts = refresh.datasets.find((one) => one.dataset === dataset)?.counts ?? refresh.counts;
  return (
    <div className="refresh-detail">
      {refresh.job.error !== null && <JobErrorText error={refresh.job.error} />}
      {refresh.stopped !== null && <p className="soft">{t("stoppedFor", { names: refresh.stopped.datasets.map(nameOf).join("、") })}</p>}
      {refresh.missing.length > 0 && <p className="soft">{t("missing", { names: refresh.missing.map(nameOf).join("、") })}</p>}
      <DatasetTable datasets={refresh.datasets} live={false} onChoose={setDataset} />
      <div className="refresh-row">
        <Select<DatasetName | "all">
          aria-label={t("columnDataset")}
          style={{ width: 136 }}
          value={dataset ?? "all"}
          onChange={(value) => setDataset(value === "all" ? null : value)}
          options={[{ value: "all", label: t("allDatasets") }, ...refresh.datasets.map((one) => ({ value: one.dataset, label: nameOf(one.dataset) }))]}
        />
        <Segmented<ItemState | "all">
          aria-label={t("columnState")}
          value={state ?? "all"}
          onChange={(value) => setState(value === "all" ? null : value)}
          options={[
            { value: "all", label: t("all") },
            ...STATES.filter((value) => counts[value] > 0 || value === state).map((value) => ({ value, label: `${t(`state.${value}`)} ${formatExact(counts[value])}` })),
          ]}
        />
        {canResume(refresh) && (
          <Button
            type="primary"
            loading={resume.isPending}
            onClick={() =>
              resume.mutate(refresh.id, {
                onSuccess: () => void message.success(t("resumed")),
                onError: (error) => notification.error({ title: t("resumeFailed"), description: explain(error).message, duration: 0 }),
              })
            }
          >
            {t("resume")}
          </Button>
        )}
      </div>
      <Items refresh={refresh} dataset={dataset} state={state} />
    </div>
  );
}

function Items({ refresh, dataset, state }: { refresh: Refresh; dataset: DatasetName | null; state: ItemState | null }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const errorText = useErrorText();
  const list = useInfiniteQuery(itemsQuery(refresh.id, dataset, state));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<RefreshItem>[]>(
    () => [
      { key: "key", title: t("columnKey"), width: "112px", value: (row) => row.key, render: (row) => <Key item={row} /> },
      { key: "dataset", title: t("columnDataset"), width: "88px", value: (row) => nameOf(row.dataset) },
      { key: "state", title: t("columnState"), width: "72px", value: (row) => t(`state.${row.state}`) },
      { key: "reason", from: 620, title: t("columnReason"), width: "96px", value: (row) => t(`reason.${row.reason}`) },
      { key: "last", from: 760, title: t("columnLast"), width: "104px", value: (row) => row.last },
      { key: "rows", title: t("columnRows"), width: "72px", numeric: true, value: (row) => row.inserted, render: (row) => formatExact(row.inserted) },
      { key: "source", from: 520, title: t("columnSource"), width: "88px", value: (row) => row.source },
      { key: "error", title: t("columnError"), width: "minmax(120px, 3fr)", value: (row) => row.error, render: (row) => <span title={row.error ?? undefined}>{errorText(row.error_kind, row.error)}</span> },
    ],
    [t, nameOf, errorText],
  );
  return (
    <DataTable
      label={t("items")}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.dataset} ${row.key}`}
      error={list.error}
      onRetry={() => void list.refetch()}
      maxHeight="calc(100vh - 520px)"
      exportName={`refresh-${refresh.day}`}
      onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
      empty={<Empty title={t("itemsEmpty")} />}
    />
  );
}

/** The item's symbol leads to its page; a day or the whole market does not. */
function Key({ item }: { item: RefreshItem }) {
  const t = refreshTexts.useText();
  if (item.key === "cn") return <>{t("whole")}</>;
  return item.key.includes(".") ? <Link to={`/market/${item.key}`}>{item.key}</Link> : <>{item.key}</>;
}
