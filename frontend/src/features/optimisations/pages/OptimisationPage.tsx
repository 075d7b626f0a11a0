import { CopyOutlined, DeleteOutlined, EditOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { ApiError } from "@/api/errors";
import { useSocketStatus } from "@/api/ws";
import { isFinished } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { JobLogView } from "@/features/jobs/components/LogView";
import { formatNumber, formatPercent } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { optimisationQuery, trialsQuery, type Optimisation } from "../api";
import { HeatMap } from "../components/HeatMap";
import { LuckPanel } from "../components/LuckPanel";
import { OpenedRun } from "../components/OpenedRun";
import { ParallelChart } from "../components/ParallelChart";
import { ProgressScatter } from "../components/ProgressScatter";
import { RenameOptimisation } from "../components/RenameOptimisation";
import { TrialCard } from "../components/TrialCard";
import { TrialsTable } from "../components/TrialsTable";
import { useDeleteWithUndo } from "../components/useDeleteWithUndo";
import { useFigureNames } from "../components/useFigureNames";
import { useLiveOptimisation, useLiveTrials } from "../components/useLiveOptimisation";
import { useOpenTrial } from "../components/useOpenTrial";
import { WalkForwardPanel } from "../components/WalkForwardPanel";
import { optimisationTexts } from "../i18n";
import { brushed, parallelAxes, type Brushes } from "../logic/brush";
import { formatFigure } from "../logic/metric";
import { bestOf, rowsOf } from "../logic/trials";
import "../components/optimisations.css";

/** How often the trials are read again: until all cells of a search that knows them are there; then as a safety net of the events. */
const RELOAD_MS = { incomplete: 1_000, socketDown: 2_000, socketUp: 15_000 };
const NO_BRUSHES: Brushes = {};

/** One optimisation: what it found, how far to believe it, and where it stands. */
export default function OptimisationPage() {
  const t = optimisationTexts.useText();
  const { id = "" } = useParams();
  const optimisation = useQuery(optimisationQuery(id));
  if (optimisation.data !== undefined) return <Opened key={id} optimisation={optimisation.data} />;
  if (optimisation.error instanceof ApiError && optimisation.error.status === 404) {
    return <Empty title={t("notFound")} action={<Link to="/backtests/optimisations">{t("toList")}</Link>} />;
  }
  return (
    <Page title={t("title")}>
      {optimisation.isError ? <ErrorPanel title={t("loadError")} error={optimisation.error} onRetry={() => void optimisation.refetch()} /> : <Loading height={640} />}
    </Page>
  );
}

function Opened({ optimisation }: { optimisation: Optimisation }) {
  const t = optimisationTexts.useText();
  const navigate = useNavigate();
  const figureName = useFigureNames();
  const live = useLiveOptimisation(optimisation);
  const job = live.job ?? optimisation.job;
  const running = !isFinished(job);
  useLiveTrials(optimisation, job.id, running);
  const socketUp = useSocketStatus(({ status }) => status === "open");
  const trials = useQuery({
    ...trialsQuery(optimisation.id),
    refetchInterval: ({ state }) => {
      if (!running) return false;
      const known = state.data?.trials.number.length ?? 0;
      if (optimisation.search.kind !== "tpe" && known < optimisation.trials) return RELOAD_MS.incomplete;
      return socketUp ? RELOAD_MS.socketUp : RELOAD_MS.socketDown;
    },
  });
  const rows = useMemo(() => (trials.data === undefined ? undefined : rowsOf(trials.data.trials)), [trials.data]);
  const best = useMemo(() => bestOf(rows ?? []), [rows]);
  const [renaming, setRenaming] = useState(false);
  const [pinnedNumber, setPinnedNumber] = useState<number | null>(null);
  const [brushes, setBrushes] = useState<Brushes>(NO_BRUSHES);
  const onBrush = useCallback((name: string, intervals: [number, number][]) => setBrushes((known) => ({ ...known, [name]: intervals })), []);
  const kept = useMemo(() => brushed(rows ?? [], parallelAxes(optimisation.ranges, rows ?? []), brushes), [rows, optimisation.ranges, brushes]);
  const remove = useDeleteWithUndo();
  const opener = useOpenTrial(optimisation.id);
  const pinned = rows?.find(({ number }) => number === pinnedNumber) ?? null;
  const pin = ({ number }: { number: number }) => setPinnedNumber((known) => (known === number ? null : number));
  const { metric } = optimisation.objective;
  const title = t("heatmap", { objective: figureName(metric) });

  return (
    <Page
      title={optimisation.name}
      extra={
        <>
          <JobStateTag state={job.state} />
          <Link to={`/strategies/${optimisation.strategy_id}`}>
            {optimisation.strategy_name} v{optimisation.version}
          </Link>
          <Link to="/backtests/optimisations">{t("toList")}</Link>
        </>
      }
      actions={
        <>
          <Button type="text" icon={<EditOutlined aria-hidden />} onClick={() => setRenaming(true)}>
            {t("rename")}
          </Button>
          {!running && (
            <Button type="text" icon={<DeleteOutlined aria-hidden />} onClick={() => void remove(optimisation).then((gone) => gone && navigate("/backtests/optimisations"))}>
              {t("delete")}
            </Button>
          )}
          <Link to={`/backtests/optimisations/new?from=${optimisation.id}`}>
            <Button icon={<CopyOutlined aria-hidden />} tabIndex={-1}>
              {t("again")}
            </Button>
          </Link>
          <JobActions job={job} size="middle" />
          <Button type="primary" icon={<PlayCircleOutlined aria-hidden />} disabled={best === null} loading={opener.busy} onClick={() => best !== null && opener.open(best.number)}>
            {t("openBest")}
          </Button>
        </>
      }
    >
      <PlanLine optimisation={optimisation} done={Math.max(optimisation.done, job.progress?.done ?? 0)} />
      {running && (
        <section className="panel panel-body" aria-label={t("progress")}>
          <JobProgress live={{ ...live, job }} />
        </section>
      )}
      {job.state === "failed" && job.error !== null && <JobErrorText error={job.error} />}
      {job.state === "cancelled" && <Alert type="info" showIcon title={t("cancelledTitle")} description={t("cancelledText", { done: formatNumber(optimisation.done, { digits: 0 }) })} />}
      <OpenedRun opener={opener} />
      {rows === undefined ? (
        trials.isError ? (
          <ErrorPanel title={t("trialsError")} error={trials.error} onRetry={() => void trials.refetch()} />
        ) : (
          <Loading height={520} />
        )
      ) : (
        <>
          <Panel title={title}>
            <div className="panel-body heat-and-card">
              <div>
                {rows.length === 0 ? <Empty title={t("noTrialsYet")}>{t("noTrialsText")}</Empty> : <HeatMap optimisation={optimisation} trials={rows} best={best} pinned={pinned} onPin={pin} />}
              </div>
              <TrialCard optimisation={optimisation} trial={pinned ?? best} isBest={pinned === null || pinned.number === best?.number} opener={opener} />
            </div>
          </Panel>
          <Panel title={t("luck")}>
            <LuckPanel optimisation={optimisation} running={running} results={rows.filter(({ state }) => state === "succeeded").length} />
          </Panel>
          {optimisation.walk_forward !== null && (
            <Panel title={t("walkForward")}>
              <WalkForwardPanel optimisation={optimisation} running={running} />
            </Panel>
          )}
          {best !== null && (
            <>
              <Panel title={t("parallel")}>
                <div className="panel-body">
                  <ParallelChart optimisation={optimisation} trials={rows} brushes={brushes} onBrush={onBrush} onClear={() => setBrushes(NO_BRUSHES)} onPin={pin} />
                </div>
              </Panel>
              <Panel title={t("progressChart")}>
                <div className="panel-body">
                  <ProgressScatter optimisation={optimisation} trials={rows} onPin={pin} />
                </div>
              </Panel>
            </>
          )}
          <Panel title={t("trialsTable")} note={kept.length < rows.length ? t("brushedTrials", { count: formatNumber(kept.length, { digits: 0 }), all: formatNumber(rows.length, { digits: 0 }) }) : undefined}>
            <TrialsTable optimisation={optimisation} trials={kept} errors={trials.data?.errors ?? []} selected={pinnedNumber} onPin={pin} />
          </Panel>
        </>
      )}
      <details className="expert">
        <summary>{t("jobLog")}</summary>
        <div>
          <JobLogView job={job} height={240} />
        </div>
      </details>
      {renaming && <RenameOptimisation optimisation={optimisation} onClose={() => setRenaming(false)} />}
    </Page>
  );
}

interface PanelProps {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}

function Panel({ title, note, children }: PanelProps) {
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-title">
        <h2>{title}</h2>
        {note !== undefined && <span className="soft">{note}</span>}
      </div>
      {children}
    </section>
  );
}

const NAMED_SYMBOLS = 3;

/** What was asked for and what became of it, in one line. */
function PlanLine({ optimisation, done }: { optimisation: Optimisation; done: number }) {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  const { spec, search, objective, walk_forward: walk, figures, best } = optimisation;
  const { symbols } = spec;
  const named = symbols.slice(0, NAMED_SYMBOLS).join(" ");
  const whole = (value: number) => formatNumber(value, { digits: 0 });
  const facts: [string, string, string?][] = [
    [t("symbols"), symbols.length > NAMED_SYMBOLS ? `${named} ${t("symbolsMore", { count: symbols.length })}` : named, symbols.join(" ")],
    [t("dates"), `${spec.start} – ${spec.end}`],
    [t("searchTitle"), `${t(`search.${search.kind}`)} · ${t("trialsCount", { count: whole(optimisation.trials) })}`],
    [t("objective"), figureName(objective.metric)],
    ...(walk === null ? [] : [[t("walkForward"), t("walkPlan", { train: walk.train_days, test: walk.test_days, folds: optimisation.folds })] as [string, string]]),
    [t("runsDone"), t("runsOf", { done: whole(done), runs: whole(optimisation.runs) })],
    ...(optimisation.failed === 0 ? [] : [[t("runsFailed"), whole(optimisation.failed)] as [string, string]]),
    ...(best === null ? [] : [[t("best"), formatFigure(objective.metric, best.objective)] as [string, string]]),
    ...(figures === null
      ? []
      : ([
          [t("columnDeflated"), formatPercent(figures.deflated_sharpe, { digits: 1 })],
          [t("columnPbo"), formatPercent(figures.overfitting, { digits: 1 })],
        ] as [string, string][])),
  ];
  return (
    <dl className="plan-line">
      {facts.map(([name, value, title]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={title}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
