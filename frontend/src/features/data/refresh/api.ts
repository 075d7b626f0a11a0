import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { dataKeys } from "../api";

export type Refresh = components["schemas"]["Refresh"];
export type RefreshBody = components["schemas"]["RefreshCreate"];
export type RefreshPlan = components["schemas"]["RefreshPlan"];
export type DatasetPlan = components["schemas"]["DatasetPlan"];
export type DatasetTally = components["schemas"]["DatasetTally"];
export type RefreshItem = components["schemas"]["RefreshItem"];
export type Schedule = components["schemas"]["Schedule"];
export type SchedulePut = components["schemas"]["SchedulePut"];
export type ItemState = RefreshItem["state"];
type DatasetName = RefreshItem["dataset"];

export const refreshKeys = {
  all: [...dataKeys.all, "refresh"] as const,
  plan: (body: RefreshBody) => [...refreshKeys.all, "plan", body] as const,
  list: () => [...refreshKeys.all, "list"] as const,
  one: (id: string) => [...refreshKeys.all, "one", id] as const,
  items: (id: string, dataset: DatasetName | null, state: ItemState | null) => [...refreshKeys.all, "items", id, dataset, state] as const,
  schedule: () => [...refreshKeys.all, "schedule"] as const,
};

/** How often a refresh under way is looked at. */
const LOOK_MS = 1_500;

/** What a refresh would fetch now. */
export const planQuery = (body: RefreshBody) =>
  queryOptions({
    queryKey: refreshKeys.plan(body),
    queryFn: ({ signal }) => unwrap(api.POST("/api/v1/data/refreshes/plan", { params: { query: { limit: 1 } }, body, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const refreshesQuery = infiniteQueryOptions({
  queryKey: refreshKeys.list(),
  queryFn: ({ pageParam, signal }) => unwrap(api.GET("/api/v1/data/refreshes", { params: { query: { cursor: pageParam, limit: 20 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

/** A refresh under way, with what has become of each dataset. */
export const runningQuery = (id: string) =>
  queryOptions({
    queryKey: refreshKeys.one(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/refreshes/{refresh_id}", { params: { path: { refresh_id: id } }, signal })),
    refetchInterval: LOOK_MS,
  });

export const itemsQuery = (id: string, dataset: DatasetName | null, state: ItemState | null) =>
  infiniteQueryOptions({
    queryKey: refreshKeys.items(id, dataset, state),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/data/refreshes/{refresh_id}/items", {
          params: {
            path: { refresh_id: id },
            query: { dataset: dataset === null ? null : [dataset], state: state === null ? null : [state], cursor: pageParam, limit: 100 },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const scheduleQuery = queryOptions({
  queryKey: refreshKeys.schedule(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/refresh-schedule", { signal })),
});

/** A refresh has moved on: what it changed is read again. */
export function useRefreshChanged() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: refreshKeys.all }),
      client.invalidateQueries({ queryKey: dataKeys.summary() }),
      client.invalidateQueries({ queryKey: dataKeys.coverage() }),
    ]);
}

export function useCreateRefresh() {
  const changed = useRefreshChanged();
  const key = useRef<string | null>(null);
  return useMutation({
    mutationFn: (body: RefreshBody) => {
      key.current ??= idempotencyKey();
      return unwrap(api.POST("/api/v1/data/refreshes", { params: { header: { "Idempotency-Key": key.current } }, body }));
    },
    // A refusal is final, too: what is asked for next may be another body.
    onSettled: () => {
      key.current = null;
    },
    onSuccess: changed,
  });
}

export function useResumeRefresh() {
  const changed = useRefreshChanged();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/v1/data/refreshes/{refresh_id}/resume", { params: { path: { refresh_id: id } } })),
    onSuccess: changed,
  });
}

export function usePutSchedule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SchedulePut) => unwrap(api.PUT("/api/v1/data/refresh-schedule", { body })),
    onSuccess: (schedule) => {
      client.setQueryData(scheduleQuery.queryKey, schedule);
      return client.invalidateQueries({ queryKey: [...refreshKeys.all, "plan"] });
    },
  });
}
