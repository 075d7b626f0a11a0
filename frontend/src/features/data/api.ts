import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type CoverageItem = components["schemas"]["CoverageItem"];
export type DataSummary = components["schemas"]["DataSummary"];
export type Upload = components["schemas"]["Upload"];
export type FileInspection = components["schemas"]["FileInspection"];
export type FileOptions = components["schemas"]["FileOptions"];
export type FileReport = components["schemas"]["FileReport"];
export type RowError = components["schemas"]["RowError"];
export type Import = components["schemas"]["Import"];
export type ImportItem = components["schemas"]["ImportItem"];
export type ColumnGuess = components["schemas"]["ColumnGuess"];

export interface CoverageFilter {
  q: string;
  simulated: boolean | null;
}

export const dataKeys = {
  all: ["data"] as const,
  summary: () => [...dataKeys.all, "summary"] as const,
  coverage: () => [...dataKeys.all, "coverage"] as const,
  coverageOf: (filter: CoverageFilter) => [...dataKeys.coverage(), filter] as const,
  imports: () => [...dataKeys.all, "imports"] as const,
  importOf: (id: string) => [...dataKeys.all, "import", id] as const,
};

/** What is stored, up to which day, and where more comes from. */
export const summaryQuery = queryOptions({
  queryKey: dataKeys.summary(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/summary", { signal })),
  staleTime: 60_000,
});

export const coverageQuery = (filter: CoverageFilter) =>
  infiniteQueryOptions({
    queryKey: dataKeys.coverageOf(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/data/coverage", { params: { query: { ...filter, cursor: pageParam, limit: 200 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const importsQuery = infiniteQueryOptions({
  queryKey: dataKeys.imports(),
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/data/imports", { params: { query: { cursor: pageParam, limit: 20 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: dataKeys.importOf(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/imports/{import_id}", { params: { path: { import_id: id } }, signal })),
  });

/** Look at an upload again with corrected options. */
export const inspectUpload = (id: string, options: FileOptions): Promise<Upload> =>
  unwrap(api.POST("/api/v1/data/uploads/{upload_id}/inspect", { params: { path: { upload_id: id } }, body: options }));

export const deleteUpload = (id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/data/uploads/{upload_id}", { params: { path: { upload_id: id } } }));

/** Whatever was read of the stored data is out of date. */
export function useRefreshData() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: dataKeys.summary() }),
      client.invalidateQueries({ queryKey: dataKeys.coverage() }),
      client.invalidateQueries({ queryKey: dataKeys.imports() }),
    ]);
}

export function useCreateImport() {
  const client = useQueryClient();
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (items: ImportItem[]) => {
      const text = JSON.stringify(items);
      if (unanswered.current?.body !== text) unanswered.current = { body: text, key: idempotencyKey() };
      return unwrap(
        api.POST("/api/v1/data/imports", { params: { header: { "Idempotency-Key": unanswered.current.key } }, body: { items } }),
      );
    },
    onSuccess: (created) => {
      unanswered.current = null;
      client.setQueryData(importQuery(created.id).queryKey, created);
      return client.invalidateQueries({ queryKey: dataKeys.imports() });
    },
  });
}

export function useCreateDemo() {
  return useMutation({
    mutationFn: (key: string) => unwrap(api.POST("/api/v1/data/demo", { params: { header: { "Idempotency-Key": key } } })),
  });
}

export function useDeleteDemo() {
  const refresh = useRefreshData();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/data/demo")),
    onSuccess: refresh,
  });
}
