import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import type { MinuteInterval } from "./logic/views";

export type Instrument = components["schemas"]["Instrument"];
export type InstrumentDetail = components["schemas"]["InstrumentDetail"];
export type BarSeries = components["schemas"]["BarSeries"];
export type IndicatorInfo = components["schemas"]["IndicatorInfo"];
export type IndicatorResult = components["schemas"]["IndicatorResult"];
export type MarketOverview = components["schemas"]["MarketOverview"];
export type MarketRules = components["schemas"]["MarketRules"];
export type DayLimit = components["schemas"]["DayLimit"];
export type CorporateActionItem = components["schemas"]["CorporateActionItem"];
export type BarVersion = components["schemas"]["BarVersionItem"];
export type AdjustmentSeries = components["schemas"]["AdjustmentSeries"];
export type RuleStatement = components["schemas"]["RuleStatement"];
export type Interval = BarSeries["interval"];
export type Adjust = BarSeries["adjust"];

export interface SeriesChoice {
  interval: Interval;
  adjust: Adjust;
  /** Trading days; absent: all of them. */
  start?: string | null;
  end?: string | null;
}

export const marketKeys = {
  all: ["market"] as const,
  overview: () => [...marketKeys.all, "overview"] as const,
  search: (q: string) => [...marketKeys.all, "search", q] as const,
  stock: (symbol: string) => [...marketKeys.all, "stock", symbol] as const,
  bars: (symbol: string, choice: SeriesChoice) => [...marketKeys.stock(symbol), "bars", choice] as const,
  indicators: (symbol: string, choice: SeriesChoice, names: readonly string[]) =>
    [...marketKeys.stock(symbol), "indicators", choice, names] as const,
  catalogue: () => [...marketKeys.all, "catalogue"] as const,
};

/** The last stored day: indices, movers, breadth. */
export const overviewQuery = queryOptions({
  queryKey: marketKeys.overview(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/market/overview", { signal })),
  staleTime: 60_000,
});

/** Instruments that match, best first; without a query those with stored bars. */
export const searchQuery = (q: string, limit = 50) =>
  queryOptions({
    queryKey: [...marketKeys.search(q), limit],
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET("/api/v1/stocks/search", { params: { query: { q, limit } }, signal }))).items,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** How many names are asked for at once. */
const NAMES = 100;

/** The names of many symbols; those that are not known are left out. */
export const namesQuery = (symbols: readonly string[]) =>
  queryOptions({
    queryKey: [...marketKeys.all, "names", symbols] as const,
    queryFn: async ({ signal }): Promise<Readonly<Record<string, string>>> => {
      const parts = Array.from({ length: Math.ceil(symbols.length / NAMES) }, (_, at) => symbols.slice(at * NAMES, (at + 1) * NAMES));
      const found = await Promise.all(
        parts.map((symbol) => unwrap(api.GET("/api/v1/stocks/names", { params: { query: { symbol } }, signal }))),
      );
      return Object.assign({}, ...found.map(({ names }) => names)) as Record<string, string>;
    },
    staleTime: Infinity,
  });

/** An instrument, or null where it is not known here: an answer to build on, not an error to try again. */
export const stockQuery = (symbol: string) =>
  queryOptions({
    queryKey: marketKeys.stock(symbol),
    queryFn: async ({ signal }): Promise<InstrumentDetail | null> => {
      try {
        return await unwrap(api.GET("/api/v1/stocks/{symbol}", { params: { path: { symbol } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.code === "unknown_symbol") return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const barsQuery = (symbol: string, choice: SeriesChoice) =>
  queryOptions({
    queryKey: marketKeys.bars(symbol, choice),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/data", { params: { path: { symbol }, query: choice }, signal })),
    staleTime: 60_000,
  });

export const indicatorsQuery = (symbol: string, choice: SeriesChoice, names: readonly string[]) =>
  queryOptions({
    queryKey: marketKeys.indicators(symbol, choice, names),
    queryFn: async ({ signal }) => {
      const query = { ...choice, names: [...names] };
      return unwrap(api.GET("/api/v1/stocks/{symbol}/indicators", { params: { path: { symbol }, query }, signal }));
    },
    enabled: names.length > 0,
    staleTime: 60_000,
  });

/** The exchange's rules on a day; without one on the last stored day. */
export const rulesQuery = (symbol: string, date: string | null) =>
  queryOptions({
    queryKey: [...marketKeys.stock(symbol), "rules", date] as const,
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/market/rules", { params: { query: { symbol, date } }, signal })),
    staleTime: 60_000,
  });

/** The stored corporate actions, newest first. */
export const actionsQuery = (symbol: string) =>
  queryOptions({
    queryKey: [...marketKeys.stock(symbol), "actions"] as const,
    queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/stocks/{symbol}/actions", { params: { path: { symbol } }, signal }))).items,
    staleTime: 60_000,
  });

/** Where the bar of a day comes from: its versions, newest first. */
export const provenanceQuery = (symbol: string, date: string) =>
  queryOptions({
    queryKey: [...marketKeys.stock(symbol), "provenance", date] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/provenance", { params: { path: { symbol }, query: { date } }, signal })),
    staleTime: 60_000,
  });

/** Raw and adjusted closes side by side between two days; null: the first and the last stored one. */
export const adjustmentQuery = (symbol: string, { start, end, asOf }: { start: string | null; end: string | null; asOf: string | null }) =>
  queryOptions({
    queryKey: [...marketKeys.stock(symbol), "adjustment", start, end, asOf] as const,
    queryFn: ({ signal }) => {
      const query = { start, end, as_of: asOf };
      return unwrap(api.GET("/api/v1/stocks/{symbol}/adjustment", { params: { path: { symbol }, query }, signal }));
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** The indicators there are; they change only with the program. */
export const catalogueQuery = queryOptions({
  queryKey: marketKeys.catalogue(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/market/indicators", { signal }))).items,
  staleTime: Infinity,
});

/** Fetch an instrument's bars from the online sources, as a job. */
export function useFetchStock(symbol: string, interval: "1d" | MinuteInterval = "1d") {
  const key = useRef<string | null>(null);
  return useMutation({
    mutationFn: () => {
      key.current ??= idempotencyKey();
      return unwrap(
        api.POST("/api/v1/stocks/{symbol}/fetch", {
          params: { path: { symbol }, query: { interval }, header: { "Idempotency-Key": key.current } },
        }),
      );
    },
    onSuccess: () => {
      key.current = null;
    },
  });
}

/** Read an instrument and its series again, e.g. after new bars came in. */
export function useReloadStock(): (symbol: string) => Promise<void> {
  const client = useQueryClient();
  return async (symbol) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: marketKeys.stock(symbol) }),
      client.invalidateQueries({ queryKey: [...marketKeys.all, "search"] }),
      client.invalidateQueries({ queryKey: marketKeys.overview() }),
    ]);
  };
}
