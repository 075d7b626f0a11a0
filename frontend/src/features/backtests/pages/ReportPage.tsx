import { DiffOutlined, EditOutlined, ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { ApiError } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { isFinished } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { JobLogView } from "@/features/jobs/components/LogView";
import { OptimiseLink } from "@/features/optimisations/components/OptimiseLink";
import { formatCompact, formatExact } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { backtestQuery, reportQuery, type Backtest } from "../api";
import { LiveRun, RunFailure, useLiveBacktest } from "../components/LiveRun";
import { RenameBacktest } from "../components/RenameBacktest";
import { CodeTab, Report } from "../components/Report";
import { useRunAgain } from "../components/useRunAgain";
import { ChooseOther } from "../compare/ChooseOther";
import { backtestTexts } from "../i18n";
import { codeErrorOf } from "../logic/codeError";
import { fromFraction, normalise, perMyriad } from "../logic/decimals";
import { fromSpec, relaxedRules } from "../logic/form";
import { reportTexts } from "../report/i18n";
import "../components/report.css";

/** One backtest: its report, or where it stands. */
export default function ReportPage() {
  const t = backtestTexts.useText();
  const { id = "" } = useParams();
  const backtest = useQuery(backtestQuery(id));
  if (backtest.data !== undefined) return <Opened key={id} backtest={backtest.data} />;
  if (backtest.error instanceof ApiError && backtest.error.status === 404) {
    return <Empty title={t("notFound")} action={<Link to="/backtests">{t("toList")}</Link>} />;
  }
  return (
    <Page title={t("title")}>
      {backtest.isError ? (
        <ErrorPanel title={t("reportError")} error={backtest.error} onRetry={() => void backtest.refetch()} />
      ) : (
        <Loading height={640} />
      )}
    </Page>
  );
}

function Opened({ backtest }: { backtest: Backtest }) {
  const t = backtestTexts.useText();
  const r = reportTexts.useText();
  const live = useLiveBacktest(backtest);
  const [renaming, setRenaming] = useState(false);
  const [comparing, setComparing] = useState(false);
  const again = useRunAgain();
  const job = live.job ?? backtest.job;
  const report = useQuery({ ...reportQuery(backtest.id), enabled: job.state === "succeeded" });
  return (
    <Page
      title={backtest.name}
      extra={
        <>
          <JobStateTag state={job.state} />
          <Link to={`/strategies/${backtest.strategy_id}`}>
            {backtest.strategy_name} {t("version", { number: backtest.version })}
          </Link>
          {report.data !== undefined && <span className="tag">{r(`engine.${report.data.engine}`)}</span>}
        </>
      }
      actions={
        <>
          <Button type="text" icon={<EditOutlined aria-hidden />} onClick={() => setRenaming(true)}>
            {t("rename")}
          </Button>
          {isFinished(job) ? (
            <>
              {job.state === "succeeded" && (
                <Button type="text" icon={<DiffOutlined aria-hidden />} onClick={() => setComparing(true)}>
                  {r("compare")}
                </Button>
              )}
              <Button icon={<ReloadOutlined aria-hidden />} loading={again.pending} onClick={() => again.run(backtest)}>
                {t("again")}
              </Button>
              <OptimiseLink backtestId={backtest.id} />
              <Link to={`/strategies/${backtest.strategy_id}?from=${backtest.id}`}>
                <Button type="primary" tabIndex={-1}>
                  {t("runAgain")}
                </Button>
              </Link>
            </>
          ) : (
            <JobActions job={job} size="middle" />
          )}
        </>
      }
    >
      <SpecLine backtest={backtest} />
      <Body backtest={backtest} job={job} />
      {comparing && <ChooseOther backtest={backtest} onClose={() => setComparing(false)} />}
      {renaming && <RenameBacktest backtest={backtest} onClose={() => setRenaming(false)} />}
    </Page>
  );
}

const placeOf = (line: number, file: string | null | undefined) => (file == null ? { line } : { line, path: file });

function Body({ backtest, job }: { backtest: Backtest; job: Backtest["job"] }) {
  const t = backtestTexts.useText();
  const [reveal, setReveal] = useState<{ line: number; path?: string } | undefined>(() => {
    const error = codeErrorOf(job);
    return error?.line == null ? undefined : placeOf(error.line, error.file);
  });
  const report = useQuery({ ...reportQuery(backtest.id), enabled: job.state === "succeeded" });
  if (!isFinished(job)) {
    return (
      <section className="panel panel-body">
        <LiveRun backtest={backtest} />
      </section>
    );
  }
  if (job.state === "succeeded") {
    if (report.data !== undefined) return <Report backtest={{ ...backtest, job }} result={report.data} />;
    return report.isError ? (
      <ErrorPanel title={t("reportError")} error={report.error} onRetry={() => void report.refetch()} />
    ) : (
      <Loading height={640} />
    );
  }
  return (
    <>
      {job.state === "failed" ? (
        <RunFailure job={job} of={backtest} onGoTo={(line, file) => setReveal(placeOf(line, file))} />
      ) : (
        <Alert type="info" showIcon title={t("cancelledTitle")} description={t("cancelledText")} />
      )}
      <section className="panel">
        <div className="panel-title">
          <h2>{t("codeOf", { name: backtest.strategy_name, version: backtest.version })}</h2>
        </div>
        <CodeTab backtest={backtest} reveal={reveal ?? undefined} />
      </section>
      <section>
        <h2>{t("log")}</h2>
        <JobLogView job={job} height={280} />
      </section>
    </>
  );
}

const NAMED_SYMBOLS = 3;

/** What was asked for, in one line. */
function SpecLine({ backtest: { spec } }: { backtest: Backtest }) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const { symbols, costs } = spec;
  const { slippage } = costs;
  const named = symbols.slice(0, NAMED_SYMBOLS).join(t("listComma"));
  const slippageText =
    slippage.kind === "ticks" ? `${slippage.value} ${t("slippageTicks")}` : `${fromFraction(slippage.value, "percent")} ${t(slippage.kind === "percent" ? "slippagePercent" : "slippageImpact")}`;
  const { stamp_duty_rate: stampDuty, transfer_fee_rate: transferFee } = costs;
  const relaxed = relaxedRules(fromSpec(spec)).map((name) => t(name));
  const params = Object.entries(spec.params ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(", ");
  const facts: [string, string, string?][] = [
    [t("symbols"), symbols.length > NAMED_SYMBOLS ? `${named} ${t("symbolsMore", { count: symbols.length })}` : named, symbols.join(" ")],
    [t("range"), `${spec.start} – ${spec.end}`],
    [t("cash"), `${formatCompact(spec.cash, language)} ${t("yuan")}`, formatExact(spec.cash)],
    [t("benchmark"), spec.benchmark ?? t("benchmarkNone")],
    [t("fill"), t(`fill.${spec.fill}`)],
    [t("adjustment"), t(`adjustment.${spec.adjustment}`)],
    [t("commission"), `${perMyriad(costs.commission_rate, language)} · ${t("atLeast", { amount: normalise(costs.commission_min) ?? costs.commission_min })}`],
    [t("stampDuty"), stampDuty == null ? t("ofTheDay") : `${fromFraction(stampDuty, "percent")}%`],
    [t("transferFee"), transferFee == null ? t("ofTheDay") : perMyriad(transferFee, language)],
    [t("slippage"), slippageText],
    ...(relaxed.length === 0 ? [] : [[t("exchangeRules"), t("exchangeRulesOff", { names: relaxed.join(t("listComma")) })] as [string, string]]),
    ...(params === "" ? [] : [[t("params"), params] as [string, string]]),
  ];
  return (
    <dl className="report-spec">
      {facts.map(([name, value, title]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={title}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
