import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import type { Adjustment } from "./logic/form";

export type Backtest = components["schemas"]["Backtest"];
export type BacktestCreate = components["schemas"]["BacktestCreate"];
export type BacktestResult = components["schemas"]["BacktestResult"];
export type Metrics = components["schemas"]["Metrics"];
export type CodeError = components["schemas"]["CodeError"];
export type Order = components["schemas"]["Order"];
export type Fill = components["schemas"]["Fill"];
export type Rejection = components["schemas"]["Rejection"];
export type CorporateActionRecord = components["schemas"]["CorporateActionRecord"];
export type Analysis = components["schemas"]["Analysis"];
export type BadgeItem = components["schemas"]["BadgeItem"];
export type ReportDiff = components["schemas"]["ReportDiff"];
export type LookaheadCheck = components["schemas"]["LookaheadCheck"];
export type RoundTrip = components["schemas"]["RoundTrip"];
export type Instrument = components["schemas"]["Instrument"];
export type InstrumentKind = Instrument["kind"];

export interface BacktestFilter {
  strategyId: string | null;
  q: string;
}

export const backtestKeys = {
  all: ["backtests"] as const,
  lists: () => [...backtestKeys.all, "list"] as const,
  list: (filter: BacktestFilter) => [...backtestKeys.lists(), filter] as const,
  detail: (id: string) => [...backtestKeys.all, "detail", id] as const,
  report: (id: string) => [...backtestKeys.all, "report", id] as const,
  significance: (id: string) => [...backtestKeys.all, "significance", id] as const,
  lookahead: (strategyId: string, version: number) => [...backtestKeys.all, "lookahead", strategyId, version] as const,
  diff: (id: string, other: string) => [...backtestKeys.all, "diff", id, other] as const,
  rules: (symbol: string, date: string) => [...backtestKeys.all, "rules", symbol, date] as const,
  bars: (symbol: string, range: BarsRange) => [...backtestKeys.all, "bars", symbol, range] as const,
  code: (strategyId: string, version: number) => [...backtestKeys.all, "code", strategyId, version] as const,
  instruments: (q: string, kinds: readonly InstrumentKind[]) => [...backtestKeys.all, "instruments", q, kinds] as const,
  strategyNames: () => [...backtestKeys.all, "strategy-names"] as const,
};

