import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, idempotencyKey, unwrap } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema.gen";
import { isFinished } from "@/features/jobs/api";

export type Factor = components["schemas"]["Factor"];
export type FactorLanguage = components["schemas"]["Language"];
export type CheckedExpression = components["schemas"]["CheckedExpression"];
export type Preview = components["schemas"]["Preview"];
export type PreviewCreate = components["schemas"]["PreviewCreate"];
export type FactorSeries = components["schemas"]["FactorSeries"];
export type SeriesCreate = components["schemas"]["SeriesCreate"];
export type Study = components["schemas"]["Study"];
export type Universe = PreviewCreate["universe"];

export const factorKeys = {
  all: ["factors"] as const,
  list: () => [...factorKeys.all, "list"] as const,
  language: () => [...factorKeys.all, "language"] as const,
  check: (expression: string) => [...factorKeys.all, "check", expression] as const,
  series: (body: SeriesCreate | null) => [...factorKeys.all, "series", body] as const,
  study: (id: string) => [...factorKeys.all, "study", id] as const,
};

export const factorsQuery = infiniteQueryOptions({
  queryKey: factorKeys.list(),
  queryFn: ({ pageParam, signal }) => unwrap(api.GET("/api/v1/factors", { params: { query: { cursor: pageParam, limit: 200 } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

/** The functions and fields, and the sets; they change with the program only. */
export const languageQuery = queryOptions({
  queryKey: factorKeys.language(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/factors/language", { signal })),
  staleTime: Infinity,
});

export const checkQuery = (expression: string) =>
  queryOptions({
    queryKey: factorKeys.check(expression),
    queryFn: expression.trim() === "" ? skipToken : ({ signal }) => unwrap(api.POST("/api/v1/factors/check", { body: { expression }, signal })),
    staleTime: Infinity,
  });

export const seriesQuery = (body: SeriesCreate | null) =>
  queryOptions({
    queryKey: factorKeys.series(body),
    queryFn: body === null ? skipToken : ({ signal }) => unwrap(api.POST("/api/v1/factors/series", { body, signal })),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });

export const studyQuery = (id: string | null) =>
  queryOptions({
    queryKey: factorKeys.study(id ?? ""),
    queryFn: id === null ? skipToken : ({ signal }) => unwrap(api.GET("/api/v1/factors/studies/{study_id}", { params: { path: { study_id: id } }, signal })),
    // The job's events tell when it has ended; this is what makes sure.
    refetchInterval: ({ state }) => (state.data !== undefined && isFinished(state.data.job) ? false : 5_000),
    retry: false,
  });

/** Look at a factor: at once where it is small, else by a worker. */
export function useRunStudy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: PreviewCreate): Promise<{ preview: Preview } | { study: Study }> => {
      try {
        return { preview: await unwrap(api.POST("/api/v1/factors/preview", { body })) };
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "preview_too_large")) throw error;
        const study = await unwrap(api.POST("/api/v1/factors/studies", { body, params: { header: { "Idempotency-Key": idempotencyKey() } } }));
        client.setQueryData(studyQuery(study.id).queryKey, study);
        return { study };
      }
    },
  });
}

interface FactorDraft {
  name: string;
  expression: string;
  note: string;
}

function useChange<Input, Result>(change: (input: Input) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: factorKeys.list() }) });
}

export const useCreateFactor = () =>
  useChange((body: FactorDraft) => unwrap(api.POST("/api/v1/factors", { body, params: { header: { "Idempotency-Key": idempotencyKey() } } })));

export const useUpdateFactor = () =>
  useChange(({ id, ...body }: { id: string } & Partial<FactorDraft>) =>
    unwrap(api.PATCH("/api/v1/factors/{factor_id}", { params: { path: { factor_id: id } }, body })),
  );

export const useDeleteFactor = () =>
  useChange((id: string) => unwrap(api.DELETE("/api/v1/factors/{factor_id}", { params: { path: { factor_id: id } } })));
