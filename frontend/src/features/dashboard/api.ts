import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Backtest = components["schemas"]["Backtest"];

export const dashboardKeys = {
  // Under the backtests' own key, so that a new run reads them again.
  latest: () => ["backtests", "list", "latest"] as const,
  strategies: () => ["strategies", "list", "first"] as const,
};

/** The newest backtests. */
export const latestBacktestsQuery = queryOptions({
  queryKey: dashboardKeys.latest(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/backtests", { params: { query: { limit: 6 } }, signal }))).items,
});

/** The strategies changed last: the demo one on first sign-in. */
export const strategiesQuery = queryOptions({
  queryKey: dashboardKeys.strategies(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/strategies", { params: { query: { limit: 5 } }, signal }))).items,
});

/** How the sources stand; under the sources' own key. */
export const sourcesQuery = queryOptions({
  queryKey: ["sources", "overview"] as const,
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources/overview", { signal })),
  staleTime: 10_000,
});
