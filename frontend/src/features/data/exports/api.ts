import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, authorisedFetch, idempotencyKey, unwrap } from "@/api/client";
import { errorOf } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import type { ExportCreate } from "./request";

export type Export = components["schemas"]["Export"];
export type ExportEstimate = components["schemas"]["ExportEstimate"];

export const exportKeys = {
  all: ["exports"] as const,
  list: () => [...exportKeys.all, "list"] as const,
  estimate: (request: ExportCreate | null) => [...exportKeys.all, "estimate", request] as const,
};

export const exportsQuery = infiniteQueryOptions({
  queryKey: exportKeys.list(),
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/data/exports", { params: { query: { cursor: pageParam, limit: 20 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

/** What an export would come to; asked again as the form changes. */
export const estimateQuery = (request: ExportCreate | null) =>
  queryOptions({
    queryKey: exportKeys.estimate(request),
    queryFn:
      request === null ? skipToken : ({ signal }) => unwrap(api.POST("/api/v1/data/exports/estimate", { body: request, signal })),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  });

export function useCreateExport() {
  const client = useQueryClient();
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (request: ExportCreate) => {
      const text = JSON.stringify(request);
      if (unanswered.current?.body !== text) unanswered.current = { body: text, key: idempotencyKey() };
      return unwrap(
        api.POST("/api/v1/data/exports", { params: { header: { "Idempotency-Key": unanswered.current.key } }, body: request }),
      );
    },
    onSuccess: () => {
      unanswered.current = null;
      return client.invalidateQueries({ queryKey: exportKeys.list() });
    },
  });
}

export function useDeleteExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/data/exports/{export_id}", { params: { path: { export_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: exportKeys.list() }),
  });
}

/** Fetch the file, telling the share that has come; a download link cannot carry the access token. */
export async function fetchFile(id: string, size: number, onShare: (share: number) => void): Promise<Blob> {
  const url = new URL(`/api/v1/data/exports/${encodeURIComponent(id)}/file`, window.location.origin);
  const answer = await authorisedFetch(new Request(url));
  if (!answer.ok) throw await errorOf(answer);
  if (answer.body === null) return answer.blob();
  let received = 0;
  const counted = answer.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        onShare(Math.min(1, received / Math.max(1, size)));
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, { headers: answer.headers }).blob();
}
