import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { dataKeys } from "../api";

export type Refresh = components["schemas"]["Refresh"];
export type RefreshPlan = components["schemas"]["RefreshPlan"];
export type RefreshSymbol = components["schemas"]["RefreshSymbol"];
export type Schedule = components["schemas"]["Schedule"];
export type SymbolState = RefreshSymbol["state"];

export const refreshKeys = {
  all: [...dataKeys.all, "refresh"] as const,
  plan: () => [...refreshKeys.all, "plan"] as const,
  list: () => [...refreshKeys.all, "list"] as const,
  symbols: (id: string, state: SymbolState | null) => [...refreshKeys.all, "symbols", id, state] as const,
  schedule: () => [...refreshKeys.all, "schedule"] as const,
};

/** What a refresh of all stored stocks would fetch now. */
export const planQuery = queryOptions({
  queryKey: refreshKeys.plan(),
  queryFn: ({ signal }) => unwrap(api.POST("/api/v1/data/refreshes/plan", { params: { query: { limit: 8 } }, body: {}, signal })),
  staleTime: 60_000,
});

export const refreshesQuery = infiniteQueryOptions({
  queryKey: refreshKeys.list(),
  queryFn: ({ pageParam, signal }) => unwrap(api.GET("/api/v1/data/refreshes", { params: { query: { cursor: pageParam, limit: 20 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export const symbolsQuery = (id: string, state: SymbolState | null) =>
  infiniteQueryOptions({
    queryKey: refreshKeys.symbols(id, state),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/data/refreshes/{refresh_id}/symbols", {
          params: { path: { refresh_id: id }, query: { state: state === null ? null : [state], cursor: pageParam, limit: 100 } },
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
    mutationFn: () => {
      key.current ??= idempotencyKey();
      return unwrap(api.POST("/api/v1/data/refreshes", { params: { header: { "Idempotency-Key": key.current } }, body: {} }));
    },
    onSuccess: () => {
      key.current = null;
      return changed();
    },
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
    mutationFn: (body: Pick<Schedule, "enabled" | "at">) => unwrap(api.PUT("/api/v1/data/refresh-schedule", { body })),
    onSuccess: (schedule) => client.setQueryData(scheduleQuery.queryKey, schedule),
  });
}