export const backtestsQuery = (filter: BacktestFilter) =>
  infiniteQueryOptions({
    queryKey: backtestKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/backtests", {
          params: { query: { strategy_id: filter.strategyId, q: filter.q, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const backtestQuery = (id: string) =>
  queryOptions({
    queryKey: backtestKeys.detail(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/backtests/{backtest_id}", { params: { path: { backtest_id: id } }, signal })),
  });

/** The whole result. A finished run never changes. */
export const reportQuery = (id: string) =>
  queryOptions({
    queryKey: backtestKeys.report(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/backtests/{backtest_id}/report", { params: { path: { backtest_id: id } }, signal })),
    staleTime: Infinity,
  });

/** Where a backtest stands among the tries of its strategy; null where the ledger does not know it. More tries change it. */
export const significanceQuery = (id: string) =>
  queryOptions({
    queryKey: backtestKeys.significance(id),
    queryFn: async ({ signal }) => {
      try {
        return await unwrap(api.GET("/api/v1/backtests/{backtest_id}/significance", { params: { path: { backtest_id: id } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });

/** How often a check under way is asked for. */
const CHECK_POLL_MS = 2_000;

/** The last look-ahead check of a version; null where the strategy is gone. */
export const lookaheadQuery = (strategyId: string, version: number) =>
  queryOptions({
    queryKey: backtestKeys.lookahead(strategyId, version),
    queryFn: async ({ signal }) => {
      const path = { strategy_id: strategyId, number: version };
      try {
        return await unwrap(api.GET("/api/v1/strategies/{strategy_id}/versions/{number}/truncation", { params: { path }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => (state.data?.state === "queued" || state.data?.state === "running" ? CHECK_POLL_MS : false),
  });

/** Check a backtest's version for look-ahead, on the settings of that backtest. */
export function useCheckLookahead({ strategy_id, version, spec }: Backtest) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/strategies/{strategy_id}/versions/{number}/truncation", { params: { path: { strategy_id, number: version } }, body: { spec, samples: 12 } })),
    onSuccess: (check) => client.setQueryData(lookaheadQuery(strategy_id, version).queryKey, check),
  });
}

/** What differs between two finished runs. */
export const diffQuery = (id: string, other: string) =>
  queryOptions({
    queryKey: backtestKeys.diff(id, other),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/backtests/{backtest_id}/diff/{other_id}", { params: { path: { backtest_id: id, other_id: other } }, signal })),
    staleTime: Infinity,
    retry: false,
  });

/** The exchange's rules of a stock on a day, each with its source. */
export const dayRulesQuery = (symbol: string, date: string) =>
  queryOptions({
    queryKey: backtestKeys.rules(symbol, date),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/market/rules", { params: { query: { symbol, date } }, signal })),
    staleTime: Infinity,
  });

/** The code that a run executed; a version never changes. */
export const codeQuery = (strategyId: string, version: number) =>
  queryOptions({
    queryKey: backtestKeys.code(strategyId, version),
    queryFn: async ({ signal }) => {
      const path = { strategy_id: strategyId, number: version };
      const { code, files } = await unwrap(api.GET("/api/v1/strategies/{strategy_id}/versions/{number}", { params: { path }, signal }));
      return { code, files };
    },
    staleTime: Infinity,
  });

export interface BarsRange {
  start: string;
  end: string;
  adjust: Adjustment;
}

/** The bars a run saw: the same range and adjustment, anchored at its end. */
export const runBarsQuery = (symbol: string, range: BarsRange) =>
  queryOptions({
    queryKey: backtestKeys.bars(symbol, range),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/stocks/{symbol}/data", {
          params: { path: { symbol }, query: { ...range, interval: "1d", as_of: range.end } },
          signal,
        }),
      ),
  });

export const instrumentsQuery = (q: string, kinds: readonly InstrumentKind[]) =>
  queryOptions({
    queryKey: backtestKeys.instruments(q, kinds),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/search", { params: { query: { q, kind: [...kinds], limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** The strategies to filter by. */
export const strategyNamesQuery = queryOptions({
  queryKey: backtestKeys.strategyNames(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/strategies", { params: { query: { limit: 200 } }, signal }))).items,
});

/** Start a backtest. Sending the same again after an answer that never came uses the same key, so that it runs once. */
export function useCreateBacktest() {
  const client = useQueryClient();
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (body: BacktestCreate) => {
      const text = JSON.stringify(body);
      if (unanswered.current?.body !== text) unanswered.current = { body: text, key: idempotencyKey() };
      return unwrap(api.POST("/api/v1/backtests", { params: { header: { "Idempotency-Key": unanswered.current.key } }, body }));
    },
    onSuccess: (backtest) => {
      unanswered.current = null;
      client.setQueryData(backtestQuery(backtest.id).queryKey, backtest);
      return client.invalidateQueries({ queryKey: backtestKeys.lists() });
    },
  });
}

export function useRenameBacktest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      unwrap(api.PATCH("/api/v1/backtests/{backtest_id}", { params: { path: { backtest_id: id } }, body: { name } })),
    onSuccess: (backtest) => {
      client.setQueryData(backtestQuery(backtest.id).queryKey, backtest);
      return client.invalidateQueries({ queryKey: backtestKeys.lists() });
    },
  });
}

export function useDeleteBacktest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/v1/backtests/{backtest_id}", { params: { path: { backtest_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: backtestKeys.lists() }),
  });
}

export function useRestoreBacktest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.POST("/api/v1/backtests/{backtest_id}/restore", { params: { path: { backtest_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: backtestKeys.lists() }),
  });
}
