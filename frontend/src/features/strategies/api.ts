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
export type VersionPage = components["schemas"]["Page_Version_"];
export type CodeInspection = components["schemas"]["CodeInspection"];
export type Diagnostic = components["schemas"]["Diagnostic"];
export type TextEdit = components["schemas"]["TextEdit"];

export interface StrategyFilter {
  q: string;
  deleted: boolean;
}

export interface VersionFilter {
  q: string;
  labelled: boolean;
}

export const strategyKeys = {
  all: ["strategies"] as const,
  lists: () => [...strategyKeys.all, "list"] as const,
  list: (filter: StrategyFilter) => [...strategyKeys.lists(), filter] as const,
  detail: (id: string) => [...strategyKeys.all, "detail", id] as const,
  versions: (id: string) => [...strategyKeys.all, "versions", id] as const,
  versionList: (id: string, filter: VersionFilter) => [...strategyKeys.versions(id), "list", filter] as const,
  version: (id: string, number: number) => [...strategyKeys.versions(id), number] as const,
  templates: () => [...strategyKeys.all, "templates"] as const,
  inspection: (code: string) => [...strategyKeys.all, "inspection", code] as const,
  lint: (code: string) => [...strategyKeys.all, "lint", code] as const,
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

/** Versions, newest first; `q` looks in message, label, author and number. */
export const versionsQuery = (id: string, filter: VersionFilter) =>
  infiniteQueryOptions({
    queryKey: strategyKeys.versionList(id, filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/strategies/{strategy_id}/versions", {
          params: { path: { strategy_id: id }, query: { ...filter, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

/** The newest versions, for a list to choose from. */
export const recentVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...strategyKeys.versions(id), "list", "recent"] as const,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/strategies/{strategy_id}/versions", {
          params: { path: { strategy_id: id }, query: { limit: 200 } },
          signal,
        }),
      ),
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

/** What the linter says of a source, with the source: until a newer answer the last one stays. */
export const lintQuery = (code: string) =>
  queryOptions({
    queryKey: strategyKeys.lint(code),
    queryFn: async ({ signal }) => ({
      ...(await unwrap(api.POST("/api/v1/strategies/lint", { body: { code }, signal }))),
      asked: code,
    }),
    staleTime: Infinity,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
  });

/** Lay a source out anew, or apply all safe fixes to it. */
export const rewrite = ({ code, how }: { code: string; how: "format" | "fix" }) =>
  unwrap(how === "format" ? api.POST("/api/v1/strategies/format", { body: { code } }) : api.POST("/api/v1/strategies/fix", { body: { code } }));

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
          : { ...known, version: version.number, code: version.code, files: version.files, inspection: version.inspection, updated_at: version.created_at },
      );
      client.setQueryData(versionQuery(id, version.number).queryKey, version);
      void client.invalidateQueries({ queryKey: [...strategyKeys.versions(id), "list"] });
      void client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}

/** Name a version; null takes its name away. */
export function useLabelVersion(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ number, label }: { number: number; label: string | null }) =>
      unwrap(
        api.PATCH("/api/v1/strategies/{strategy_id}/versions/{number}", {
          params: { path: { strategy_id: id, number } },
          body: { label },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: strategyKeys.versions(id) }),
  });
}

/** Delete a strategy in the trash for good. */
export function usePurgeStrategy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/v1/strategies/{strategy_id}/purge", { params: { path: { strategy_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: strategyKeys.lists() }),
  });
}
