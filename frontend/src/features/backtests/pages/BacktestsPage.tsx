import { DeleteOutlined, DiffOutlined, EditOutlined, ReloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { explain } from "@/api/errors";
import { isFinished } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { RunsTabs } from "@/features/optimisations/components/RunsTabs";
import { Change, formatInstant, formatNumber, formatPercent } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { useUndo } from "@/ui/undo/useUndo";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { backtestsQuery, strategyNamesQuery, useDeleteBacktest, useRestoreBacktest, type Backtest } from "../api";
import { useLiveBacktest } from "../components/LiveRun";
import { RenameBacktest } from "../components/RenameBacktest";
import { Sparkline } from "../components/Sparkline";
import { useRunAgain } from "../components/useRunAgain";
import { compareTexts } from "../compare/i18n";
import { backtestTexts } from "../i18n";
import "../components/report.css";

function StateCell({ backtest }: { backtest: Backtest }) {
  const live = useLiveBacktest(backtest);
  return <JobStateTag state={(live.job ?? backtest.job).state} />;
}

function EquityCell({ backtest }: { backtest: Backtest }) {
  const t = backtestTexts.useText();
  const live = useLiveBacktest(backtest);
  if (backtest.sparkline !== null) return <Sparkline values={backtest.sparkline} label={t("equity")} />;
  if (live.job === null || isFinished(live.job)) return <>—</>;
  return (
    <div className="job-cell-progress">
      <JobProgress live={live} />
    </div>
  );
}

/** All backtests, newest first. */
export default function BacktestsPage() {
  const t = backtestTexts.useText();
  const c = compareTexts.useText();
  const navigate = useNavigate();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { notification } = App.useApp();
  const offerUndo = useUndo();
  const [search, setSearch] = useSearchParams();
  const strategyId = search.get("strategy");
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(backtestsQuery({ strategyId, q }));
  const strategies = useQuery(strategyNamesQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const [renaming, setRenaming] = useState<Backtest | null>(null);
  const { mutateAsync: remove } = useDeleteBacktest();
  const { mutateAsync: restore } = useRestoreBacktest();
  const { run: runAgain } = useRunAgain();

  const columns = useMemo<Column<Backtest>[]>(() => {
    const onDelete = async (backtest: Backtest) => {
      try {
        await remove(backtest.id);
        offerUndo({ done: t("deleted", { name: backtest.name }), undo: () => restore(backtest.id) });
      } catch (error) {
        notification.error({ title: t("actionFailed"), description: explain(error).message, duration: 0 });
      }
    };
    return [
      {
        key: "pick",
        title: "",
        width: "40px",
        sortable: false,
        value: () => null,
        render: (row) =>
          row.metrics !== null && (
            <Checkbox
              aria-label={c("pick", { name: row.name })}
              checked={picked.includes(row.id)}
              // The oldest choice gives way to a third.
              onChange={({ target }) => setPicked((known) => (target.checked ? [...known, row.id].slice(-2) : known.filter((id) => id !== row.id)))}
            />
          ),
      },
      { key: "state", title: t("columnState"), width: "116px", sortable: false, value: (row) => row.job.state, render: (row) => <StateCell backtest={row} /> },
      { key: "name", title: t("columnName"), width: "minmax(150px, 2fr)", value: (row) => row.name, render: (row) => <Link to={`/backtests/${row.id}`} title={row.name}>{row.name}</Link> },
      { key: "equity", from: 800, title: t("columnEquity"), width: "132px", sortable: false, value: () => null, render: (row) => <EquityCell backtest={row} /> },
      { key: "return", title: t("columnReturn"), numeric: true, width: "96px", value: (row) => row.metrics?.total_return, render: (row) => <Change value={row.metrics?.total_return} /> },
      { key: "sharpe", from: 740, title: t("columnSharpe"), numeric: true, width: "80px", value: (row) => row.metrics?.sharpe, render: (row) => formatNumber(row.metrics?.sharpe) },
      { key: "drawdown", title: t("columnDrawdown"), numeric: true, width: "96px", value: (row) => row.metrics?.max_drawdown, render: (row) => formatPercent(row.metrics?.max_drawdown) },
      {
        key: "strategy", from: 1000,
        title: t("columnStrategy"),
        width: "minmax(96px, 1fr)",
        value: (row) => row.strategy_name,
        render: (row) => (
          <Link to={`/strategies/${row.strategy_id}`} title={row.strategy_name}>
            {row.strategy_name} {t("version", { number: row.version })}
          </Link>
        ),
      },
      { key: "range", from: 1120, title: t("columnRange"), width: "172px", value: (row) => row.spec.start, render: (row) => `${row.spec.start} – ${row.spec.end}` },
      { key: "created", from: 1240, title: t("columnCreated"), width: "136px", value: (row) => row.created_at, render: (row) => formatInstant(row.created_at, { seconds: false }) },
      {
        key: "actions",
        title: t("columnActions"),
        width: "112px",
        sortable: false,
        value: () => null,
        render: (row) =>
          isFinished(row.job) ? (
            <>
              <Button size="small" type="text" icon={<ReloadOutlined aria-hidden />} aria-label={`${t("again")} ${row.name}`} title={t("again")} onClick={() => runAgain(row)} />
              <Button size="small" type="text" icon={<EditOutlined aria-hidden />} aria-label={`${t("rename")} ${row.name}`} title={t("rename")} onClick={() => setRenaming(row)} />
              <Button size="small" type="text" icon={<DeleteOutlined aria-hidden />} aria-label={`${t("delete")} ${row.name}`} title={t("delete")} onClick={() => void onDelete(row)} />
            </>
          ) : (
            <JobActions job={row.job} />
          ),
      },
    ];
    // `runAgain` is made anew at each render and does the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [t, c, picked, remove, restore, offerUndo, notification]);

  const filtered = q !== "" || strategyId !== null;
  const clear = () => {
    setTyped("");
    setSearch({});
  };
  return (
    <Page title={t("title")} extra={<RunsTabs />}>
      <div className="filters">
        <Input.Search allowClear className="list-search" value={typed} placeholder={t("searchPlaceholder")} aria-label={t("searchPlaceholder")} onChange={(event) => setTyped(event.target.value)} />
        <Select
          aria-label={t("columnStrategy")}
          style={{ width: 200 }}
          value={strategyId ?? ""}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(value) => setSearch(value === "" ? {} : { strategy: value })}
          options={[{ value: "", label: t("allStrategies") }, ...(strategies.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        />
        {picked.length > 0 && (
          <>
            <Button type="primary" disabled={picked.length < 2} icon={<DiffOutlined aria-hidden />} onClick={() => void navigate(`/backtests/compare?a=${picked[0]}&b=${picked[1]}`)}>
              {c("compareTwo")}
            </Button>
            <span className="soft">{c("picked", { count: picked.length })}</span>
            <Button type="link" size="small" onClick={() => setPicked([])}>
              {c("clear")}
            </Button>
          </>
        )}
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
          onRowClick={(row) => void navigate(`/backtests/${row.id}`)}
          onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
          empty={
            filtered ? (
              <Empty title={t("emptyFilter")} action={<Button onClick={clear}>{t("clearFilter")}</Button>} />
            ) : (
              <Empty title={t("emptyTitle")} action={<Link to="/strategies">{t("emptyAction")}</Link>}>
                {t("emptyText")}
              </Empty>
            )
          }
        />
      </section>
      {renaming !== null && <RenameBacktest backtest={renaming} onClose={() => setRenaming(null)} />}
    </Page>
  );
}
