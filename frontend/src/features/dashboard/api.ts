import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Backtest = components["schemas"]["Backtest"];

export const dashboardKeys = {
  all: ["dashboard"] as const,
  // Under the backtests' own key, so that a new run reads them again.
  latest: () => ["backtests", "list", "latest"] as const,
  data: () => [...dashboardKeys.all, "data"] as const,
  strategies: () => ["strategies", "list", "first"] as const,
};

/** The newest backtests. */
export const latestBacktestsQuery = queryOptions({
  queryKey: dashboardKeys.latest(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/backtests", { params: { query: { limit: 6 } }, signal }))).items,
});

/** What is stored, and where more comes from. */
export const dataSummaryQuery = queryOptions({
  queryKey: dashboardKeys.data(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/data/summary", { signal })),
  staleTime: 60_000,
});

/** The strategies changed last: the demo one on first sign-in. */
export const strategiesQuery = queryOptions({
  queryKey: dashboardKeys.strategies(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/strategies", { params: { query: { limit: 5 } }, signal }))).items,
});
