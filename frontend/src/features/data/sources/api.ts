import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { useTopic } from "@/api/ws";

export type SourcesOverview = components["schemas"]["SourcesOverview"];
export type SourceStanding = components["schemas"]["SourceStanding"];
export type HostHealth = components["schemas"]["HostHealth"];
export type DatasetChain = components["schemas"]["DatasetChain"];
export type SourceEvent = components["schemas"]["SourceEvent"];
export type Trouble = SourceEvent["trouble"];
export type SourceTest = components["schemas"]["SourceTest"];
export type CrossCheckResult = components["schemas"]["CrossCheckResult"];
export type SourceDifference = components["schemas"]["SourceDifference"];

export const sourceKeys = {
  all: ["sources"] as const,
  overview: () => [...sourceKeys.all, "overview"] as const,
  events: () => [...sourceKeys.all, "events"] as const,
  alerts: () => [...sourceKeys.events(), "alerts"] as const,
  checks: () => [...sourceKeys.all, "checks"] as const,
  differences: () => [...sourceKeys.all, "differences"] as const,
  differencesOf: (symbol: string, day: string) => [...sourceKeys.differences(), symbol, day] as const,
};

export const overviewQuery = queryOptions({
  queryKey: sourceKeys.overview(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources/overview", { signal })),
  staleTime: 10_000,
});

/** A month of events: at most one an hour of each kind, source and dataset. */
export const eventsQuery = queryOptions({
  queryKey: sourceKeys.events(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources/events", { params: { query: { days: 30, limit: 200 } }, signal })),
});

/** What went wrong within a day and is not over. */
export const alertsQuery = queryOptions({
  queryKey: sourceKeys.alerts(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources/events", { params: { query: { days: 1, unrecovered: true, limit: 20 } }, signal })),
  staleTime: 60_000,
});

export const checksQuery = infiniteQueryOptions({
  queryKey: sourceKeys.checks(),
  queryFn: ({ pageParam, signal }) => unwrap(api.GET("/api/v1/sources/checks", { params: { query: { cursor: pageParam, limit: 50 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export const differencesQuery = infiniteQueryOptions({
  queryKey: sourceKeys.differences(),
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/sources/differences", { params: { query: { cursor: pageParam, limit: 100 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

/** What other sources say of one stored bar. */
export const barDifferencesQuery = (symbol: string, day: string) =>
  queryOptions({
    queryKey: sourceKeys.differencesOf(symbol, day),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources/differences", { params: { query: { symbol, day } }, signal })),
  });

/** Read anew what the sources are doing, whenever one fails or is back. */
export function useSourceEvents(): void {
  const client = useQueryClient();
  useTopic("system.sources", () => void client.invalidateQueries({ queryKey: sourceKeys.all }));
}

export function useTestSource() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (source: string) => unwrap(api.POST("/api/v1/sources/{source}/test", { params: { path: { source } } })),
    onSettled: () => client.invalidateQueries({ queryKey: sourceKeys.all }),
  });
}

export function useCrossCheck() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (symbol: string) => unwrap(api.POST("/api/v1/sources/checks", { body: { symbol } })),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: sourceKeys.all }), client.invalidateQueries({ queryKey: ["quality"] })]),
  });
}
