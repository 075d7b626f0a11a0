import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Strategy = components["schemas"]["Strategy"];
export type StrategyDetail = components["schemas"]["StrategyDetail"];
export type StrategyCreate = components["schemas"]["StrategyCreate"];
export type StrategyUpdate = components["schemas"]["StrategyUpdate"];
export type Template = components["schemas"]["Template"];
export type Version = components["schemas"]["Version"];
export type VersionCreate = components["schemas"]["VersionCreate"];
export type CodeInspection = components["schemas"]["CodeInspection"];

export interface StrategyFilter {
  q: string;
  deleted: boolean;
}

export const strategyKeys = {
  all: ["strategies"] as const,
  lists: () => [...strategyKeys.all, "list"] as const,
  list: (filter: StrategyFilter) => [...strategyKeys.lists(), filter] as const,
  detail: (id: string) => [...strategyKeys.all, "detail", id] as const,
  versions: (id: string) => [...strategyKeys.all, "versions", id] as const,
  version: (id: string, number: number) => [...strategyKeys.versions(id), number] as const,
  templates: () => [...strategyKeys.all, "templates"] as const,
  inspection: (code: string) => [...strategyKeys.all, "inspection", code] as const,
};

export const strategiesQuery = (filter: StrategyFilter) =>
  infiniteQueryOptions({
    queryKey: strategyKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/strategies", { params: { query: { ...filter, cursor: pageParam, limit: 50 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const strategyQuery = (id: string) =>
  queryOptions({
    queryKey: strategyKeys.detail(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/strategies/{strategy_id}", { params: { path: { strategy_id: id } }, signal })),
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: strategyKeys.versions(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/strategies/{strategy_id}/versions", { params: { path: { strategy_id: id } }, signal })),
  });

/** One version with its code; it never changes. */
export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: strategyKeys.version(id, number),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/strategies/{strategy_id}/versions/{number}", {
          params: { path: { strategy_id: id, number } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });

export const templatesQuery = queryOptions({
  queryKey: strategyKeys.templates(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/strategies/templates", { signal })),
  staleTime: Infinity,
});

/** Parameters and syntax errors of a source, read without running it. */
export const inspectionQuery = (code: string) =>
  queryOptions({
    queryKey: strategyKeys.inspection(code),
    queryFn: ({ signal }) => unwrap(api.POST("/api/v1/strategies/inspect", { body: { code }, signal })),
    staleTime: Infinity,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
  });

export function useCreateStrategy() {
  const client = useQueryClient();
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (body: StrategyCreate) => {
      const text = JSON.stringify(body);
      if (unanswered.current?.body !== text) unanswered.current = { body: text, key: idempotencyKey() };
      return unwrap(api.POST("/api/v1/strategies", { params: { header: { "Idempotency-Key": unanswered.current.key } }, body }));
    },
    onSuccess: (strategy) => {
      unanswered.current = null;
      client.setQueryData(strategyQuery(strategy.id).queryKey, strategy);
      return client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}

export function useUpdateStrategy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: StrategyUpdate & { id: string }) =>
      unwrap(api.PATCH("/api/v1/strategies/{strategy_id}", { params: { path: { strategy_id: id } }, body })),
    onSuccess: (strategy) => {
      client.setQueryData(strategyQuery(strategy.id).queryKey, (known) => (known === undefined ? undefined : { ...known, ...strategy }));
      return client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}

export function useDeleteStrategy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/strategies/{strategy_id}", { params: { path: { strategy_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: strategyKeys.lists() }),
  });
}

export function useRestoreStrategy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/v1/strategies/{strategy_id}/restore", { params: { path: { strategy_id: id } } })),
    onSuccess: (strategy) => {
      void client.invalidateQueries({ queryKey: strategyKeys.detail(strategy.id) });
      return client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}

/** Save code as a new version; a 409 means that somebody saved in between. */
export function useSaveVersion(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: VersionCreate) =>
      unwrap(api.POST("/api/v1/strategies/{strategy_id}/versions", { params: { path: { strategy_id: id } }, body })),
    onSuccess: (version) => {
      client.setQueryData(strategyQuery(id).queryKey, (known) =>
        known === undefined
          ? undefined
          : { ...known, version: version.number, code: version.code, inspection: version.inspection, updated_at: version.created_at },
      );
      client.setQueryData(versionQuery(id, version.number).queryKey, version);
      void client.invalidateQueries({ queryKey: strategyKeys.versions(id), exact: true });
      void client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}
