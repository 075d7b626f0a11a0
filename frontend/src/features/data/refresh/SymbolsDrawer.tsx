import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Segmented } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { formatExact } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { symbolsQuery, useResumeRefresh, type Refresh, type RefreshSymbol, type SymbolState } from "./api";
import { refreshTexts } from "./i18n";
import { canResume } from "./logic";

const STATES: readonly SymbolState[] = ["failed", "pending", "done", "unchanged", "skipped"];

/** What became of each stock of a refresh; what was not done can be resumed. */
export function SymbolsDrawer({ refresh, onClose }: { refresh: Refresh | null; onClose: () => void }) {
  const t = refreshTexts.useText();
  return (
    <Drawer open={refresh !== null} onClose={onClose} size="large" destroyOnHidden title={refresh === null ? "" : t("detail", { day: refresh.day })}>
      {refresh !== null && <Symbols key={refresh.id} refresh={refresh} />}
    </Drawer>
  );
}

function Symbols({ refresh }: { refresh: Refresh }) {
  const t = refreshTexts.useText();
  const { message, notification } = App.useApp();
  const resume = useResumeRefresh();
  const [state, setState] = useState<SymbolState | null>(refresh.counts.failed > 0 ? "failed" : null);
  const list = useInfiniteQuery(symbolsQuery(refresh.id, state));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<RefreshSymbol>[]>(
    () => [
      { key: "symbol", title: t("columnSymbol"), width: "104px", value: (row) => row.symbol, render: (row) => <Link to={`/market/${row.symbol}`}>{row.symbol}</Link> },
      { key: "state", title: t("columnState"), width: "88px", value: (row) => t(`state.${row.state}`) },
      { key: "reason", title: t("columnReason"), width: "112px", value: (row) => t(`reason.${row.reason}`) },
      { key: "last", title: t("columnLast"), width: "104px", value: (row) => row.last },
      { key: "bars", title: t("columnBars"), width: "88px", numeric: true, value: (row) => row.inserted, render: (row) => formatExact(row.inserted) },
      { key: "source", from: 620, title: t("columnSource"), width: "96px", value: (row) => row.source },
      { key: "error", title: t("columnError"), width: "minmax(160px, 3fr)", value: (row) => row.error, render: (row) => <span title={row.error ?? undefined}>{row.error}</span> },
    ],
    [t],
  );
  return (
    <div className="refresh-detail">
      {refresh.job.error !== null && <JobErrorText error={refresh.job.error} />}
      <div className="refresh-row">
        <Segmented<SymbolState | "all">
          aria-label={t("columnState")}
          value={state ?? "all"}
          onChange={(value) => setState(value === "all" ? null : value)}
          options={[
            { value: "all", label: t("all") },
            ...STATES.filter((value) => refresh.counts[value] > 0).map((value) => ({ value, label: `${t(`state.${value}`)} ${formatExact(refresh.counts[value])}` })),
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
      <DataTable
        label={t("symbols")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.symbol}
        error={list.error}
        onRetry={() => void list.refetch()}
        maxHeight="calc(100vh - 240px)"
        exportName={`refresh-${refresh.day}`}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={<Empty title={t("symbolsEmpty")} />}
      />
    </div>
  );
}
