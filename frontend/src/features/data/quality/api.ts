import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type QualityOverview = components["schemas"]["QualityOverview"];
export type Dataset = components["schemas"]["Dataset"];
export type DatasetName = Dataset["dataset"];
export type Interval = Dataset["interval"];
export type KindCount = components["schemas"]["KindCount"];
export type Kind = KindCount["kind"];
export type SymbolQuality = components["schemas"]["SymbolQuality"];
export type ToldFinding = components["schemas"]["ToldFinding"];
export type BarRow = components["schemas"]["BarRow"];
export type CoverageMonths = components["schemas"]["CoverageMonths"];
export type Repair = components["schemas"]["Repair"];
export type RepairCreate = components["schemas"]["RepairCreate"];
/** Intervals that are checked. */
export type CheckedInterval = "1m" | "5m" | "15m" | "30m" | "60m" | "1d";

export interface SymbolFilter {
  q: string;
  dataset: DatasetName | null;
  kind: Kind | null;
}

export const qualityKeys = {
  all: ["quality"] as const,
  overview: () => [...qualityKeys.all, "overview"] as const,
  symbols: (filter: SymbolFilter) => [...qualityKeys.all, "symbols", filter] as const,
  symbol: (symbol: string, interval: string) => [...qualityKeys.all, "symbol", symbol, interval] as const,
  rows: (symbol: string, interval: string, date: string) => [...qualityKeys.symbol(symbol, interval), "rows", date] as const,
  months: (dataset: DatasetName | null, q: string) => [...qualityKeys.all, "months", dataset, q] as const,
  gaps: (symbol: string) => [...qualityKeys.all, "gaps", symbol] as const,
};

export const overviewQuery = queryOptions({
  queryKey: qualityKeys.overview(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/quality", { signal })),
});

export const symbolsQuery = (filter: SymbolFilter) =>
  infiniteQueryOptions({
    queryKey: qualityKeys.symbols(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/data/quality/symbols", { params: { query: { ...filter, cursor: pageParam, limit: 100 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const symbolQuery = (symbol: string, interval: CheckedInterval) =>
  queryOptions({
    queryKey: qualityKeys.symbol(symbol, interval),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/data/quality/symbols/{symbol}", { params: { path: { symbol }, query: { interval } }, signal })),
  });

export const rowsQuery = (symbol: string, interval: CheckedInterval, date: string) =>
  queryOptions({
    queryKey: qualityKeys.rows(symbol, interval, date),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/data/quality/symbols/{symbol}/rows", { params: { path: { symbol }, query: { interval, date, around: 4 } }, signal })),
    placeholderData: keepPreviousData,
  });

export const monthsQuery = (dataset: DatasetName | null, q: string) =>
  infiniteQueryOptions({
    queryKey: qualityKeys.months(dataset, q),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/data/coverage/months", { params: { query: { dataset, q, cursor: pageParam, limit: 30 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

export const gapsQuery = (symbol: string) =>
  queryOptions({
    queryKey: qualityKeys.gaps(symbol),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/coverage/{symbol}/gaps", { params: { path: { symbol } }, signal })),
  });

export function useStartCheck() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => unwrap(api.POST("/api/v1/data/quality", { params: { header: { "Idempotency-Key": key } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: qualityKeys.overview() }),
  });
}

/** Quarantine, restore or refetch; what was read of bars is out of date afterwards. */
export function useRepair() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<RepairCreate, "dry_run" | "reason"> & Partial<Pick<RepairCreate, "dry_run" | "reason">>) =>
      unwrap(api.POST("/api/v1/data/quality/repairs", { body: { dry_run: false, reason: "", ...body } })),
    onSuccess: ({ dry_run }) =>
      dry_run
        ? undefined
        : Promise.all([
            client.invalidateQueries({ queryKey: qualityKeys.all }),
            client.invalidateQueries({ queryKey: ["data"] }),
            client.invalidateQueries({ queryKey: ["market"] }),
          ]),
  });
}
