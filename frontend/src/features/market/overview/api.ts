import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import { marketKeys } from "../api";

export type MarketDay = components["schemas"]["MarketDay"];
export type MarketName = MarketDay["market"];
export type MarketShare = components["schemas"]["MarketShare"];
export type LadderRung = components["schemas"]["LadderRung"];
export type HeatMap = components["schemas"]["HeatMap"];
export type HeatBoard = components["schemas"]["HeatBoard"];
export type BoardChoice = HeatMap["kind"];

export interface DayChoice {
  /** null: the newest day. */
  date: string | null;
  /** null: the real market, or the simulated one where that is all there is. */
  market: MarketName | null;
}

/** The market on a day; null where nothing is stored for it. */
export const dayQuery = (choice: DayChoice) =>
  queryOptions({
    queryKey: [...marketKeys.overview(), "day", choice] as const,
    queryFn: async ({ signal }): Promise<MarketDay | null> => {
      try {
        return await unwrap(api.GET("/api/v1/market/day", { params: { query: choice }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.code === "market_day_not_stored") return null;
        throw error;
      }
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** The boards of a day with their most traded shares; with `board` all shares of one. */
export const heatQuery = (choice: DayChoice, kind: BoardChoice, board: string | null) =>
  queryOptions({
    queryKey: [...marketKeys.overview(), "heat", choice, kind, board] as const,
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/market/heatmap", { params: { query: { ...choice, kind, board } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
