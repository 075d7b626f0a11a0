import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Watchlist = components["schemas"]["Watchlist"];
export type WatchQuote = components["schemas"]["WatchQuote"];
export type WatchQuotes = components["schemas"]["WatchQuotes"];
export type ImportResult = components["schemas"]["ImportResult"];
type WatchPut = components["schemas"]["WatchPut"];

export const watchKeys = {
  all: ["watchlists"] as const,
  lists: () => [...watchKeys.all, "lists"] as const,
  symbols: () => [...watchKeys.all, "symbols"] as const,
  membership: (symbol: string) => [...watchKeys.all, "membership", symbol] as const,
  quotes: (id: string) => [...watchKeys.all, "quotes", id] as const,
};

/** One's groups in their order. */
export const watchlistsQuery = queryOptions({
  queryKey: watchKeys.lists(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/watchlists", { signal }))).items,
});

/** The symbols of all groups, for stars. */
export const watchedQuery = queryOptions({
  queryKey: watchKeys.symbols(),
  queryFn: async ({ signal }) => new Set((await unwrap(api.GET("/api/v1/watchlists/symbols", { signal }))).symbols),
  staleTime: 60_000,
});

/** The ids of the groups that have a symbol. */
export const membershipQuery = (symbol: string) =>
  queryOptions({
    queryKey: watchKeys.membership(symbol),
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET("/api/v1/watchlists/membership", { params: { query: { symbol } }, signal }))).watchlist_ids,
  });

/** A group's symbols with the figures of their last stored day. */
export const quotesQuery = (id: string) =>
  queryOptions({
    queryKey: watchKeys.quotes(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/watchlists/{watchlist_id}/quotes", { params: { path: { watchlist_id: id } }, signal })),
    staleTime: 30_000,
  });

/** The text of an export: symbol and name, one a line. */
export const exportText = (id: string): Promise<string> =>
  unwrap(api.GET("/api/v1/watchlists/{watchlist_id}/export", { params: { path: { watchlist_id: id } }, parseAs: "text" }));

function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: watchKeys.all });
}

export function useCreateWatchlist() {
  const changed = useChanged();
  const unanswered = useRef<{ name: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (name: string) => {
      if (unanswered.current?.name !== name) unanswered.current = { name, key: idempotencyKey() };
      const header = { "Idempotency-Key": unanswered.current.key };
      return unwrap(api.POST("/api/v1/watchlists", { params: { header }, body: { name } }));
    },
    onSettled: () => {
      unanswered.current = null;
    },
    onSuccess: changed,
  });
}

export function useUpdateWatchlist() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; name?: string; position?: number }) =>
      unwrap(api.PATCH("/api/v1/watchlists/{watchlist_id}", { params: { path: { watchlist_id: id } }, body })),
    onSuccess: changed,
  });
}

export function useDeleteWatchlist() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/watchlists/{watchlist_id}", { params: { path: { watchlist_id: id } } })),
    onSuccess: (_, id) => {
      client.setQueryData(watchlistsQuery.queryKey, (known) => known?.filter((group) => group.id !== id));
      // All but the figures: those of a group that is gone cannot be asked for.
      return client.invalidateQueries({ queryKey: watchKeys.all, predicate: ({ queryKey }) => queryKey[1] !== "quotes" });
    },
  });
}

export function useRestoreWatchlist() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/v1/watchlists/{watchlist_id}/restore", { params: { path: { watchlist_id: id } } })),
    onSuccess: changed,
  });
}

interface Place {
  id: string;
  symbol: string;
}

/** Add a symbol, move it, or note something of it. */
export function usePutSymbol() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, symbol, ...body }: Place & WatchPut) =>
      unwrap(api.PUT("/api/v1/watchlists/{watchlist_id}/symbols/{symbol}", { params: { path: { watchlist_id: id, symbol } }, body })),
    onSettled: changed,
  });
}

export function useRemoveSymbol() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, symbol }: Place) =>
      unwrap(api.DELETE("/api/v1/watchlists/{watchlist_id}/symbols/{symbol}", { params: { path: { watchlist_id: id, symbol } } })),
    onSuccess: changed,
  });
}

export function useImportText(id: string) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (text: string) =>
      unwrap(api.POST("/api/v1/watchlists/{watchlist_id}/import", { params: { path: { watchlist_id: id } }, body: { text } })),
    onSuccess: changed,
  });
}
