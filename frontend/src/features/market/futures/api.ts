import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { marketKeys, type Interval } from "../api";

export type FuturesProduct = components["schemas"]["FuturesProduct"];
export type FuturesContract = components["schemas"]["FuturesContractItem"];
export type ContinuousSeries = components["schemas"]["ContinuousSeries"];
export type RollRule = ContinuousSeries["rule"];
export type BackAdjust = ContinuousSeries["back_adjust"];

export interface ContinuousChoice {
  rule: RollRule;
  adjust: BackAdjust;
  interval: Interval;
}

export const futuresKeys = {
  all: [...marketKeys.all, "futures"] as const,
};

/** The products there are, those with stored bars first. */
export const productsQuery = queryOptions({
  queryKey: [...futuresKeys.all, "products"] as const,
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/futures/products", { signal }))).items,
  staleTime: 60_000,
});

/** A product's stored contracts, nearest expiry first. */
export const contractsQuery = (product: string) =>
  queryOptions({
    queryKey: [...futuresKeys.all, product, "contracts"] as const,
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/futures/{product}/contracts", { params: { path: { product } }, signal })),
    staleTime: 60_000,
  });

/** The main series, spliced from the stored contracts. */
export const continuousQuery = (product: string, choice: ContinuousChoice) =>
  queryOptions({
    queryKey: [...futuresKeys.all, product, "continuous", choice] as const,
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/futures/{product}/continuous", { params: { path: { product }, query: choice }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
