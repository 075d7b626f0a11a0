import { keepPreviousData, queryOptions, useMutation } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

import { marketKeys } from "../api";

export type Fundamentals = components["schemas"]["Fundamentals"];
export type ReportItem = components["schemas"]["ReportItem"];
export type ReportPeriod = components["schemas"]["ReportPeriod"];
export type ReportView = Fundamentals["view"];
export type Valuation = components["schemas"]["Valuation"];
export type Measure = Valuation["measure"];
export type Dividends = components["schemas"]["Dividends"];
export type DividendItem = components["schemas"]["DividendItem"];
export type Names = components["schemas"]["Names"];
export type PartitionInfo = components["schemas"]["PartitionInfo"];
export type CompanyTable = NonNullable<components["schemas"]["TablesFetch"]["tables"]>[number];

const path = (symbol: string) => ({ symbol });
const keys = (symbol: string, ...rest: unknown[]) => [...marketKeys.stock(symbol), "company", ...rest] as const;

/** Reports by period; null: as they are known now. */
export const fundamentalsQuery = (symbol: string, view: ReportView, asOf: string | null) =>
  queryOptions({
    queryKey: keys(symbol, "reports", view, asOf),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/fundamentals", { params: { path: path(symbol), query: { view, as_of: asOf } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const valuationQuery = (symbol: string, measure: Measure, start: string | null, asOf: string | null) =>
  queryOptions({
    queryKey: keys(symbol, "valuation", measure, start, asOf),
    queryFn: ({ signal }) => {
      const query = { measure, start, as_of: asOf };
      return unwrap(api.GET("/api/v1/stocks/{symbol}/valuation", { params: { path: path(symbol), query }, signal }));
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const dividendsQuery = (symbol: string, asOf: string | null) =>
  queryOptions({
    queryKey: keys(symbol, "dividends", asOf),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/dividends", { params: { path: path(symbol), query: { as_of: asOf } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const namesQuery = (symbol: string, asOf: string | null) =>
  queryOptions({
    queryKey: keys(symbol, "names", asOf),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/stocks/{symbol}/names", { params: { path: path(symbol), query: { as_of: asOf } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** What each announcement told of a report's figure. */
export const figureQuery = (symbol: string, item: string, reportDate: string) =>
  queryOptions({
    queryKey: keys(symbol, "figure", item, reportDate),
    queryFn: ({ signal }) => {
      const query = { item, report_date: reportDate };
      return unwrap(api.GET("/api/v1/stocks/{symbol}/fundamentals/provenance", { params: { path: path(symbol), query }, signal }));
    },
    staleTime: 60_000,
  });

/** The versions of a table's row. */
export const rowQuery = (symbol: string, dataset: CompanyTable, key: readonly string[]) =>
  queryOptions({
    queryKey: keys(symbol, "row", dataset, key),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/data/tables/{dataset}/{partition}/provenance", {
          params: { path: { dataset, partition: symbol }, query: { key: [...key] } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });

/** Fetch a company's tables from the online sources, as a job; null: all four. */
export function useFetchTables(symbol: string, tables: CompanyTable[] | null) {
  const key = useRef<string | null>(null);
  return useMutation({
    mutationFn: () => {
      key.current ??= idempotencyKey();
      return unwrap(
        api.POST("/api/v1/stocks/{symbol}/tables", {
          params: { path: path(symbol), header: { "Idempotency-Key": key.current } },
          body: { tables },
        }),
      );
    },
    onSuccess: () => {
      key.current = null;
    },
  });
}
