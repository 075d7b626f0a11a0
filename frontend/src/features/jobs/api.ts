import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { useSocketStatus, useTopic } from "@/api/ws";

import { addSample, type ProgressSample } from "./logic/eta";
import { appendLines, applyEvent, isFinished, newerJob, type Job, type JobEvent, type JobKind, type JobLog, type JobState } from "./logic/live";

export type { Job, JobKind, JobLog, JobState } from "./logic/live";
export { isCancellable, isFinished, isRetryable } from "./logic/live";

export interface JobFilter {
  state: readonly JobState[];
  kind: readonly JobKind[];
}

export const jobKeys = {
  all: ["jobs"] as const,
  lists: () => [...jobKeys.all, "list"] as const,
  list: (filter: JobFilter) => [...jobKeys.lists(), filter] as const,
  detail: (id: string) => [...jobKeys.all, "detail", id] as const,
  log: (id: string) => [...jobKeys.all, "log", id] as const,
};

/** How often to ask while the socket is down, and as a safety net while it is up. */
const POLL_MS = { socketDown: 2_000, socketUp: 15_000 };

export const jobsQuery = (filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: jobKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/jobs", {
          params: { query: { state: [...filter.state], kind: [...filter.kind], cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.detail(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
    // An answer may be older than an event that overtook it.
    structuralSharing: (known, incoming) => (known === undefined ? incoming : newerJob(known as Job, incoming as Job)),
  });

export const jobLogQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.log(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/jobs/{job_id}/log", { params: { path: { job_id: id } }, signal })),
    structuralSharing: (known, incoming) =>
      known === undefined ? incoming : appendLines(incoming as JobLog, (known as JobLog).lines),
  });

type PartialEquity = components["schemas"]["PartialEquity"];

interface LiveState {
  samples: Readonly<Record<string, readonly ProgressSample[]>>;
  equity: Readonly<Record<string, PartialEquity>>;
}

/** What only events tell: the pace and the partial equity of jobs under way. It outlives a change of page. */
const useLiveState = create<LiveState>()(() => ({ samples: {}, equity: {} }));
const NO_SAMPLES: readonly ProgressSample[] = [];

function observe(job: Job): void {
  const progress = job.progress;
  if (progress === null || isFinished(job)) return;
  useLiveState.setState(({ samples }) => ({
    samples: {
      ...samples,
      [job.id]: addSample(samples[job.id] ?? NO_SAMPLES, { at: performance.now(), done: progress.done }),
    },
  }));
}

function receive(client: QueryClient, id: string, event: JobEvent): void {
  if (event.type === "job.log") {
    client.setQueryData(jobLogQuery(id).queryKey, (log) => (log === undefined ? undefined : appendLines(log, event.lines)));
    return;
  }
  if (event.type === "job.equity") {
    useLiveState.setState(({ equity }) => ({ equity: { ...equity, [id]: event } }));
    return;
  }
  client.setQueryData(jobQuery(id).queryKey, (job) => {
    if (job === undefined) return event.type === "job.changed" ? event.job : undefined;
    return applyEvent(job, event);
  });
  if (event.type === "job.changed" && isFinished(event.job)) {
    // The last lines may come after the last state.
    void client.invalidateQueries({ queryKey: jobKeys.log(id) });
  }
}

export interface LiveJob {
  job: Job | null;
  /** Progress reports, for the pace. */
  samples: readonly ProgressSample[];
  /** The equity curve so far, of a running backtest. */
  equity: PartialEquity | null;
}

/** Follow a job to its end: events by the socket, polling where it is down. Give what is already known of it. */
export function useLiveJob(seed: Job | null | undefined): LiveJob {
  const client = useQueryClient();
  const id = seed?.id ?? null;
  const socketUp = useSocketStatus(({ status }) => status === "open");
  const following = seed !== null && seed !== undefined && !isFinished(seed);
  const { data } = useQuery({
    ...jobQuery(id ?? ""),
    enabled: following,
    staleTime: 0,
    refetchInterval: ({ state }) => {
      if (state.data !== undefined && isFinished(state.data)) return false;
      return socketUp ? POLL_MS.socketUp : POLL_MS.socketDown;
    },
  });
  const known = data !== undefined && seed !== null && seed !== undefined ? newerJob(seed, data) : (seed ?? null);
  const over = known === null || isFinished(known);
  useTopic(over ? null : `jobs.${known.id}`, (event) => receive(client, known?.id ?? "", event));

  useEffect(() => {
    if (known !== null) observe(known);
  }, [known]);

  const samples = useLiveState((state) => (id === null ? NO_SAMPLES : (state.samples[id] ?? NO_SAMPLES)));
  const equity = useLiveState((state) => (id === null ? null : (state.equity[id] ?? null)));
  return { job: known, samples, equity };
}

/** The log of a job, followed while it runs. */
export function useJobLog(job: Job | null) {
  const socketUp = useSocketStatus(({ status }) => status === "open");
  const live = job !== null && !isFinished(job);
  return useQuery({
    ...jobLogQuery(job?.id ?? ""),
    enabled: job !== null,
    refetchInterval: live ? (socketUp ? POLL_MS.socketUp : POLL_MS.socketDown) : false,
  });
}

/** Keep the cached lists of jobs in step with their states; a job not yet listed reloads them. */
export function useJobListEvents(): void {
  const client = useQueryClient();
  useTopic("jobs", (raw) => {
    const event = raw;
    if (event.type !== "job.changed") return;
    const { job } = event;
    const lists = client.getQueriesData<InfiniteData<components["schemas"]["Page_Job_"]>>({ queryKey: jobKeys.lists() });
    for (const [key, data] of lists) {
      const listed = data?.pages.some(({ items }) => items.some(({ id }) => id === job.id)) ?? false;
      const { state, kind } = key[2] as JobFilter;
      const fits = (state.length === 0 || state.includes(job.state)) && (kind.length === 0 || kind.includes(job.kind));
      if (data === undefined || !listed || !fits) {
        if (listed || fits) void client.invalidateQueries({ queryKey: key, exact: true });
        continue;
      }
      client.setQueryData(key, {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => (item.id === job.id ? newerJob(item, job) : item)),
        })),
      });
    }
    client.setQueryData(jobQuery(job.id).queryKey, (known) => (known === undefined ? undefined : newerJob(known, job)));
  });
}

function useJobAction(path: "/api/v1/jobs/{job_id}/cancel" | "/api/v1/jobs/{job_id}/retry") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST(path, { params: { path: { job_id: id } } })),
    onSuccess: (job) => {
      client.setQueryData(jobQuery(job.id).queryKey, job);
      return client.invalidateQueries({ queryKey: jobKeys.lists() });
    },
  });
}

export const useCancelJob = () => useJobAction("/api/v1/jobs/{job_id}/cancel");
export const useRetryJob = () => useJobAction("/api/v1/jobs/{job_id}/retry");
