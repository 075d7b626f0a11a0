import { UnorderedListOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Popover } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { jobsQuery, useJobListEvents, useLiveJob, type Job, type JobFilter } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { explain } from "@/api/errors";
import { useSocketStatus } from "@/api/ws";

import { shellTexts } from "./i18n";

const UNDER_WAY: JobFilter = { state: ["queued", "running", "cancelling"], kind: [] };
/** Most jobs shown; the page has them all. */
const MOST = 5;
const POLL_MS = { socketDown: 10_000, socketUp: 60_000 };

/** The jobs under way: their number, and at a click their progress. */
export function JobsIndicator() {
  const t = shellTexts.useText();
  const [open, setOpen] = useState(false);
  const socketUp = useSocketStatus(({ status }) => status === "open");
  useJobListEvents();
  const { data, error } = useInfiniteQuery({
    ...jobsQuery(UNDER_WAY),
    refetchInterval: socketUp ? POLL_MS.socketUp : POLL_MS.socketDown,
  });
  const jobs = data?.pages.flatMap(({ items }) => items) ?? [];
  useFreshAfter(jobs);
  const label = jobs.length === 0 ? t("noJobs") : t("jobsRunning", { count: jobs.length });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      title={label}
      content={
        <div className="jobs-popover">
          {error !== null && jobs.length === 0 && <p className="soft">{explain(error).message}</p>}
          {jobs.slice(0, MOST).map((job) => (
            <RunningJob key={job.id} job={job} />
          ))}
          <Link to="/jobs" onClick={() => setOpen(false)}>
            {t("allJobs")}
          </Link>
        </div>
      }
    >
      <Badge count={jobs.length} size="small" color="var(--primary)" offset={[-6, 6]}>
        <Button type="text" icon={<UnorderedListOutlined aria-hidden />} aria-label={label} title={label} />
      </Badge>
    </Popover>
  );
}

/** What a job of each kind changes, as query keys. */
const CHANGES: Record<Job["kind"], readonly string[]> = {
  backtest: ["backtests", "strategies"],
  demo: ["market", "data", "dashboard", "system", "strategies", "backtests"],
  fetch: ["market", "data", "dashboard"],
  tables: ["market", "data"],
  optimisation: ["optimisations", "strategies"],
  sweep: [],
  truncation: [],
  export: ["data", "exports"],
  factor: ["factors"],
  quality: ["quality"],
  refresh: ["market", "data", "dashboard"],
  import: ["market", "data", "dashboard"],
  welcome: ["market", "data", "dashboard", "system", "strategies", "backtests"],
};

/** When a job is no longer under way, have what it may have changed read again. */
function useFreshAfter(jobs: readonly Job[]): void {
  const client = useQueryClient();
  const before = useRef<readonly Job[]>([]);
  useEffect(() => {
    const gone = before.current.filter(({ id }) => jobs.every((job) => job.id !== id));
    before.current = jobs;
    for (const key of new Set(gone.flatMap(({ kind }) => CHANGES[kind]))) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  }, [client, jobs]);
}

function RunningJob({ job }: { job: Job }) {
  const live = useLiveJob(job);
  return (
    <div className="running-job">
      <div className="running-job-title">
        <span title={job.title}>{job.title}</span>
        <JobActions job={live.job ?? job} />
      </div>
      <JobProgress live={live} />
    </div>
  );
}
