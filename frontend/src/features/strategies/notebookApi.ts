import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { strategyKeys, strategyQuery } from "./api";

export type CodeMatch = components["schemas"]["CodeMatch"];

export interface CodeSearch {
  q: string;
  case: boolean;
  word: boolean;
}

/** The newest version as a Jupyter notebook. */
export const exportNotebook = (id: string): Promise<Blob> =>
  unwrap<Blob>(api.GET("/api/v1/strategies/{strategy_id}/ipynb", { params: { path: { strategy_id: id } }, parseAs: "blob" }));

/** Make a strategy of a Jupyter notebook; its outputs are left out. */
export function useImportNotebook() {
  const client = useQueryClient();
  const unanswered = useRef<{ file: File; key: string } | null>(null);
  return useMutation({
    mutationFn: (file: File) => {
      if (unanswered.current?.file !== file) unanswered.current = { file, key: idempotencyKey() };
      return unwrap(
        api.POST("/api/v1/strategies/import-ipynb", {
          params: { header: { "Idempotency-Key": unanswered.current.key } },
          // The generated type says text for binary; the file itself is sent.
          body: { file: file as unknown as string },
          bodySerializer: () => {
            const form = new FormData();
            form.append("file", file);
            return form;
          },
        }),
      );
    },
    onSuccess: (strategy) => {
      unanswered.current = null;
      client.setQueryData(strategyQuery(strategy.id).queryKey, strategy);
      return client.invalidateQueries({ queryKey: strategyKeys.lists() });
    },
  });
}

/** Lines of the newest versions in which a text is. */
export const codeSearchQuery = (search: CodeSearch) =>
  infiniteQueryOptions({
    // Below the lists: what changes them changes what is found.
    queryKey: [...strategyKeys.lists(), "code", search] as const,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/strategies/search", { params: { query: { ...search, cursor: pageParam } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });
