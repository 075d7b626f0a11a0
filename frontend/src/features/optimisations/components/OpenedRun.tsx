import { Alert } from "antd";
import { Link } from "react-router";

import { RunFailure } from "@/features/backtests/components/LiveRun";
import { JobProgress } from "@/features/jobs/components/JobProgress";

import { optimisationTexts } from "../i18n";
import type { OpenTrial } from "./useOpenTrial";

/** The backtest of a trial under way; the page goes to its report by itself. */
export function OpenedRun({ opener: { backtest, live } }: { opener: OpenTrial }) {
  const t = optimisationTexts.useText();
  if (backtest === null) return null;
  const job = live.job ?? backtest.job;
  if (job.state === "failed") return <RunFailure job={job} />;
  return (
    <Alert
      type="info"
      title={t("opening", { name: backtest.name })}
      description={<JobProgress live={{ ...live, job }} />}
      action={<Link to={`/backtests/${backtest.id}`}>{t("openNow")}</Link>}
    />
  );
}
