import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { jobsQuery, useLiveJob, type Job } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { ErrorPanel, Loading } from "@/ui/state";

import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";
import { UNDER_WAY } from "./usePreparing";

const MOST = 4;

export function RunningJobs() {
  const t = dashboardTexts.useText();
  const { data, error, refetch } = useInfiniteQuery(jobsQuery(UNDER_WAY));
  const jobs = data?.pages.flatMap(({ items }) => items);
  return (
    <Panel title={t("jobs")} action={<Link to="/jobs">{t("allJobs")}</Link>}>
      {jobs === undefined && error !== null && (
        <ErrorPanel title={t("jobsError")} error={error} onRetry={() => void refetch()} />
      )}
      {jobs === undefined && error === null && <Loading rows={2} />}
      {jobs?.length === 0 && <p className="panel-body soft">{t("jobsEmpty")}</p>}
      {jobs !== undefined && jobs.length > 0 && (
        <ul className="panel-body dashboard-jobs">
          {jobs.slice(0, MOST).map((job) => (
            <RunningJob key={job.id} job={job} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RunningJob({ job }: { job: Job }) {
  const live = useLiveJob(job);
  return (
    <li>
      <div className="dashboard-row">
        <span className="dashboard-name" title={job.title}>
          {job.title}
        </span>
        <JobActions job={live.job ?? job} />
      </div>
      <JobProgress live={live} />
    </li>
  );
}
