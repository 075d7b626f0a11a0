import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { Link } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { formatDuration, formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { isFinished, jobQuery, useLiveJob, type Job } from "../api";
import { jobTexts } from "../i18n";
import { durationOf } from "../logic/clock";
import { resultPath } from "../logic/result";
import { JobActions } from "./JobActions";
import { JobErrorText } from "./JobErrorText";
import { JobProgress } from "./JobProgress";
import { JobStateTag } from "./JobStateTag";
import { JobLogView } from "./LogView";
import { useNow, wallClock } from "./useNow";

interface JobDrawerProps {
  /** The job to show; null closes. */
  id: string | null;
  onClose: () => void;
}

/** One job: its facts, its progress and its log, live. */
export function JobDrawer({ id, onClose }: JobDrawerProps) {
  const t = jobTexts.useText();
  const query = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={640}
      destroyOnHidden
      title={query.data?.title ?? t("detail")}
      extra={query.data !== undefined && <JobActions job={query.data} />}
    >
      {query.data !== undefined ? (
        <JobDetail seed={query.data} />
      ) : query.isError ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading rows={8} />
      )}
    </Drawer>
  );
}

function JobDetail({ seed }: { seed: Job }) {
  const t = jobTexts.useText();
  const language = useLanguage();
  const live = useLiveJob(seed);
  const job = live.job ?? seed;
  const now = useNow(wallClock, !isFinished(job));
  const path = resultPath(job);
  return (
    <div className="job-detail">
      <JobProgress live={live} />
      <dl className="job-facts">
        <dt>{t("columnState")}</dt>
        <dd>
          <JobStateTag state={job.state} /> {job.attempt > 1 && <span className="soft">{t("attempt", { count: job.attempt })}</span>}
        </dd>
        <dt>{t("columnKind")}</dt>
        <dd>{t(`kind.${job.kind}`)}</dd>
        <dt>{t("columnCreated")}</dt>
        <dd>{formatInstant(job.created_at)}</dd>
        <dt>{t("columnStarted")}</dt>
        <dd>{formatInstant(job.started_at)}</dd>
        <dt>{t("columnDuration")}</dt>
        <dd>{formatDuration(durationOf(job, now), language)}</dd>
        {job.request_id !== null && (
          <>
            <dt>{t("requestId")}</dt>
            <dd>
              <code>{job.request_id}</code>
            </dd>
          </>
        )}
      </dl>
      {path !== null && <Link to={path}>{t("open")}</Link>}
      {job.error !== null && <JobErrorText error={job.error} />}
      <div className="job-detail-log">
        <JobLogView job={job} height="100%" />
      </div>
    </div>
  );
}
