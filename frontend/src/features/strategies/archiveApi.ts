import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { strategyKeys } from "./api";

export type ArchivePreview = components["schemas"]["ArchivePreview"];
export type ArchiveEntry = components["schemas"]["ArchiveEntry"];
export type ImportChoice = NonNullable<components["schemas"]["ArchiveImport"]["choices"]>[string];
export type ImportedStrategy = components["schemas"]["ImportedStrategy"];

/** Export strategies with all their versions, encrypted by a password. */
export const exportStrategies = (ids: string[] | null, password: string): Promise<Blob> =>
  unwrap<Blob>(api.POST("/api/v1/strategies/exports", { body: { ids, password }, parseAs: "blob" }));

/** Send an archive and look into it; nothing is imported yet. */
export async function openArchive(file: File, password: string): Promise<{ id: string; preview: ArchivePreview }> {
  const { id } = await unwrap(
    api.POST("/api/v1/strategies/archives", {
      // The generated type says text for binary; the file itself is sent.
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as File,
      headers: { "Content-Type": "application/zip" },
    }),
  );
  const preview = await unwrap(
    api.POST("/api/v1/strategies/archives/{archive_id}/preview", { params: { path: { archive_id: id } }, body: { password } }),
  );
  return { id, preview };
}

export function useImportArchive() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, password, choices }: { id: string; password: string; choices: Record<string, ImportChoice> }) =>
      unwrap(
        api.POST("/api/v1/strategies/archives/{archive_id}/import", {
          params: { path: { archive_id: id } },
          body: { password, choices },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: strategyKeys.all }),
  });
}
