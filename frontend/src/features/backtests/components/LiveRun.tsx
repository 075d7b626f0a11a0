import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useEffect } from "react";
import { Link } from "react-router";

import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { JobLogView } from "@/features/jobs/components/LogView";
import { ErrorPanel, Loading } from "@/ui/state";

import { backtestKeys, codeQuery, reportQuery, type Backtest } from "../api";
import { backtestTexts } from "../i18n";
import { codeErrorOf, withLines } from "../logic/codeError";
import { KEY_METRICS } from "../logic/metrics";
import { CodeErrorPanel } from "./CodeErrorPanel";
import { EquityChart, PartialEquityChart } from "./EquityChart";
import { MetricCards } from "./MetricCards";
import "./report.css";

const WAITING_HEIGHT = 228;

/** Follow the job of a backtest; when it ends, or is tried again, what was read of the backtest is read again. */
export function useLiveBacktest(backtest: Backtest | null | undefined) {
  const client = useQueryClient();
  const live = useLiveJob(backtest?.job);
  const id = backtest?.id;
  const turned = backtest !== null && backtest !== undefined && live.job !== null && isFinished(live.job) !== isFinished(backtest.job);
  useEffect(() => {
    if (!turned || id === undefined) return;
    void client.invalidateQueries({ queryKey: backtestKeys.detail(id) });
    void client.invalidateQueries({ queryKey: backtestKeys.lists() });
  }, [turned, id, client]);
  return live;
}

interface LiveRunProps {
  backtest: Backtest;
  onGoTo?: ((line: number, file?: string) => void) | undefined;
}

/** A run under way, and what became of it: progress, equity so far, log; then the key figures or the error. */
export function LiveRun({ backtest, onGoTo }: LiveRunProps) {
  const t = backtestTexts.useText();
  const live = useLiveBacktest(backtest);
  const job = live.job ?? backtest.job;
  const { equity } = live;
  return (
    <section className="live-run" aria-label={t("running")}>
      <header className="live-run-head">
        <strong>{backtest.name}</strong>
        <JobStateTag state={job.state} />
        <JobActions job={job} />
      </header>
      {!isFinished(job) && (
        <>
          <JobProgress live={live} />
          {equity === null || equity.date.length < 2 ? (
            <div className="live-waiting soft" style={{ height: WAITING_HEIGHT }}>
              {t("equityWaiting")}
            </div>
          ) : (
            <PartialEquityChart date={equity.date} equity={equity.equity} exportName={`equity-${backtest.id}`} />
          )}
        </>
      )}
      {job.state === "succeeded" && <MiniReport backtest={backtest} />}
      {job.state === "failed" && <RunFailure job={job} of={backtest} onGoTo={onGoTo} />}
      {job.state === "cancelled" && <Alert type="info" showIcon title={t("cancelledTitle")} description={t("cancelledText")} />}
      <h3>{t("log")}</h3>
      <JobLogView job={job} height={220} />
    </section>
  );
}

interface RunFailureProps {
  job: Backtest["job"];
  /** Whose code it was, to show its lines; left out where that is not known. */
  of?: Pick<Backtest, "strategy_id" | "version">;
  onGoTo?: ((line: number, file?: string) => void) | undefined;
}

/** Why a run failed: the user's own line where it was their code. */
export function RunFailure({ job, of, onGoTo }: RunFailureProps) {
  const codeError = codeErrorOf(job);
  const code = useQuery({ ...codeQuery(of?.strategy_id ?? "", of?.version ?? 0), enabled: of !== undefined && codeError !== null });
  if (codeError !== null) return <CodeErrorPanel error={withLines(codeError, code.data)} onGoTo={onGoTo} />;
  return job.error === null ? null : <JobErrorText error={job.error} />;
}

function MiniReport({ backtest }: { backtest: Backtest }) {
  const t = backtestTexts.useText();
  const report = useQuery(reportQuery(backtest.id));
  if (report.data === undefined && report.isError) {
    return <ErrorPanel title={t("reportError")} error={report.error} onRetry={() => void report.refetch()} />;
  }
  return (
    <>
      {report.data === undefined ? (
        <Loading height={WAITING_HEIGHT + 72} />
      ) : (
        <>
          <MetricCards metrics={report.data.metrics} shown={KEY_METRICS} />
          <EquityChart plain series={report.data.series} benchmark={report.data.spec.benchmark ?? null} height={260} exportName={`equity-${backtest.id}`} />
        </>
      )}
      <Link to={`/backtests/${backtest.id}`}>
        <Button type="primary" block tabIndex={-1}>
          {t("openReport")}
        </Button>
      </Link>
    </>
  );
}
