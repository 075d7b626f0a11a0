import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, idempotencyKey, unwrap } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import { keepEnded } from "./logic/trials";

export type Optimisation = components["schemas"]["Optimisation"];
export type OptimisationCreate = components["schemas"]["OptimisationCreate"];
export type SearchPlan = components["schemas"]["SearchPlan"];
export type Estimate = components["schemas"]["Estimate"];
export type TrialTable = components["schemas"]["TrialTable"];
export type Overfitting = components["schemas"]["Overfitting"];
export type WalkForwardResult = components["schemas"]["WalkForwardResult"];
export type StrategyTrials = components["schemas"]["StrategyTrials"];
export type Words = components["schemas"]["Words"];

export interface OptimisationFilter {
  strategyId: string | null;
  q: string;
}

export const optimisationKeys = {
  all: ["optimisations"] as const,
  lists: () => [...optimisationKeys.all, "list"] as const,
  list: (filter: OptimisationFilter) => [...optimisationKeys.lists(), filter] as const,
  detail: (id: string) => [...optimisationKeys.all, "detail", id] as const,
  trials: (id: string) => [...optimisationKeys.all, "trials", id] as const,
  overfitting: (id: string) => [...optimisationKeys.all, "overfitting", id] as const,
  walkForward: (id: string) => [...optimisationKeys.all, "walk-forward", id] as const,
  estimate: (plan: SearchPlan | null) => [...optimisationKeys.all, "estimate", plan] as const,
  ledger: (strategyId: string) => [...optimisationKeys.all, "ledger", strategyId] as const,
};

export const optimisationsQuery = ({ strategyId, q }: OptimisationFilter) =>
  infiniteQueryOptions({
    queryKey: optimisationKeys.list({ strategyId, q }),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/optimisations", { params: { query: { strategy_id: strategyId, q, cursor: pageParam, limit: 50 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

const path = (id: string) => ({ path: { optimisation_id: id } });

export const optimisationQuery = (id: string) =>
  queryOptions({
    queryKey: optimisationKeys.detail(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/optimisations/{optimisation_id}", { params: path(id), signal })),
  });

/** The trials over all days. Events fill in what ended; an answer that they overtook takes nothing back. */
export const trialsQuery = (id: string) =>
  queryOptions({
    queryKey: optimisationKeys.trials(id),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/optimisations/{optimisation_id}/trials", { params: { ...path(id), query: { fold: 0 } }, signal })),
    structuralSharing: (known, incoming) => (known === undefined ? incoming : keepEnded(known as TrialTable, incoming as TrialTable)),
  });

/** How far the best can be believed; null while too little has run. */
export const overfittingQuery = (id: string) =>
  queryOptions({
    queryKey: optimisationKeys.overfitting(id),
    queryFn: async ({ signal }) => {
      try {
        return await unwrap(api.GET("/api/v1/optimisations/{optimisation_id}/overfitting", { params: path(id), signal }));
      } catch (error) {
        if (error instanceof ApiError && error.code === "optimisation_not_finished") return null;
        throw error;
      }
    },
  });

export const walkForwardQuery = (id: string) =>
  queryOptions({
    queryKey: optimisationKeys.walkForward(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/optimisations/{optimisation_id}/walk-forward", { params: path(id), signal })),
  });

/** What a plan would cost, or why it cannot run; asked only for a plan. */
export const estimateQuery = (plan: SearchPlan | null) =>
  queryOptions({
    queryKey: optimisationKeys.estimate(plan),
    queryFn: plan === null ? skipToken : ({ signal }) => unwrap(api.POST("/api/v1/optimisations/estimate", { body: plan, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  });

/** How often a strategy was tried. */
export const ledgerQuery = (strategyId: string) =>
  queryOptions({
    queryKey: optimisationKeys.ledger(strategyId),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/strategies/{strategy_id}/trials", { params: { path: { strategy_id: strategyId } }, signal })),
  });

/** Start an optimisation. Sending the same again after an answer that never came uses the same key, so that it runs once. */
export function useCreateOptimisation() {
  const client = useQueryClient();
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return useMutation({
    mutationFn: (body: OptimisationCreate) => {
      const text = JSON.stringify(body);
      if (unanswered.current?.body !== text) unanswered.current = { body: text, key: idempotencyKey() };
      return unwrap(api.POST("/api/v1/optimisations", { params: { header: { "Idempotency-Key": unanswered.current.key } }, body }));
    },
    onSuccess: (optimisation) => {
      unanswered.current = null;
      client.setQueryData(optimisationQuery(optimisation.id).queryKey, optimisation);
      return client.invalidateQueries({ queryKey: optimisationKeys.lists() });
    },
  });
}

/** Run one trial's parameters as an ordinary backtest, with a whole report. */
export function useRunTrial(id: string) {
  const key = useRef<{ number: number; key: string } | null>(null);
  return useMutation({
    mutationFn: (number: number) => {
      if (key.current?.number !== number) key.current = { number, key: idempotencyKey() };
      return unwrap(
        api.POST("/api/v1/optimisations/{optimisation_id}/trials/{number}/backtest", {
          params: { path: { optimisation_id: id, number }, header: { "Idempotency-Key": key.current.key } },
          body: { name: "" },
        }),
      );
    },
    onSuccess: () => {
      key.current = null;
    },
  });
}

export function useRenameOptimisation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      unwrap(api.PATCH("/api/v1/optimisations/{optimisation_id}", { params: path(id), body: { name } })),
    onSuccess: (optimisation) => {
      client.setQueryData(optimisationQuery(optimisation.id).queryKey, optimisation);
      return client.invalidateQueries({ queryKey: optimisationKeys.lists() });
    },
  });
}

export function useDeleteOptimisation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/optimisations/{optimisation_id}", { params: path(id) })),
    onSuccess: () => client.invalidateQueries({ queryKey: optimisationKeys.lists() }),
  });
}

export function useRestoreOptimisation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/v1/optimisations/{optimisation_id}/restore", { params: path(id) })),
    onSuccess: () => client.invalidateQueries({ queryKey: optimisationKeys.lists() }),
  });
}
