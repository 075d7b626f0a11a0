import { DeleteOutlined, EditOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { strategyNamesQuery } from "@/features/backtests/api";
import { isFinished } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { formatInstant, formatNumber, formatPercent } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { optimisationsQuery, type Optimisation } from "../api";
import { RenameOptimisation } from "../components/RenameOptimisation";
import { RunsTabs } from "../components/RunsTabs";
import { useDeleteWithUndo } from "../components/useDeleteWithUndo";
import { useFigureNames } from "../components/useFigureNames";
import { useLiveOptimisation } from "../components/useLiveOptimisation";
import { optimisationTexts } from "../i18n";
import { formatFigure } from "../logic/metric";
import { paramsText } from "../logic/trials";
import "../components/optimisations.css";

function StateCell({ optimisation }: { optimisation: Optimisation }) {
  const live = useLiveOptimisation(optimisation);
  return <JobStateTag state={(live.job ?? optimisation.job).state} />;
}

function ProgressCell({ optimisation }: { optimisation: Optimisation }) {
  const live = useLiveOptimisation(optimisation);
  const job = live.job ?? optimisation.job;
  if (isFinished(job)) return <>{formatNumber(optimisation.done, { digits: 0 })} / {formatNumber(optimisation.runs, { digits: 0 })}</>;
  return (
    <div className="job-cell-progress">
      <JobProgress live={live} />
    </div>
  );
}

/** All optimisations, newest first. */
export default function OptimisationsPage() {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const strategyId = search.get("strategy");
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(optimisationsQuery({ strategyId, q }));
  const strategies = useQuery(strategyNamesQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const [renaming, setRenaming] = useState<Optimisation | null>(null);
  const remove = useDeleteWithUndo();

  const columns = useMemo<Column<Optimisation>[]>(
    () => [
      { key: "state", title: t("columnState"), width: "116px", sortable: false, value: (row) => row.job.state, render: (row) => <StateCell optimisation={row} /> },
      { key: "name", title: t("columnName"), width: "minmax(150px, 2fr)", value: (row) => row.name, render: (row) => <Link to={`/backtests/optimisations/${row.id}`} title={row.name}>{row.name}</Link> },
      { key: "progress", title: t("columnProgress"), width: "148px", from: 720, sortable: false, value: (row) => row.done, render: (row) => <ProgressCell optimisation={row} /> },
      { key: "search", title: t("columnSearch"), width: "104px", from: 960, value: (row) => t(`search.${row.search.kind}`) },
      {
        key: "best",
        title: t("columnBest"),
        numeric: true,
        width: "minmax(132px, 1fr)",
        value: (row) => row.best?.objective,
        render: (row) => (row.best === null ? "—" : <span title={paramsText(row.best.params)}>{figureName(row.objective.metric)} {formatFigure(row.objective.metric, row.best.objective)}</span>),
      },
      { key: "deflated", title: t("columnDeflated"), numeric: true, width: "112px", from: 800, value: (row) => row.figures?.deflated_sharpe, render: (row) => formatPercent(row.figures?.deflated_sharpe, { digits: 1 }) },
      { key: "pbo", title: t("columnPbo"), numeric: true, width: "112px", from: 1080, value: (row) => row.figures?.overfitting, render: (row) => formatPercent(row.figures?.overfitting, { digits: 1 }) },
      { key: "strategy", title: t("strategy"), from: 1270, width: "minmax(96px, 1fr)", value: (row) => row.strategy_name, render: (row) => <Link to={`/strategies/${row.strategy_id}`} title={row.strategy_name}>{row.strategy_name} v{row.version}</Link> },
      { key: "created", title: t("columnCreated"), from: 1420, width: "136px", value: (row) => row.created_at, render: (row) => formatInstant(row.created_at, { seconds: false }) },
      {
        key: "actions",
        title: t("columnActions"),
        width: "96px",
        sortable: false,
        value: () => null,
        render: (row) =>
          isFinished(row.job) ? (
            <>
              <Button size="small" type="text" icon={<EditOutlined aria-hidden />} aria-label={`${t("rename")} ${row.name}`} title={t("rename")} onClick={() => setRenaming(row)} />
              <Button size="small" type="text" icon={<DeleteOutlined aria-hidden />} aria-label={`${t("delete")} ${row.name}`} title={t("delete")} onClick={() => void remove(row)} />
            </>
          ) : (
            <JobActions job={row.job} />
          ),
      },
    ],
    // `remove` is made anew at each render and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [t, figureName],
  );

  const filtered = q !== "" || strategyId !== null;
  const newPath = `/backtests/optimisations/new${strategyId === null ? "" : `?strategy=${strategyId}`}`;
  const start = (
    <Link to={newPath}>
      <Button type="primary" tabIndex={-1}>
        {t("newTitle")}
      </Button>
    </Link>
  );
  return (
    <Page title={t("title")} extra={<RunsTabs />} actions={start}>
      <div className="filters">
        <Input.Search allowClear className="list-search" value={typed} placeholder={t("searchPlaceholder")} aria-label={t("searchPlaceholder")} onChange={(event) => setTyped(event.target.value)} />
        <Select
          aria-label={t("strategy")}
          style={{ width: 200 }}
          value={strategyId ?? ""}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(value) => setSearch(value === "" ? {} : { strategy: value })}
          options={[{ value: "", label: t("allStrategies") }, ...(strategies.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        />
      </div>
      <section className="panel">
        <DataTable
          label={t("title")}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          error={list.error}
          onRetry={() => void list.refetch()}
          maxHeight="calc(100vh - 240px)"
          onRowClick={(row) => void navigate(`/backtests/optimisations/${row.id}`)}
          onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
          empty={
            filtered ? (
              <Empty title={t("emptyFilter")} action={<Button onClick={() => { setTyped(""); setSearch({}); }}>{t("clearFilter")}</Button>} />
            ) : (
              <Empty title={t("emptyTitle")} action={start}>
                {t("emptyText")}
              </Empty>
            )
          }
        />
      </section>
      {renaming !== null && <RenameOptimisation optimisation={renaming} onClose={() => setRenaming(null)} />}
    </Page>
  );
}
