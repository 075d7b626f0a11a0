import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";

import { marketKeys } from "../api";

/** The last stored days up to a date minute by minute; null: up to the newest. */
export const intradayQuery = (symbol: string, days: number, date: string | null) =>
  queryOptions({
    queryKey: [...marketKeys.stock(symbol), "intraday", days, date] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/intraday", { params: { path: { symbol }, query: { days, date } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
