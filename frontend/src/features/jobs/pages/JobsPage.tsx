import { FileTextOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented, Select } from "antd";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { Page } from "@/ui/Page";
import { formatDuration, formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { isFinished, jobsQuery, useJobListEvents, useLiveJob, type Job, type JobFilter, type JobKind } from "../api";
import { JobActions } from "../components/JobActions";
import { JobDrawer } from "../components/JobDrawer";
import { JobProgress } from "../components/JobProgress";
import { JobStateTag } from "../components/JobStateTag";
import { useNow, wallClock } from "../components/useNow";
import { jobTexts } from "../i18n";
import { durationOf } from "../logic/clock";

const STATES = {
  all: [],
  active: ["queued", "running", "cancelling"],
  done: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
} as const satisfies Record<string, JobFilter["state"]>;
type StateChoice = keyof typeof STATES;
const KINDS: readonly JobKind[] = ["backtest", "import", "demo", "fetch", "welcome", "optimisation"];

const isState = (text: string | null): text is StateChoice => text !== null && Object.hasOwn(STATES, text);
const isKind = (text: string | null): text is JobKind => KINDS.includes(text as JobKind);

function ProgressCell({ job }: { job: Job }) {
  const live = useLiveJob(job);
  if (live.job === null || isFinished(live.job)) return <>—</>;
  return (
    <div className="job-cell-progress">
      <JobProgress live={live} />
    </div>
  );
}

function DurationCell({ job }: { job: Job }) {
  const language = useLanguage();
  const now = useNow(wallClock, job.state === "running" || job.state === "cancelling");
  return <>{formatDuration(durationOf(job, now), language)}</>;
}

/** The queue and the history of all background work. */
export default function JobsPage() {
  const t = jobTexts.useText();
  const [search, setSearch] = useSearchParams();
  const stateParam = search.get("state");
  const kindParam = search.get("kind");
  const state: StateChoice = isState(stateParam) ? stateParam : "all";
  const kind = isKind(kindParam) ? kindParam : null;
  const filter = useMemo<JobFilter>(() => ({ state: STATES[state], kind: kind === null ? [] : [kind] }), [state, kind]);

  const set = (name: string, value: string | null) =>
    setSearch(
      (params) => {
        if (value === null) params.delete(name);
        else params.set(name, value);
        return params;
      },
      { replace: true },
    );

  const jobs = useInfiniteQuery(jobsQuery(filter));
  useJobListEvents();
  const rows = useMemo(() => jobs.data?.pages.flatMap(({ items }) => items), [jobs.data]);

  const columns = useMemo<Column<Job>[]>(
    () => [
      { key: "state", title: t("columnState"), width: "116px", value: (job) => t(`state.${job.state}`), render: (job) => <JobStateTag state={job.state} /> },
      { key: "kind", from: 760, title: t("columnKind"), width: "96px", value: (job) => t(`kind.${job.kind}`) },
      { key: "title", title: t("columnTitle"), width: "minmax(160px, 2fr)", value: (job) => job.title },
      { key: "progress", from: 560, title: t("columnProgress"), width: "minmax(160px, 1.4fr)", sortable: false, value: (job) => job.progress?.done, render: (job) => <ProgressCell job={job} /> },
      { key: "created", from: 1000, title: t("columnCreated"), width: "160px", value: (job) => job.created_at, render: (job) => formatInstant(job.created_at) },
      { key: "duration", from: 640, title: t("columnDuration"), width: "96px", numeric: true, value: (job) => durationOf(job, Date.parse(job.started_at ?? job.created_at)), render: (job) => <DurationCell job={job} /> },
      {
        key: "actions",
        title: t("columnActions"),
        width: "160px",
        sortable: false,
        value: () => null,
        render: (job) => (
          <span className="filters">
            <JobActions job={job} />
            <Button size="small" type="text" icon={<FileTextOutlined aria-hidden />} aria-label={t("log")} title={t("log")} onClick={() => set("job", job.id)} />
          </span>
        ),
      },
    ],
    // `set` only wraps the router's stable setter.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [t],
  );

  const filtered = state !== "all" || kind !== null;
  return (
    <Page title={t("title")}>
      <div className="filters">
        <Segmented<StateChoice>
          aria-label={t("filterState")}
          value={state}
          onChange={(value) => set("state", value === "all" ? null : value)}
          options={[
            { value: "all", label: t("all") },
            { value: "active", label: t("active") },
            { value: "done", label: t("done") },
            { value: "failed", label: t("failed") },
            { value: "cancelled", label: t("cancelledFilter") },
          ]}
        />
        <Select
          aria-label={t("filterKind")}
          style={{ width: 144 }}
          value={kind ?? "any"}
          onChange={(value) => set("kind", value === "any" ? null : value)}
          options={[{ value: "any", label: t("anyKind") }, ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))]}
        />
      </div>
      <section className="panel">
        <DataTable
          label={t("title")}
          columns={columns}
          rows={rows}
          rowKey={(job) => job.id}
          error={jobs.error}
          onRetry={() => void jobs.refetch()}
          maxHeight="calc(100vh - 240px)"
          selected={search.get("job")}
          onRowClick={(job) => set("job", job.id)}
          onEnd={jobs.hasNextPage && !jobs.isFetchingNextPage ? () => void jobs.fetchNextPage() : undefined}
          empty={
            filtered ? (
              <Empty title={t("emptyFilter")} action={<Button onClick={() => setSearch({})}>{t("clearFilter")}</Button>} />
            ) : (
              <Empty title={t("emptyTitle")} action={<Link to="/strategies">{t("emptyAction")}</Link>}>
                {t("emptyText")}
              </Empty>
            )
          }
        />
      </section>
      <JobDrawer id={search.get("job")} onClose={() => set("job", null)} />
    </Page>
  );
}
